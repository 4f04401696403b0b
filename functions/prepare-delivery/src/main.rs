//! The bootstrap of `prepare-delivery`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let store = wiring.store()?;
        edge::http::serve(async |request| prepare_delivery::handle(&store, request).await).await
    })
}
