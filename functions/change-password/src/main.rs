//! The bootstrap of `change-password`, which serves the requests of its route.

use std::process::ExitCode;
use wiring::credentials::Argon2id;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let store = wiring.store()?;
        edge::http::serve(async |request| change_password::handle(&store, &Argon2id, request).await)
            .await
    })
}
