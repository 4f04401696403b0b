//! The way in from Lambda's runtime.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Hands events to `handler` until Lambda ends the process. Reads them by itself: `lambda_runtime` notes the path to each field while
/// it reads, which takes as much again as the reading.
pub(crate) async fn run<E: DeserializeOwned, A: Serialize, F: Into<Diagnostic>>(
    handler: impl AsyncFn(LambdaEvent<E>) -> Result<A, F>,
) -> Result<(), crate::Error> {
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        let LambdaEvent { payload, context } = event;
        let payload = serde_json::from_str(payload.get()).map_err(|fault| Diagnostic {
            error_type: "UnreadableEvent".to_owned(),
            // serde_json's own text may quote the event.
            error_message: format!("the event can't be read: line {}, column {}", fault.line(), fault.column()),
        })?;
        handler(LambdaEvent { payload, context }).await.map_err(Into::into)
    }))
    .await
}
