//! What banks take back after it was captured: by a dispute, or by the return of a debit.

#[cfg(test)]
mod tests;

use super::payments::{attempt_of, captured, counts_on};
use crate::AttemptId;
use crate::ids::DisputeId;
use crate::sale::{AttemptState, DisputeNews, Event, Rejection, Sale};

/// News of one dispute may come in any order, and twice: once it is won, its beginning changes
/// nothing.
pub(super) fn record(
    sale: &Sale,
    id: AttemptId,
    dispute: DisputeId,
    news: DisputeNews,
) -> Result<Vec<Event>, Rejection> {
    let (kind, attempt) = attempt_of(sale, id)?;
    if attempt.won_dispute.as_ref() == Some(&dispute) {
        return Ok(vec![]);
    }
    match (&attempt.state, news) {
        // Nobody can dispute what was not captured: the news of that is still on its way.
        (AttemptState::Unknown | AttemptState::Processing(_), _) => {
            Err(Rejection::NotDue(sale.status()))
        }
        (
            AttemptState::Captured(_) | AttemptState::RefundDue(_),
            DisputeNews::Opened | DisputeNews::Lost,
        ) => Ok(vec![Event::PaymentReversed { attempt: id }]),
        (AttemptState::Reversed(_), DisputeNews::Won) => {
            let mut events = vec![
                Event::DisputeWon { attempt: id, dispute },
                Event::PaymentReinstated { attempt: id },
            ];
            if !counts_on(sale, kind) || captured(sale, kind).is_some() {
                events.push(Event::RefundDue { attempt: id });
            }
            Ok(events)
        }
        (AttemptState::Captured(_) | AttemptState::RefundDue(_), DisputeNews::Won) => {
            Ok(vec![Event::DisputeWon { attempt: id, dispute }])
        }
        _ => Ok(vec![]),
    }
}

/// A debit that the bank returned after it had succeeded.
pub(super) fn record_return(sale: &Sale, id: AttemptId) -> Result<Vec<Event>, Rejection> {
    let (_, attempt) = attempt_of(sale, id)?;
    let held = matches!(attempt.state, AttemptState::Captured(_) | AttemptState::RefundDue(_));
    Ok(held.then_some(Event::PaymentReversed { attempt: id }).into_iter().collect())
}
