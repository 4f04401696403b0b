//! The bootstrap of `get-preferences`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let store = wiring.store()?;
        edge::http::serve(async |request| get_preferences::handle(&store, request).await).await
    })
}
