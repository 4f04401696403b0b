//! The bootstrap of `correct-customer`, which serves the requests of its route.

use std::process::ExitCode;
use wiring::random;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let store = wiring.store()?;
        edge::http::serve(async |request| {
            let attempt = random::attempt_id(request.now());
            correct_customer::handle(&store, attempt, request).await
        })
        .await
    })
}
