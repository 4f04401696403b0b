//! The bootstrap of `send-notification`, which serves its queue's messages.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, mailer, messages) = (wiring.store()?, wiring.mailer()?, wiring.messages()?);
        let (channels, burst) = ((&mailer, &messages, &messages), wiring.pause("BURST_SECONDS")?);
        edge::batch::serve_messages(async |message, now| {
            send_notification::handle(&store, channels, burst, message, now).await
        })
        .await
    })
}
