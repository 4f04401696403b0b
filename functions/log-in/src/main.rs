//! The bootstrap of `log-in`, which serves the requests of its route.

use std::process::ExitCode;
use wiring::credentials::{Argon2id, token};

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let store = wiring.store()?;
        edge::http::serve(async |request| log_in::handle(&store, &Argon2id, token(), request).await)
            .await
    })
}
