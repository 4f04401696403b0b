//! The bootstrap of `reconcile-payments`, which serves the schedule.

use domain::use_cases::reconcile::Patience;
use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway) = (wiring.store()?, wiring.gateway()?);
        let ask_after = wiring.seconds("ASK_AFTER_SECONDS")?;
        let case_after = wiring.seconds("CASE_AFTER_SECONDS")?;
        let patience = Patience { ask_after, case_after };
        edge::schedule::serve(async |now| {
            reconcile_payments::handle(&store, &gateway, patience, now).await
        })
        .await
    })
}
