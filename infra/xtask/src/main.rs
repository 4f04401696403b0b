//! `cargo xtask`: the project's commands.

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use std::process::Command;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that CI runs: format, lints, tests.
    Test,
}

fn main() -> Result<()> {
    match Cli::parse().task {
        Task::Test => test(),
    }
}

fn test() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    cargo(&["test", "--workspace", "--quiet"])
}

fn cargo(arguments: &[&str]) -> Result<()> {
    println!("==> cargo {}", arguments.join(" "));
    let status = Command::new("cargo").args(arguments).status().context("cargo can't be started")?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}
