//! Starts the partners, tells where they listen in one line of JSON, and stops on Ctrl-C, on
//! SIGTERM, or when whoever started them is gone, who holds the standard input open.

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
        () = alone() => {}
    }
    Ok(())
}

/// When nobody holds the standard input any more. A thread waits for that: the runtime would wait
/// for its own read to end.
async fn alone() {
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(end);
    });
    let _ = ended.await;
}
