//! The bootstrap of `desk`, which serves the pages of the dealership's employees.

use desk::{Bounds, Desk, Fresh};
use domain::ports::UnpaidLimits;
use std::process::ExitCode;
use wiring::credentials::token;
use wiring::random;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway, queues) =
            (wiring.store()?, wiring.gateway()?, wiring.credentials_queue()?);
        let url = wiring.text("DESK_URL")?;
        let issuer = oidc::Oidc::new(
            wiring.web()?,
            oidc::Settings {
                issuer: wiring.text("TOKEN_ISSUER")?,
                client_id: wiring.text("DESK_CLIENT_ID")?,
                desk_url: url.clone(),
            },
        )?;
        let limits = UnpaidLimits {
            employee: wiring.count("MAX_UNPAID_OF_EMPLOYEE")?,
            dealership: wiring.count("MAX_UNPAID_OF_DEALERSHIP")?,
        };
        let (signal, balance) =
            (wiring.seconds("SIGNAL_PAYMENT_WINDOW_SECONDS")?, wiring.balance_window()?);
        let bounds = Bounds {
            sale: desk::SaleBounds { signal, balance, limits },
            extension: wiring.seconds("MAX_EXTENSION_SECONDS")?,
            debit: wiring.debit_limit()?,
        };
        let (sessions, accounts, plans, store) = (&store, &store, &store, &store);
        let (gateway, queues, issuer, url) = (&gateway, &queues, &issuer, &*url);
        let desk = Desk { sessions, accounts, store, plans, gateway, queues, issuer, bounds, url };
        let handle = async |request: edge::Request| {
            let now = request.now();
            let fresh = Fresh {
                token: token(),
                attempt: random::attempt_id(now),
                sale: random::sale_id(now),
                customer: random::customer_id(now),
            };
            desk.handle(fresh, &request).await
        };
        edge::http::serve_pages(handle, desk::out_of_time).await
    })
}
