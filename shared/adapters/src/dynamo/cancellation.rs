//! Why a transaction was cancelled, by its parts.

use super::client::WriteError;
use aws_sdk_dynamodb::types::CancellationReason;

/// A cancellation reason's code: somebody else writes the item at this moment.
const BUSY: &str = "TransactionConflict";

/// A cancellation reason's code: the item is not as the condition wants it.
const CONDITION: &str = "ConditionalCheckFailed";

/// Why a transaction was cancelled, a reason for each of its parts; none if it was not cancelled
/// but failed.
pub(super) fn cancellation(error: &WriteError) -> &[CancellationReason] {
    match error {
        WriteError::Cancelled(reasons) => reasons,
        _ => &[],
    }
}

/// Whether any part met another transaction.
pub(super) fn is_busy(reasons: &[CancellationReason]) -> bool {
    reasons.iter().any(|reason| reason.code() == Some(BUSY))
}

/// The part at `place`, if its condition doesn't hold; its `item` is what was found instead.
pub(super) fn refused(reasons: &[CancellationReason], place: usize) -> Option<&CancellationReason> {
    reasons.get(place).filter(|reason| reason.code() == Some(CONDITION))
}
