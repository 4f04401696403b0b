//! `cargo xtask`: the project's commands.

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use xtask::{bench, demo, fuzz, lint, mail_preview, run, seed_bugs, simulate, test};

#[derive(Parser)]
#[command(about = "The commands of the sales and order system")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Sets everything up and takes three sales through the local stack: one paid, one not paid in time, one of its vehicle
    Demo {
        /// Print one machine-readable summary on standard output
        #[arg(long)]
        json: bool,
    },
    /// Keeps the local stack up, and says how to use it
    Run,
    /// Measures how small, fast and cheap the functions are, and writes docs/benchmarks.md
    Bench {
        /// Print the figures as JSON on standard output
        #[arg(long)]
        json: bool,
        /// Measure this function alone; may be repeated
        #[arg(long)]
        function: Vec<String>,
        /// Time builds and demos in a clone of what is committed instead: three quarters of an hour
        #[arg(long, conflicts_with = "function")]
        builds: bool,
        /// Print where this function's instructions go instead
        #[arg(long, conflicts_with_all = ["json", "function", "builds"])]
        profile: Option<String>,
        /// Print what a whole order takes instead
        #[arg(long, conflicts_with_all = ["json", "function", "builds", "profile"])]
        order: bool,
        /// Measure nothing new: compare with the committed figures, as `cargo xtask test` does
        #[arg(long, conflicts_with_all = ["json", "function", "builds"])]
        check: bool,
    },
    /// Lints the template, its policies, the state machine and the dependencies
    Lint,
    /// Writes every mail in every language as HTML, and a page that leads to them
    MailPreview,
    /// Takes many sales through their whole lives in memory, with faults at every call, and audits each end
    Simulate(simulate::Options),
    /// Puts known bugs into a copy of the code, one at a time: the simulation's auditor has to catch each
    SeedBugs {
        /// Print one machine-readable summary on standard output
        #[arg(long)]
        json: bool,
    },
    /// Feeds every parser of outside bytes with millions of inputs that nobody means well with
    Fuzz(fuzz::Options),
    /// Everything that CI runs: format, lints, infrastructure, tests
    Test,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Demo { json } => until_told_to_stop(demo::demo(json)),
        Task::Run => until_told_to_stop(run::run()),
        Task::Bench { check: true, .. } => until_told_to_stop(bench::build_and_check()),
        Task::Bench { order: true, .. } => until_told_to_stop(bench::order()),
        Task::Bench { profile: Some(function), .. } => until_told_to_stop(bench::profile(&function)),
        Task::Bench { builds: true, json, .. } => bench::builds(json),
        Task::Bench { json, function, .. } => until_told_to_stop(bench::bench(json, function)),
        Task::Lint => lint::lint(),
        Task::MailPreview => mail_preview::mail_preview(),
        Task::SeedBugs { json } => seed_bugs::seed_bugs(json),
        Task::Simulate(options) => simulate::simulate(&options),
        Task::Fuzz(options) => fuzz::fuzz(options),
        Task::Test => until_told_to_stop(test::test()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C and a termination drop what runs, which ends its processes.
fn until_told_to_stop(task: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            outcome = task => outcome,
            _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted; everything is stopped"),
            _ = terminate.recv() => anyhow::bail!("terminated; everything is stopped"),
        }
    })
}
