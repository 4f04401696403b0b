//! The bootstrap of `refund-payment`, which serves its queue's messages.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway) = (wiring.store()?, wiring.gateway()?);
        edge::batch::serve_messages(async |message, now| {
            refund_payment::handle(&store, &gateway, message, now).await
        })
        .await
    })
}
