//! Wires `send-notification`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, mailer, burst) = (wiring.store()?, wiring.mailer()?, wiring.pause("BURST_SECONDS")?);
        edge::batch::serve_messages(async |message, now| send_notification::handle(&store, &mailer, burst, message, now).await)
            .await
    })
}
