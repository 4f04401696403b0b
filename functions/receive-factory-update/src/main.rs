//! The bootstrap of `receive-factory-update`, which serves the requests of its route.

use domain::use_cases::follow_factory::Settings;
use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, tell_beyond) = (wiring.store()?, wiring.count("ESTIMATE_NOTICE_DAYS")?);
        let settings = Settings { final_payment_window: wiring.balance_window()?, tell_beyond };
        let keys = wiring.webhook_keys("FACTORY_WEBHOOK_SECRET_ARN")?;
        edge::http::serve(async |request| {
            receive_factory_update::handle(&store, &keys.get().await?, settings, request).await
        })
        .await
    })
}
