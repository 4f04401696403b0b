//! Wires `receive-payment-update`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, keys) = (wiring.store()?, wiring.webhook_keys("GATEWAY_WEBHOOK_SECRET_ARN")?);
        edge::http::serve(async |request| receive_payment_update::handle(&store, &keys.get().await?, request).await).await
    })
}
