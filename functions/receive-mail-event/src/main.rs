//! The bootstrap of `receive-mail-event`, which serves its topic's notifications.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let store = wiring.store()?;
        edge::batch::serve_topic(async |notification, now| {
            receive_mail_event::handle(&store, &notification, now).await
        })
        .await
    })
}
