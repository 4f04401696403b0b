//! Starts the gateway, tells where it listens in one line of JSON, and stops on Ctrl-C, on SIGTERM,
//! or when whoever started it is gone, who holds the standard input open.

use clap::Parser;
use gateway::{Gateway, Settings};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let gateway = Gateway::start(Settings::parse()).await?;
    println!("{}", serde_json::json!({ "url": gateway.url() }));
    // A thread waits for that: the runtime would wait for its own read to end.
    let (end, alone) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(end);
    });
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        stop = tokio::signal::ctrl_c() => stop?,
        _ = terminate.recv() => {}
        _ = alone => {}
    }
    Ok(())
}
