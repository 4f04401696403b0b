//! Wires `register-vehicle`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, registry) = (wiring.store()?, wiring.registry()?);
        edge::task::serve(async |sale, now| register_vehicle::handle(&store, &registry, sale, now).await).await
    })
}
