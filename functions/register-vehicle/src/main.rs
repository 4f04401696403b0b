//! The bootstrap of `register-vehicle`, which serves the state machine's task.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, registry, patience) =
            (wiring.store()?, wiring.registry()?, wiring.seconds("AUTHORITY_CASE_AFTER_SECONDS")?);
        edge::task::serve(async |sale, now| {
            register_vehicle::handle(&store, &registry, sale, patience, now).await
        })
        .await
    })
}
