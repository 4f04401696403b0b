//! One line for a call that failed: which, and the service's own name for why. Never a request, an answer or a message
//! of a service: they can quote what was sent.

use crate::aws::CallFault;

/// Logs an AWS call that failed.
pub(crate) fn aws(operation: &'static str, fault: &CallFault) {
    let (code, request) = match fault {
        CallFault::Refused(refusal) => (refusal.code.as_str(), refusal.request_id.as_str()),
        _ => ("-", "-"),
    };
    tracing::warn!(operation, outcome = fault.outcome(), code, aws_request_id = request, "an AWS call failed");
}
