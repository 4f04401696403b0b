//! Waiting: until something is there, or until somebody ends it.

use anyhow::{Result, bail};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tools::narrator::now;

/// Asks until there is an answer, or `patience` is over.
pub async fn eventually<T>(
    patience: Duration,
    what: &str,
    ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    eventually_every(Duration::from_millis(100), patience, what, ask).await
}

/// As [`eventually`], with this pause before it asks again.
pub async fn eventually_every<T>(
    pause: Duration,
    patience: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let began = now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if began.elapsed() > patience {
            bail!("waited {} s in vain until {what}", patience.as_secs());
        }
        tokio::time::sleep(pause).await;
    }
}

/// Somebody ended what ran.
#[derive(Debug, thiserror::Error)]
#[error("everything is stopped")]
pub struct StoppedError;

/// Ctrl-C and a termination drop what runs, which ends its processes: the error is [`StoppedError`].
pub async fn until_told_to_stop(task: impl Future<Output = Result<()>>) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = task => outcome,
        _ = tokio::signal::ctrl_c() => bail!(StoppedError),
        _ = terminate.recv() => bail!(StoppedError),
    }
}
