//! The bootstrap of `extend-deadline`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, longest) = (wiring.store()?, wiring.seconds("MAX_EXTENSION_SECONDS")?);
        edge::http::serve(async |request| extend_deadline::handle(&store, longest, request).await)
            .await
    })
}
