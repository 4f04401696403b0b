//! The bootstrap of `resend-credentials`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, queues) = (wiring.store()?, wiring.credentials_queue()?);
        edge::http::serve(async |request| {
            resend_credentials::handle(&store, &store, &queues, request).await
        })
        .await
    })
}
