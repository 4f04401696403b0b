//! `caas`, the command.

use clap::Parser;
use ops::Cli;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match ops::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
