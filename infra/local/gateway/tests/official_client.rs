//! The official Python client uses the gateway as it uses Stripe: it creates, reads and lists each
//! object, meets each class of error, and verifies a webhook's signature.

use anyhow::{Result, ensure};
use gateway::{Gateway, Settings};
use std::process::Stdio;
use tokio::process::Command;
use tools::Tools;
use tools::narrator::Narrator;
use tools::root::root;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_client_can_use_it() -> Result<()> {
    Tools::Gateway.install(&Narrator::default())?;
    let settings = Settings {
        port: 0,
        key: "sk_test_local".to_owned(),
        books: None,
        debit_seconds: 0.2,
        api_version: "2026-08-26.dahlia".to_owned(),
    };
    let gateway = Gateway::start(settings).await?;
    let output = Command::new(Tools::Gateway.bin().join("python3"))
        .arg(root().join("infra/local/gateway/official_client.py"))
        .arg(gateway.url())
        .stdin(Stdio::null())
        .output()
        .await?;
    ensure!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
