//! The bootstrap of `lapse-sale`, which serves the state machine's task.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway) = (wiring.store()?, wiring.gateway()?);
        edge::task::serve(async |sale, now| lapse_sale::handle(&store, &gateway, sale, now).await)
            .await
    })
}
