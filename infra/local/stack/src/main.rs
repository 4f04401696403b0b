//! The local stack as a program, which `cargo xtask` builds and becomes.

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

/// As `cargo xtask` describes them.
#[derive(Clone, Copy, Subcommand)]
enum Task {
    Demo {
        #[arg(long)]
        json: bool,
    },
    Run,
}

#[tokio::main]
async fn main() -> ExitCode {
    let task = Cli::parse().task;
    let outcome = match task {
        Task::Demo { json } => stack::until_told_to_stop(stack::demo::demo(json)).await,
        Task::Run => stack::until_told_to_stop(stack::run::run()).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // That is how a run is meant to end.
        Err(error) if matches!(task, Task::Run) && error.is::<stack::StoppedError>() => {
            eprintln!("{error}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
