//! One line for a call that failed: which, and the service's own name for why. Never a request, an answer or a message
//! of a service: they can quote what was sent.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// What became of a call, in one word.
fn outcome<E>(fault: &SdkError<E, HttpResponse>) -> &'static str {
    match fault {
        SdkError::ConstructionFailure(_) => "not sent",
        SdkError::TimeoutError(_) => "timed out",
        SdkError::DispatchFailure(_) => "not reached",
        SdkError::ResponseError(_) => "not understood",
        SdkError::ServiceError(_) => "refused",
        _ => "failed",
    }
}

/// Logs an AWS call that failed.
pub(crate) fn aws<E: ProvideErrorMetadata>(operation: &'static str, fault: &SdkError<E, HttpResponse>) {
    let code = fault.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or("-");
    let request = fault.raw_response().and_then(|answer| answer.headers().get("x-amzn-requestid")).unwrap_or("-");
    tracing::warn!(operation, outcome = outcome(fault), code, aws_request_id = request, "an AWS call failed");
}
