//! Wires `send-notification`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, mailer) = (wiring.store()?, wiring.mailer()?);
        edge::batch::serve_messages(async |message, now| send_notification::handle(&store, &mailer, message, now).await).await
    })
}
