//! The local stack as a program, which `cargo xtask` builds and becomes.

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

/// As `cargo xtask` describes them.
#[derive(Subcommand)]
enum Task {
    Demo {
        #[arg(long)]
        json: bool,
    },
    Run,
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Demo { json } => stack::until_told_to_stop(stack::demo::demo(json)).await,
        Task::Run => stack::until_told_to_stop(stack::run::run()).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
