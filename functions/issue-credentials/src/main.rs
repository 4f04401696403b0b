//! The bootstrap of `issue-credentials`, which serves its queue's messages.

use std::process::ExitCode;
use wiring::credentials::{fresh, mailed_token};

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, mailer, lifetime) =
            (wiring.store()?, wiring.mailer()?, wiring.seconds("CREDENTIALS_LIFETIME_SECONDS")?);
        edge::batch::serve_messages(async |message, now| {
            issue_credentials::handle(
                &store,
                &mailer,
                (lifetime, fresh),
                mailed_token,
                (message, now),
            )
            .await
        })
        .await
    })
}
