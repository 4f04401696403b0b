//! `cargo xtask simulate`: the testkit's simulation, optimised and on all cores.

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use std::process::{Command, Stdio};
use tools::process::cargo;

/// What to simulate.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How many lifecycles to begin, with faults at random
    #[arg(long, default_value_t = 100_000)]
    pub(crate) runs: u64,
    /// The first seed; each run has the next
    #[arg(long, default_value_t = 1)]
    pub(crate) from: u64,
    /// Replay one seed and print its story
    #[arg(long, conflicts_with_all = ["runs", "from", "exhaustive", "json"])]
    pub(crate) seed: Option<u64>,
    /// Every call of each script with every fault, alone and in pairs, instead
    #[arg(long, conflicts_with_all = ["runs", "from"])]
    pub(crate) exhaustive: bool,
    /// Of this script alone, by its name in testkit's `Script`
    #[arg(long, requires = "exhaustive")]
    pub(crate) script: Option<String>,
    /// Print one machine-readable summary on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// Fails if any invariant is broken.
pub(crate) fn simulate(options: &Options) -> Result<()> {
    if let Some(seed) = options.seed {
        let replay = simulation(&["replay", &seed.to_string()])
            .status()
            .context("cargo can't be started")?;
        return if replay.success() { Ok(()) } else { bail!("seed {seed} breaks an invariant") };
    }
    let (runs, from) = (options.runs.to_string(), options.from.to_string());
    let arguments = match (options.exhaustive, &options.script) {
        (true, Some(script)) => vec!["exhaustive", script],
        (true, None) => vec!["exhaustive"],
        (false, _) => vec!["random", &from, &runs],
    };
    let output =
        simulation(&arguments).stdout(Stdio::piped()).output().context("cargo can't be started")?;
    let summary = String::from_utf8_lossy(&output.stdout);
    if options.json {
        print!("{summary}");
    } else if let Ok(summary) = serde_json::from_str::<Value>(&summary) {
        println!("{summary:#}");
    }
    if output.status.success() {
        Ok(())
    } else {
        bail!("the simulation failed ({}): its seeds and story are above", output.status)
    }
}

fn simulation(arguments: &[&str]) -> Command {
    let mut simulation = cargo();
    simulation.args(["run", "--quiet", "--package", "testkit", "--profile", "simulation"]);
    simulation.args(["--example", "simulate", "--"]).args(arguments).stderr(Stdio::inherit());
    simulation
}
