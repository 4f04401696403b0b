//! The bootstrap of `receive-payment-update`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway) = (wiring.store()?, wiring.gateway()?);
        let keys = wiring.webhook_keys("GATEWAY_WEBHOOK_SECRET_ARN")?;
        edge::http::serve(async |request| {
            receive_payment_update::handle(&store, &gateway, &keys.get().await?, request).await
        })
        .await
    })
}
