//! Tasks of the state machine: `{"sale_id"}` in, a small JSON out, or an error under a name that
//! the machine matches.

use crate::{clock, log, runtime};
use domain::SaleId;
use domain::task_errors::{NEEDS_ATTENTION, PARTNER_UNAVAILABLE, TaskError};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use tracing::Instrument;

/// A task's failure as Step Functions sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TaskFailure {
    name: &'static str,
    message: String,
}

impl<E: TaskError> From<E> for TaskFailure {
    fn from(failure: E) -> Self {
        Self { name: failure.task_error(), message: failure.to_string() }
    }
}

impl From<TaskFailure> for Diagnostic {
    fn from(failure: TaskFailure) -> Self {
        Self { error_type: failure.name.to_owned(), error_message: failure.message }
    }
}

/// Runs tasks until Lambda ends the process.
pub async fn serve<T: Serialize, E: TaskError>(
    run: impl AsyncFn(SaleId, Timestamp) -> Result<T, E>,
) -> Result<(), crate::Error> {
    runtime::run(runtime::json, async |event| perform(&run, event).await).await
}

async fn perform<T: Serialize, E: TaskError>(
    run: &impl AsyncFn(SaleId, Timestamp) -> Result<T, E>,
    event: LambdaEvent<Value>,
) -> Result<T, TaskFailure> {
    let LambdaEvent { payload, context } = event;
    async {
        let outcome = timed(run, &payload, context.deadline).await;
        match &outcome {
            Ok(_) => tracing::info!("done"),
            // The message can hold a partner's words; it goes to the execution's history only.
            Err(failure) if failure.name == NEEDS_ATTENTION => {
                tracing::error!(error = failure.name, "failed");
            }
            Err(failure) => tracing::warn!(error = failure.name, "failed"),
        }
        outcome
    }
    .instrument(log::span(&context.request_id))
    .await
}

async fn timed<T, E: TaskError>(
    run: &impl AsyncFn(SaleId, Timestamp) -> Result<T, E>,
    input: &Value,
    deadline: u64,
) -> Result<T, TaskFailure> {
    let id = input.get("sale_id").and_then(Value::as_str).and_then(|text| SaleId::parse(text).ok());
    let id = id.ok_or_else(|| TaskFailure {
        name: NEEDS_ATTENTION,
        message: "the input has no sale_id".to_owned(),
    })?;
    log::sale(id);
    let now = clock::now();
    match tokio::time::timeout(clock::time_left(deadline, now), Box::pin(run(id, now))).await {
        Ok(outcome) => outcome.map_err(TaskFailure::from),
        Err(_) => Err(TaskFailure {
            name: PARTNER_UNAVAILABLE,
            message: "the task took too long".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Status;
    use domain::sale::Rejection;
    use domain::use_cases::ChangeError;
    use serde_json::json;

    const SALE: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";

    async fn run(
        input: Value,
        outcome: Result<&'static str, ChangeError>,
    ) -> Result<&'static str, Diagnostic> {
        let mut context = lambda_runtime::Context::default();
        context.deadline = u64::MAX;
        let task = async |_, _| outcome.clone();
        perform(&task, LambdaEvent { payload: input, context }).await.map_err(Diagnostic::from)
    }

    #[tokio::test]
    async fn failures_go_by_the_name_that_the_machine_matches() {
        assert_eq!(run(json!({ "sale_id": SALE }), Ok("done")).await, Ok("done"));
        let ended = ChangeError::Rejected(Rejection::Ended(Status::Lapsed));
        let diagnostic = run(json!({ "sale_id": SALE }), Err(ended)).await.unwrap_err();
        assert_eq!(diagnostic.error_type, domain::task_errors::SALE_ENDED);
        assert_eq!(diagnostic.error_message, "the sale has ended: it is Lapsed");
    }

    #[tokio::test]
    async fn an_input_without_a_sale_needs_attention() {
        for input in [json!({}), json!({ "sale_id": 1 }), json!({ "sale_id": "x" }), Value::Null] {
            assert_eq!(run(input, Ok("done")).await.unwrap_err().error_type, NEEDS_ATTENTION);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_takes_too_long_can_be_tried_again() {
        let mut context = lambda_runtime::Context::default();
        context.deadline = u64::try_from(clock::now().as_millisecond()).unwrap() + 2_000;
        let never = async |_, _| std::future::pending::<Result<(), ChangeError>>().await;
        let failure = perform(&never, LambdaEvent { payload: json!({ "sale_id": SALE }), context })
            .await
            .unwrap_err();
        assert_eq!(failure.name, PARTNER_UNAVAILABLE);
    }
}
