//! The bootstrap of `check-factory-order`, which serves the state machine's task.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, factory, window) =
            (wiring.store()?, wiring.factory()?, wiring.balance_window()?);
        edge::task::serve(async |sale, now| {
            check_factory_order::handle(&store, &factory, window, sale, now).await
        })
        .await
    })
}
