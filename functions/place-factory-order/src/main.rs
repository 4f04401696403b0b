//! The bootstrap of `place-factory-order`, which serves the state machine's task.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, factory, patience) =
            (wiring.store()?, wiring.factory()?, wiring.seconds("FACTORY_CASE_AFTER_SECONDS")?);
        edge::task::serve(async |sale, now| {
            place_factory_order::handle(&store, &factory, sale, patience, now).await
        })
        .await
    })
}
