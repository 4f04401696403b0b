//! The bootstrap of `portal`, which serves the pages.

use portal::{Fresh, Portal};
use std::process::ExitCode;
use wiring::credentials::{Argon2id, token};
use wiring::random;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, gateway, queues) =
            (wiring.store()?, wiring.gateway()?, wiring.credentials_queue()?);
        let (accounts, store, gateway, queues) = (&store, &store, &gateway, &queues);
        let (hasher, url) = (&Argon2id, &wiring.text("PORTAL_URL")?);
        let (debit_limit, sellers) = (wiring.debit_limit()?, &wiring.sellers()?);
        let portal = Portal { accounts, store, gateway, queues, debit_limit, sellers, hasher, url };
        let handle = async |request: edge::Request| {
            let fresh = Fresh { token: token(), attempt: random::attempt_id(request.now()) };
            portal.handle(fresh, &request).await
        };
        edge::http::serve_pages(handle, portal::out_of_time).await
    })
}
