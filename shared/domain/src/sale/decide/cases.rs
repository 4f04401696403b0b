//! Which cases open and close: with time, by a manager, or because of what happened to the sale.

#[cfg(test)]
mod tests;

use crate::sale::{AttemptState, CaseKind, Closure, Decline, Event, Rejection, Sale};
use jiff::Timestamp;

/// The cases that open because there was a reason for them at `before` already, and still is.
pub(super) fn opened(sale: &Sale, before: Timestamp) -> Vec<Event> {
    let is_open = |kind| sale.open_cases().any(|case| case.kind == kind);
    let due = |kind: &CaseKind| {
        sale.unsettled(*kind).is_some_and(|since| since <= before) && !is_open(*kind)
    };
    // A reversal is a case from its first moment.
    let late = [CaseKind::PaymentUnsettled, CaseKind::RefundUnsettled];
    late.into_iter().filter(due).map(|kind| Event::CaseOpened { kind }).collect()
}

/// A mail came back, while the purchase is under way.
pub(super) fn undeliverable(sale: &Sale) -> Vec<Event> {
    raised(sale, CaseKind::MailUndeliverable).into_iter().collect()
}

/// Opens a case that isn't open, while the purchase is under way.
pub(super) fn raised(sale: &Sale, kind: CaseKind) -> Option<Event> {
    (!sale.status().is_over() && !sale.has_open_case(kind)).then_some(Event::CaseOpened { kind })
}

/// Closes a case that is open, and of which the reason is gone.
pub(super) fn resolved(sale: &Sale, kind: CaseKind) -> Option<Event> {
    sale.has_open_case(kind).then_some(Event::CaseClosed { kind, closure: None })
}

/// A partner gave no answer (`kind`), and was asked first before this moment.
pub(super) fn missed(sale: &Sale, kind: CaseKind, asked_before: Timestamp) -> Vec<Event> {
    let is_open = sale.has_open_case(kind);
    let is_late = sale.unsettled(kind).is_some_and(|asked| asked <= asked_before);
    (is_late && !is_open).then_some(Event::CaseOpened { kind }).into_iter().collect()
}

/// It gave one, though not its last.
pub(super) fn heard(sale: &Sale) -> Vec<Event> {
    resolved(sale, CaseKind::AuthoritySilent).into_iter().collect()
}

/// A manager closes a case that the gateway can't: money that the bank keeps is the dealership's to
/// answer for, and a payment of which the gateway knows nothing never was. Should money come after
/// all, it is taken in as any that comes late. The same request again changes nothing.
pub(super) fn closed(
    sale: &Sale,
    kind: CaseKind,
    closure: Closure,
) -> Result<Vec<Event>, Rejection> {
    let Some(case) = sale.open_cases().find(|case| case.kind == kind) else {
        let last = sale.cases.iter().rfind(|case| case.kind == kind);
        let repeats = last.is_some_and(|case| case.closure.as_ref() == Some(&closure));
        return if repeats { Ok(vec![]) } else { Err(Rejection::NoCase) };
    };
    let unknown = sale.all_attempts().map(|(_, attempt)| attempt);
    let unknown = unknown.filter(|attempt| {
        attempt.state == AttemptState::Unknown && attempt.started_at <= case.opened_at
    });
    let mut events: Vec<Event> = match kind {
        CaseKind::RefundFailed => super::money_back::paid_out(sale),
        CaseKind::PaymentReversed
        | CaseKind::OrderCancelled
        | CaseKind::OrderHeld
        | CaseKind::VehicleUnclear
        | CaseKind::MailUndeliverable => vec![],
        CaseKind::PaymentUnsettled => unknown
            .map(|attempt| Event::PaymentDeclined {
                attempt: attempt.id,
                decline: Decline::Declined,
            })
            .collect(),
        CaseKind::RefundUnsettled
        | CaseKind::DocumentsMissing
        | CaseKind::RegistrationRefused
        | CaseKind::FactorySilent
        | CaseKind::AuthoritySilent => {
            return Err(Rejection::ClosesItself);
        }
    };
    if kind == CaseKind::PaymentUnsettled && events.is_empty() {
        return Err(Rejection::ClosesItself);
    }
    events.push(Event::CaseClosed { kind, closure: Some(closure) });
    Ok(events)
}

/// What follows for the cases from what happened: a reversal is one at once, so is what holds a
/// registration up, and what is settled is none any more.
pub(super) fn follow(next: &Sale, reversal: bool, now: Timestamp) -> impl Iterator<Item = Event> {
    let reversed = (reversal && !next.is_on_hold()).then_some(CaseKind::PaymentReversed);
    let is_open = |kind| next.open_cases().any(|case| case.kind == kind);
    let at_once =
        [CaseKind::RefundFailed, CaseKind::DocumentsMissing, CaseKind::RegistrationRefused];
    let due =
        at_once.into_iter().filter(move |kind| next.unsettled(*kind).is_some() && !is_open(*kind));
    let opened = reversed.into_iter().chain(due).map(|kind| Event::CaseOpened { kind });
    // A refund that was made is no case any more, although its end may be one later.
    let is_early = move |kind, since| kind == CaseKind::RefundUnsettled && since > now;
    let is_settled = move |kind| next.unsettled(kind).is_none_or(|since| is_early(kind, since));
    let settled = next.open_cases().filter(move |case| is_settled(case.kind));
    let closed = settled.map(|case| Event::CaseClosed { kind: case.kind, closure: None });
    opened.chain(closed)
}
