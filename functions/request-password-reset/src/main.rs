//! The bootstrap of `request-password-reset`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let queues = wiring.credentials_queue()?;
        edge::http::serve(async |request| request_password_reset::handle(&queues, request).await)
            .await
    })
}
