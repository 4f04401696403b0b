//! The way in from Lambda's runtime.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Hands events to `handler` until Lambda ends the process. Reads them by itself: `lambda_runtime`
/// notes the path to each field while it reads, which takes as much again as the reading.
pub(crate) async fn run<E, A: Serialize, F: Into<Diagnostic>>(
    read: impl Fn(&str) -> serde_json::Result<E>,
    handler: impl AsyncFn(LambdaEvent<E>) -> Result<A, F>,
) -> Result<(), crate::Error> {
    let (read, handler) = (&read, &handler);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        let LambdaEvent { payload, context } = event;
        let payload = read(payload.get()).map_err(|error| Diagnostic {
            error_type: "UnreadableEvent".to_owned(),
            // serde_json's own text may quote the event, and Lambda's caller is told this one.
            error_message: format!(
                "the event can't be read: line {}, column {}",
                error.line(),
                error.column()
            ),
        })?;
        handler(LambdaEvent { payload, context }).await.map_err(Into::into)
    }))
    .await
}

/// An event that is what serde makes of it.
pub(crate) fn json<E: DeserializeOwned>(text: &str) -> serde_json::Result<E> {
    serde_json::from_str(text)
}
