//! The bootstrap of `pay-signal`, which serves the requests of its route.

use std::process::ExitCode;
use wiring::random;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway) = (wiring.store()?, wiring.gateway()?);
        let debit_limit = wiring.debit_limit()?;
        edge::http::serve(async |request| {
            let attempt = random::attempt_id(request.now());
            pay_signal::handle(&store, &gateway, attempt, debit_limit, request).await
        })
        .await
    })
}
