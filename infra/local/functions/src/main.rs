//! All functions in one program, which a local run deploys as each of them: `local-functions
//! pay-signal` is what the bootstrap of `pay-signal` is. To link the same libraries once for each
//! function would take longer than all else that follows from a change of the core. Each function's
//! own `main.rs` is what is called, so that nothing is said twice; a new function has to be named
//! in `Cargo.toml`.

use std::process::ExitCode;

include!(concat!(env!("OUT_DIR"), "/functions.rs"));

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    call(&name).unwrap_or_else(|| {
        eprintln!("error: no function is called {name:?}: name one as its folder in functions/");
        ExitCode::FAILURE
    })
}
