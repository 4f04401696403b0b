//! `cargo xtask test`: everything that CI runs.

use crate::narrator::Narrator;
use crate::process::run_aloud;
use crate::root::root;
use crate::tools::Tools;
use anyhow::Result;
use std::process::Command;

/// Format, lints, infrastructure, figures, tests, and whether the auditor still catches every seeded bug.
pub async fn test() -> Result<()> {
    let narrator = Narrator::default();
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    Tools::Deploy.install(&narrator)?;
    Tools::Cloud.install(&narrator)?;
    crate::lint::lint()?;
    // The functions before the tests that deploy them: their progress is not lost in a test's output.
    crate::tools::build(&narrator)?;
    crate::bench::check(&narrator).await?;
    cargo(&["test", "--workspace", "--quiet"])?;
    crate::seed_bugs::seed_bugs(true)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run_aloud(Command::new(cargo).current_dir(root()).args(arguments))
}
