//! Wires `register-sale`.

use register_sale::{Fresh, Windows};
use std::process::ExitCode;
use wiring::random;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, plans) = (wiring.store()?, wiring.remembered_plans()?);
        let signal = wiring.seconds("SIGNAL_PAYMENT_WINDOW_SECONDS")?;
        let windows = Windows { signal, balance: wiring.seconds("FINAL_PAYMENT_WINDOW_SECONDS")? };
        edge::http::serve(async |request| {
            let fresh = Fresh { sale: random::sale_id(request.now()), customer: random::customer_id(request.now()) };
            register_sale::handle(&store, &plans, windows, fresh, request).await
        })
        .await
    })
}
