//! Why a call of AWS has no good answer, as far as a log may know: the service's own message, which
//! can quote what was sent, is left out here and nowhere else.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use domain::ports::SendError;

/// A call that failed: which, how, and by which AWS's support finds it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {outcome} ({code})")]
pub(crate) struct CallError {
    operation: &'static str,
    outcome: &'static str,
    /// HTTP's; 0 without an answer.
    status: u16,
    /// The service's own name for why, such as `ThrottlingException`; `-` without one.
    code: String,
    aws_request_id: String,
}

impl CallError {
    /// Of this operation.
    pub(crate) fn of<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata,
    {
        let outcome = match error {
            SdkError::ConstructionFailure(_) => "not sent",
            SdkError::TimeoutError(_) => "timed out",
            SdkError::DispatchFailure(failure) if failure.is_timeout() => "timed out",
            SdkError::ResponseError(_) => "not understood",
            SdkError::ServiceError(_) => "refused",
            // What was sent may have been carried out.
            _ => "not reached",
        };
        Self {
            operation,
            outcome,
            status: error.raw_response().map_or(0, |response| response.status().as_u16()),
            code: error.code().unwrap_or("-").to_owned(),
            aws_request_id: error.request_id().unwrap_or("-").to_owned(),
        }
    }

    /// One line of the log.
    pub(crate) fn log(&self) {
        let Self { operation, outcome, status, code, aws_request_id } = self;
        tracing::warn!(operation, outcome, status, code, aws_request_id, "an AWS call failed");
    }
}

/// What becomes of a call whose answer says nothing: a failure is in the log, and the caller tries
/// again.
pub(crate) fn delivered<O, E>(
    operation: &'static str,
    answer: Result<O, SdkError<E, HttpResponse>>,
) -> Result<O, SendError>
where
    E: ProvideErrorMetadata,
{
    answer.map_err(|error| not_delivered(operation, &error))
}

/// As [`delivered`], of an error that is at hand.
pub(crate) fn not_delivered<E>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> SendError
where
    E: ProvideErrorMetadata,
{
    CallError::of(operation, error).log();
    SendError
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::operation::get_item::GetItemError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    #[test]
    fn what_a_service_says_stays_out_of_the_log() {
        let metadata = ErrorMetadata::builder()
            .code("ValidationException")
            .message("quotes ana@example.com")
            .build();
        let response = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        let error = SdkError::service_error(GetItemError::generic(metadata), response);
        let error = CallError::of("GetItem", &error);
        assert_eq!((error.status, error.code.as_str()), (400, "ValidationException"));
        assert!(!format!("{error} {error:?}").contains("ana@"), "{error:?}");
    }
}
