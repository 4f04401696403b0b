//! `cargo xtask mail-preview`: every mail in every language, to look at.

use crate::process::run_aloud;
use crate::root::root;
use anyhow::Result;
use std::process::Command;

/// Writes them to `target/mails` and prints the page that leads to them.
pub fn mail_preview() -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(["run", "--quiet", "--package", "mail", "--example", "preview", "--"]);
    run_aloud(cargo.arg(root().join("target/mails")))
}
