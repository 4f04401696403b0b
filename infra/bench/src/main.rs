//! The benchmarks as a program, which `cargo xtask bench` builds and becomes.

use clap::Parser;
use std::process::ExitCode;

/// Measures how small, fast and cheap the functions are, and writes docs/benchmarks.md
#[derive(Parser)]
#[command(name = "cargo xtask bench")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
struct Cli {
    /// Print the figures as JSON on standard output
    #[arg(long)]
    json: bool,
    /// Measure this function alone; may be repeated
    #[arg(long)]
    function: Vec<String>,
    /// Time builds, demos and tests in a clone of what is committed instead: an hour and more
    #[arg(long, conflicts_with = "function")]
    builds: bool,
    /// Print where this function's instructions go instead, at its start and in an operation
    #[arg(long, conflicts_with_all = ["json", "function", "builds"])]
    profile: Option<String>,
    /// Print what a whole order takes instead
    #[arg(long, conflicts_with_all = ["json", "function", "builds", "profile"])]
    order: bool,
    /// Write nothing: compare with the committed figures, as `cargo xtask test` does
    #[arg(long, conflicts_with_all = ["json", "function", "builds", "profile", "order"])]
    check: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse() {
        Cli { check: true, .. } => stack::until_told_to_stop(bench::check()).await,
        Cli { order: true, .. } => stack::until_told_to_stop(bench::order()).await,
        Cli { profile: Some(function), .. } => {
            stack::until_told_to_stop(bench::profile(&function)).await
        }
        Cli { builds: true, json, .. } => bench::builds(json),
        Cli { json, function, .. } => stack::until_told_to_stop(bench::bench(json, function)).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
