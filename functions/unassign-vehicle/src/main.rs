//! The bootstrap of `unassign-vehicle`, which serves the state machine's task.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway, lead) =
            (wiring.store()?, wiring.gateway()?, wiring.seconds("REMINDER_LEAD_SECONDS")?);
        edge::task::serve(async |sale, now| {
            unassign_vehicle::handle(&store, &gateway, sale, lead, now).await
        })
        .await
    })
}
