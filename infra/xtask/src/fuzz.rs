//! `cargo xtask fuzz`: every parser of outside bytes under millions of inputs, optimised and on all cores.

use crate::process::run_aloud;
use crate::root::root;
use anyhow::Result;
use clap::Args;
use std::process::Command;

/// How much to feed.
#[derive(Debug, Clone, Copy, Args)]
pub struct Options {
    /// How many inputs, all parsers together
    #[arg(long, default_value_t = 10_000_000)]
    pub inputs: u64,
    /// The first seed; the same seed, the same inputs
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Fails if an input panics, is answered as a fault of ours, or does not read back the same.
pub fn fuzz(options: Options) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(["run", "--quiet", "--package", "fuzz", "--profile", "simulation", "--"]);
    run_aloud(cargo.args([options.inputs.to_string(), options.seed.to_string()]))
}
