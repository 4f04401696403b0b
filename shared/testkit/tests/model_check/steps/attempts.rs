//! The attempts to pay, as the sale and its processes know them.

use crate::world::{Operation, Process, Said, Try, World};
use domain::sale::{Attempt, AttemptState, PaymentKind, Sale};

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
        AttemptState::Unknown | AttemptState::Processing(_) => None,
        AttemptState::AwaitsCustomer(..) => Some(Said::Waits),
        AttemptState::Expired(_) => Some(Said::Ended),
        AttemptState::Declined(_) => Some(Said::No),
        AttemptState::Captured(_)
        | AttemptState::RefundDue(_)
        | AttemptState::Refunded(..)
        | AttemptState::RefundFailed(_)
        | AttemptState::Reversed(_) => Some(Said::Yes),
    }
}

/// The attempt that waits for its customer, and that the process ends before it goes on.
pub(super) fn ended(process: &Process) -> Option<Try> {
    let kind = match process.operation {
        Operation::Pay(tried) if stored_attempt(&process.read, tried).is_none() => tried.kind,
        Operation::Cancel => PaymentKind::Signal,
        Operation::TimeOut(kind) => kind,
        _ => return None,
    };
    let waits = |attempt: &&Attempt| matches!(attempt.state, AttemptState::AwaitsCustomer(..));
    process.read.open_attempt(kind).filter(waits).map(|attempt| Try::of(attempt.id))
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
