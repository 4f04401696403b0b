//! What runs on a schedule: nothing that matters comes in, one line of the log goes out.

use crate::{clock, log, runtime};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::de::IgnoredAny;
use std::fmt::{Debug, Display};
use tracing::Instrument;

/// Runs until Lambda ends the process. A run that fails is an error of the function, which has an
/// alarm; the next run makes up for it.
pub async fn serve<T: Debug, E: Display>(
    run: impl AsyncFn(Timestamp) -> Result<T, E>,
) -> Result<(), crate::Error> {
    runtime::run(runtime::json, async |event: LambdaEvent<IgnoredAny>| {
        let now = clock::now();
        let left = clock::time_left(event.context.deadline, now);
        async {
            match tokio::time::timeout(left, Box::pin(run(now))).await {
                Ok(Ok(report)) => {
                    tracing::info!(?report, "done");
                    Ok(())
                }
                Ok(Err(fault)) => {
                    tracing::error!(%fault, "failed");
                    Err(Diagnostic {
                        error_type: "Failed".to_owned(),
                        error_message: fault.to_string(),
                    })
                }
                // What was done is committed; the rest is the next run's.
                Err(_) => {
                    tracing::warn!("the run took too long");
                    Ok(())
                }
            }
        }
        .instrument(log::span(&event.context.request_id))
        .await
    })
    .await
}
