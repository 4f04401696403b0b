//! What changes something: it says first what it would do, and leaves who did it, when and why.

use crate::cloud::Cloud;
use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;
use serde_json::json;

/// How a command that changes something is called.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Act {
    /// Why it is done: kept for whoever asks later. No customer's name or address
    #[arg(long, required_unless_present = "dry_run", value_parser = NonEmptyStringValueParser::new())]
    why: Option<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl Act {
    /// Says what is about to be done, and whether to go on. Before it is done it is noted down: an
    /// act that fails half-way was an act.
    pub(crate) async fn begin(&self, cloud: &Cloud, deed: &str) -> Result<bool> {
        if self.dry_run {
            println!("would {deed}");
            return Ok(false);
        }
        println!("{deed}");
        let why = self.why.as_deref().unwrap_or_default();
        #[expect(clippy::disallowed_methods, reason = "a tool's own clock")]
        let now = Timestamp::now();
        let Cloud { operator, stack, .. } = cloud;
        eprintln!(
            "{}",
            json!({ "timestamp": now.to_string(), "stack": stack, "who": operator, "why": why, "did": deed })
        );
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let put = cloud.dynamodb().put_item().table_name(cloud.resource("Table")?);
        let put = put.item("PK", text("OPS")).item("SK", text(&now.to_string()));
        let put = put.item("who", text(operator)).item("why", text(why));
        let noted = put.item("did", text(deed)).send().await;
        noted
            .map(|_| true)
            .context("what is done can't be noted down in the table, so it isn't done")
    }
}

#[cfg(test)]
mod tests {
    use crate::Cli;
    use clap::Parser;

    #[test]
    fn nothing_is_changed_without_a_reason() {
        let is_taken = |more: &[&str]| {
            let words = ["caas", "resend", "refunds"].iter().chain(more);
            Cli::try_parse_from(words).is_ok()
        };
        assert!(!is_taken(&[]) && !is_taken(&["--why", ""]));
        assert!(is_taken(&["--why", "mended"]) && is_taken(&["--dry-run"]));
    }
}
