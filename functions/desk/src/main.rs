//! The bootstrap of `desk`, which serves the employees' pages.

use desk::{Bounds, Desk, Fresh, SaleBounds};
use std::process::ExitCode;
use wiring::{credentials::token, random};

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway, queues) =
            (wiring.store()?, wiring.gateway()?, wiring.credentials_queue()?);
        let url = &wiring.text("DESK_URL")?;
        let (issuer, client) = (wiring.text("TOKEN_ISSUER")?, wiring.text("DESK_CLIENT_ID")?);
        let issuer = oidc::Oidc::new(wiring.web()?, issuer, client, url)?;
        let (signal, balance) =
            (wiring.seconds("SIGNAL_PAYMENT_WINDOW_SECONDS")?, wiring.balance_window()?);
        let sale = SaleBounds { signal, balance, limits: wiring.unpaid_limits()? };
        let (extension, debit) = (wiring.seconds("MAX_EXTENSION_SECONDS")?, wiring.debit_limit()?);
        let bounds = Bounds { sale, extension, debit };
        let desk = Desk::new(&store, (&gateway, &queues, &issuer), bounds, url);
        let handle = async |request: edge::Request| {
            let (now, token) = (request.now(), token());
            let (attempt, sale) = (random::attempt_id(now), random::sale_id(now));
            let fresh = Fresh { token, attempt, sale, customer: random::customer_id(now) };
            // Every operation's future is in it: too much for the stack.
            Box::pin(desk.handle(fresh, &request)).await
        };
        edge::http::serve_pages(handle, desk::out_of_time).await
    })
}
