//! The bootstrap of `check-factory-order`, which serves the state machine's task.

use domain::use_cases::follow_factory::Settings;
use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, factory) = (wiring.store()?, wiring.factory()?);
        let tell_beyond = wiring.count("ESTIMATE_NOTICE_DAYS")?;
        let settings = Settings { final_payment_window: wiring.balance_window()?, tell_beyond };
        edge::task::serve(async |sale, now| {
            check_factory_order::handle(&store, &factory, settings, sale, now).await
        })
        .await
    })
}
