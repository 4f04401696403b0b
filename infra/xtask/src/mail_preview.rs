//! `cargo xtask mail-preview`: every mail in every language, to look at.

use anyhow::Result;
use tools::process::{cargo, run_aloud};
use tools::root::root;

/// Writes them to `target/mails` and prints the page that leads to them.
pub(crate) fn mail_preview() -> Result<()> {
    let mut preview = cargo();
    preview.args(["run", "--quiet", "--package", "mail", "--example", "preview", "--"]);
    run_aloud(preview.arg(root().join("target/mails")))
}
