//! The bootstrap of `cancel-sale`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway) = (wiring.store()?, wiring.gateway()?);
        edge::http::serve(async |request| cancel_sale::handle(&store, &gateway, request).await)
            .await
    })
}
