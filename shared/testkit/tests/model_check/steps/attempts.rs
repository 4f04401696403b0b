//! The attempts to pay, as the sale and its processes know them.

use crate::world::{Operation, Process, Said, Try, World};
use domain::sale::{Attempt, AttemptState, Sale};

/// Whether a request to pay was ever sent.
pub(super) fn is_made(world: &World, tried: Try) -> bool {
    stored_attempt(&world.row(tried.sale).stored, tried).is_some()
        || world.processes.iter().any(|process| process.operation == Operation::Pay(tried))
}

/// The attempt that a request made.
pub(super) fn stored_attempt(sale: &Sale, tried: Try) -> Option<&Attempt> {
    sale.attempt_by_key(tried.kind, &tried.key())
}

/// What is known of an attempt for good, as the use case `pay` sees it.
pub(super) fn settled(attempt: &Attempt) -> Option<Said> {
    match attempt.state {
        AttemptState::Unknown | AttemptState::AwaitsCustomer(..) | AttemptState::Processing(_) => {
            None
        }
        AttemptState::Declined(_) | AttemptState::Expired(_) => Some(Said::No),
        AttemptState::Captured(_)
        | AttemptState::RefundDue(_)
        | AttemptState::Refunded(..)
        | AttemptState::RefundFailed(_)
        | AttemptState::Reversed(_) => Some(Said::Yes),
    }
}

/// The attempt whose outcome the process asks the gateway for.
pub(super) fn asked(process: &Process) -> Option<Try> {
    match process.operation {
        Operation::Pay(tried) => {
            stored_attempt(&process.read, tried).map(|attempt| Try::of(attempt.id))
        }
        Operation::TimeOut(kind) => {
            process.read.open_attempt(kind).map(|attempt| Try::of(attempt.id))
        }
        _ => None,
    }
}
