//! The bootstrap of `place-factory-order`, which serves the state machine's task.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, factory) = (wiring.store()?, wiring.factory()?);
        edge::task::serve(async |sale, now| {
            place_factory_order::handle(&store, &factory, sale, now).await
        })
        .await
    })
}
