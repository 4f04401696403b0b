//! Starts the partners, tells where they listen in one line of JSON, and stops on Ctrl-C or SIGTERM.

use anyhow::Result;
use clap::Parser;
use partners::{Partners, Settings};
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let partners = Partners::start(Settings::parse()).await?;
    println!("{}", serde_json::json!({ "url": partners.url() }));
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        stop = ctrl_c() => stop?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
