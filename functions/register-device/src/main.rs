//! The bootstrap of `register-device`, which serves the requests of its route.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiring::run(env!("CARGO_PKG_NAME"), async |wiring| {
        let (store, messages) = (wiring.store()?, wiring.messages()?);
        edge::http::serve(async |request| register_device::handle(&store, &messages, request).await)
            .await
    })
}
