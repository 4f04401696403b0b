//! What leaves again of money that was captured: refunds that were due or made by hand, disputes,
//! and debits that are returned.

#[cfg(test)]
mod tests;

use super::payments::{attempt_of, captured, counts_on};
use crate::AttemptId;
use crate::sale::{AttemptState, Event, MoneyBack, Rejection, Sale};

/// Takes in a reading of the gateway's books. One that says what is known changes nothing.
pub(super) fn record(
    sale: &Sale,
    id: AttemptId,
    told: &MoneyBack,
) -> Result<Vec<Event>, Rejection> {
    let (kind, attempt) = attempt_of(sale, id)?;
    let back = attempt.back.and(told);
    if back == attempt.back {
        return Ok(vec![]);
    }
    // Nobody can take back what was not captured: the news of that is still on its way.
    if attempt.state.captured().is_none() {
        return Err(Rejection::NotDue(sale.status()));
    }
    let left = sale.amount_due(kind).minor().saturating_sub(back.total());
    let more_taken = back.taken() > attempt.back.taken();
    let refund = back.standing().last().map(|refund| refund.id.clone());
    let failed = back.has_failed_since(&attempt.back);
    let is_reversed = matches!(attempt.state, AttemptState::Reversed(_));
    let is_owed = !counts_on(sale, kind) || captured(sale, kind).is_some();
    let comes_back = back.taken() == 0
        && if is_reversed { left > 0 || is_owed } else { attempt.back.taken() > 0 };
    let mut events = vec![Event::MoneyBackTold { attempt: id, back }];
    match &attempt.state {
        // All of it was given back by hand: the sale isn't paid any more.
        AttemptState::Captured(_) if left == 0 && !more_taken => {
            events.push(Event::PaymentReversed { attempt: id });
        }
        AttemptState::RefundDue(_) | AttemptState::RefundFailed(_) if left == 0 => {
            events.extend(refund.clone().map(|refund| Event::Refunded { attempt: id, refund }));
        }
        AttemptState::RefundDue(_) | AttemptState::Refunded(..) if failed && left > 0 => {
            events.push(Event::RefundFailed { attempt: id });
        }
        // A dispute about it was won: that part goes back as well.
        AttemptState::Refunded(..) if left > 0 => events.push(Event::RefundDue { attempt: id }),
        _ => {}
    }
    if more_taken {
        events.push(Event::PaymentReversed { attempt: id });
    }
    if comes_back {
        events.push(Event::PaymentReinstated { attempt: id });
        if is_reversed && is_owed {
            events.push(Event::RefundDue { attempt: id });
            // It was given back while a bank seemed to hold it.
            let made = refund.filter(|_| left == 0);
            events.extend(made.map(|refund| Event::Refunded { attempt: id, refund }));
        }
    }
    Ok(events)
}

/// A debit that the bank returned after it had succeeded, or what was left of it.
pub(super) fn record_return(sale: &Sale, id: AttemptId) -> Result<Vec<Event>, Rejection> {
    let (kind, attempt) = attempt_of(sale, id)?;
    let held = matches!(attempt.state, AttemptState::Captured(_) | AttemptState::RefundDue(_));
    let returned = if held { sale.left_of(kind, attempt) } else { 0 };
    record(sale, id, &MoneyBack { returned, ..MoneyBack::default() })
}

/// People paid out what the gateway couldn't, as who closes the case says.
pub(super) fn paid_out(sale: &Sale) -> Vec<Event> {
    let failed = sale
        .all_attempts()
        .filter(|(_, attempt)| matches!(attempt.state, AttemptState::RefundFailed(_)));
    let events = failed.flat_map(|(kind, attempt)| {
        let paid_out = attempt.back.paid_out.saturating_add(sale.left_of(kind, attempt));
        let back = MoneyBack { paid_out, ..attempt.back.clone() };
        let told = Event::MoneyBackTold { attempt: attempt.id, back };
        // The last refund that was tried names it.
        let refund = attempt.back.refunds.last().map(|refund| refund.id.clone());
        [Some(told), refund.map(|refund| Event::PaidOut { attempt: attempt.id, refund })]
            .into_iter()
            .flatten()
    });
    events.collect()
}
