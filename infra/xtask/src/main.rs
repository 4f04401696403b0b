//! `cargo xtask`: the project's commands. What takes long to build, the local stack and the
//! benchmarks, are programs of their own that this one builds and becomes.

mod fuzz;
mod lint;
mod mail_preview;
mod seed_bugs;
mod simulate;
mod steps;
mod test;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use tools::functions::{Programs, build, prepare};
use tools::narrator::Narrator;

#[derive(Parser)]
#[command(about = "The commands of the sales and order system")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Sets everything up and takes three sales through the local stack: one paid, one not paid in
    /// time, one of its vehicle
    Demo {
        /// Print one machine-readable summary on standard output
        #[arg(long)]
        json: bool,
    },
    /// Keeps the local stack up, and says how to use it
    Run,
    /// Measures how small, fast and cheap the functions are, and writes docs/benchmarks.md;
    /// `--help` says what else
    #[command(disable_help_flag = true)]
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Looks after a deployed stack: `caas`, which `--help` says more of
    #[command(disable_help_flag = true)]
    Ops {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Draws the template's dashboards from the figures of a local run, into docs/dashboards
    Dashboards,
    /// Lints the template, its policies, the state machine and the dependencies
    Lint,
    /// Writes every mail in every language as HTML, and a page that leads to them
    MailPreview,
    /// Takes many sales through their whole lives in memory, with faults at every call, and audits
    /// each end
    Simulate(simulate::Options),
    /// Puts known bugs into a copy of the code, one at a time: the simulation's auditor has to
    /// catch each
    SeedBugs {
        /// Print one machine-readable summary on standard output
        #[arg(long)]
        json: bool,
    },
    /// Feeds every parser of outside bytes with millions of inputs that nobody means well with
    Fuzz(fuzz::Options),
    /// Everything that CI runs: format, lints, infrastructure, tests
    Test(test::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Demo { json: true } => on_the_stack(&["demo", "--json"]),
        Task::Demo { json: false } => on_the_stack(&["demo"]),
        Task::Run => on_the_stack(&["run"]),
        Task::Bench { arguments } => bench(&arguments),
        Task::Ops { arguments } => {
            build(&["caas"]).and_then(|built| replace_by(&built, "caas", arguments.into_iter()))
        }
        Task::Dashboards => dashboards(),
        Task::Lint => lint::lint(),
        Task::MailPreview => mail_preview::mail_preview(),
        Task::SeedBugs { json } => seed_bugs::seed_bugs(json),
        Task::Simulate(options) => simulate::simulate(&options),
        Task::Fuzz(options) => fuzz::fuzz(options),
        Task::Test(options) => test::test(options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Builds the stack's program together with what it deploys, which shares the cores better than one
/// after the other.
fn on_the_stack(arguments: &[&str]) -> Result<()> {
    let narrator = Narrator::default();
    narrator.say("building the functions and the local stack (the first time takes minutes)");
    replace_by(&prepare(&narrator, &["stack"])?, "stack", arguments.iter().map(OsString::from))
}

fn bench(arguments: &[OsString]) -> Result<()> {
    replace_by(&build(&["bench"])?, "bench", arguments.iter().cloned())
}

fn dashboards() -> Result<()> {
    let built = prepare(&Narrator::default(), &["dashboards"])?;
    replace_by(&built, "dashboards", std::iter::empty())
}

/// This process becomes the program, so that a signal to it is one to the program.
fn replace_by(
    built: &Programs,
    program: &str,
    arguments: impl Iterator<Item = OsString>,
) -> Result<()> {
    let error = Command::new(built.get(program)?).args(arguments).exec();
    Err(error).with_context(|| format!("{program} can't be started"))
}
