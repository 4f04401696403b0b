//! The bootstrap of `receive-factory-update`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, window) = (wiring.store()?, wiring.balance_window()?);
        let keys = wiring.webhook_keys("FACTORY_WEBHOOK_SECRET_ARN")?;
        edge::http::serve(async |request| {
            receive_factory_update::handle(&store, &keys.get().await?, window, request).await
        })
        .await
    })
}
