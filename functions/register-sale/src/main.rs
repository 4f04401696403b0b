//! The bootstrap of `register-sale`, which serves the requests of its route.

use register_sale::{Bounds, Fresh};
use std::process::ExitCode;
use wiring::random;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let store = wiring.store()?;
        let plans = wiring.remembered_plans(&store)?;
        let signal = wiring.seconds("SIGNAL_PAYMENT_WINDOW_SECONDS")?;
        let limits = wiring.unpaid_limits()?;
        let bounds = Bounds { signal, balance: wiring.balance_window()?, limits };
        edge::http::serve(async |request| {
            let fresh = Fresh {
                sale: random::sale_id(request.now()),
                customer: random::customer_id(request.now()),
            };
            register_sale::handle(&store, &plans, bounds, fresh, request).await
        })
        .await
    })
}
