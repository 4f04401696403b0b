//! `cargo xtask fuzz`: every parser of outside bytes under millions of inputs, optimised and on all
//! cores.

use anyhow::Result;
use clap::Args;
use tools::process::{cargo, run_aloud};

/// How much to feed.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Options {
    /// How many inputs, all parsers together
    #[arg(long, default_value_t = 10_000_000)]
    pub(crate) inputs: u64,
    /// The first seed; the same seed, the same inputs
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Fails if an input panics, is answered as a fault of ours, or does not read back the same.
pub(crate) fn fuzz(options: Options) -> Result<()> {
    let mut fuzz = cargo();
    fuzz.args(["run", "--quiet", "--package", "fuzz", "--profile", "simulation", "--"]);
    run_aloud(fuzz.args([options.inputs.to_string(), options.seed.to_string()]))
}
