//! Wires `issue-credentials`.

use std::process::ExitCode;
use wiring::credentials;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, mailer) = (wiring.store()?, wiring.mailer()?);
        edge::batch::serve_messages(async |message, now| {
            issue_credentials::handle(&store, &mailer, credentials::fresh, message, now).await
        })
        .await
    })
}
