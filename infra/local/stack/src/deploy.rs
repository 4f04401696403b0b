//! The deployment of the template on the local cloud.

use crate::cloud::REGION;
use anyhow::Result;
use std::path::Path;
use tools::pinned::sam;
use tools::process;

/// The stack's name.
pub const STACK: &str = "caas-sales-local";

/// The API's id on the local cloud.
pub(crate) const API_ID: &str = "caas";

/// Deploys the template with these parameters, by `sam deploy`.
pub(crate) fn deploy(template: &Path, parameters: &[String], endpoint: &str) -> Result<()> {
    let mut command = sam()?;
    command.args([
        "deploy",
        "--stack-name",
        STACK,
        "--resolve-s3",
        "--capabilities",
        "CAPABILITY_IAM",
        "--region",
        REGION,
    ]);
    // The local cloud gives the API the id that this tag says, so that mails can name the portal's
    // address.
    command.args(["--tags", &format!("ms-custom-id={API_ID}")]);
    command.args(["--no-confirm-changeset", "--no-progressbar", "--template-file"]).arg(template);
    command.arg("--parameter-overrides").args(parameters);
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    process::run(&mut command).map(drop)
}
