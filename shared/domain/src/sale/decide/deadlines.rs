//! The deadlines of the two payments: they pass, are near, or are moved by a manager.

#[cfg(test)]
mod tests;

use super::payments::counts_on;
use crate::sale::aggregate::MAX_EXTENSIONS;
use crate::sale::{Event, Extension, FactKind, PaymentKind, Rejection, Sale, Stage};
use jiff::{SignedDuration, Timestamp};

/// The señal was not paid in time, which ends the sale.
pub(super) fn lapse(sale: &Sale, now: Timestamp) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::SaleRegistered { pay_signal_by } => {
            deadline_passed(sale, PaymentKind::Signal, pay_signal_by, now)?;
            Ok(vec![Event::Lapsed])
        }
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Ok(vec![]),
    }
}

/// The balance was not paid in time: the customer loses the vehicle, and the señal is forfeit (R-36
/// of `docs/requirements.md`), which `bookkeeping` posts.
pub(super) fn unassign(sale: &Sale, now: Timestamp) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::FinalPaymentPending { pay_by, .. } => {
            deadline_passed(sale, PaymentKind::Balance, pay_by, now)?;
            Ok(vec![Event::PaymentFailed, Event::VehicleUnassigned])
        }
        _ if counts_on(sale, PaymentKind::Balance) => Ok(vec![]),
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Err(Rejection::NotDue(sale.status())),
    }
}

/// The customer is told again that the balance is due.
pub(super) fn remind(sale: &Sale, lead: SignedDuration, now: Timestamp) -> Vec<Event> {
    match sale.stage {
        Stage::FinalPaymentPending { pay_by, .. } if should_remind(sale, pay_by, lead, now) => {
            vec![Event::CustomerReminded]
        }
        _ => vec![],
    }
}

/// Moves the deadline of the balance. The same request again changes nothing.
pub(super) fn extend(
    sale: &Sale,
    asked: Extension,
    max_extension: SignedDuration,
) -> Result<Vec<Event>, Rejection> {
    let Stage::FinalPaymentPending { pay_by, .. } = sale.stage else {
        let ended = sale.status().is_lost();
        return Err(if ended {
            Rejection::Ended(sale.status())
        } else {
            Rejection::NoDeadline(sale.status())
        });
    };
    let repeats = |last: &Extension| {
        last.to == asked.to && last.by == asked.by && last.reason == asked.reason
    };
    if sale.extensions.last().is_some_and(repeats) {
        return Ok(vec![]);
    }
    let earliest = pay_by.max(asked.at);
    let first = sale.extensions.first().map_or(pay_by, |first| first.from);
    let latest = first.checked_add(max_extension).unwrap_or(Timestamp::MAX);
    if asked.to <= earliest {
        return Err(Rejection::NotLater(earliest));
    }
    if asked.to > latest {
        return Err(Rejection::TooLate(latest));
    }
    if sale.extensions.len() >= MAX_EXTENSIONS {
        return Err(Rejection::TooManyExtensions);
    }
    Ok(vec![Event::DeadlineExtended { extension: Extension { from: pay_by, ..asked } }])
}

/// Money that is on its way stops the deadline: its outcome is awaited first.
fn deadline_passed(
    sale: &Sale,
    kind: PaymentKind,
    deadline: Timestamp,
    now: Timestamp,
) -> Result<(), Rejection> {
    if now <= deadline || sale.open_attempt(kind).is_some() {
        Err(Rejection::StillWaiting)
    } else {
        Ok(())
    }
}

/// Once for each deadline that the customer was told, while it is near and nothing is on its way.
fn should_remind(sale: &Sale, pay_by: Timestamp, lead: SignedDuration, now: Timestamp) -> bool {
    let last = |kind: FactKind| sale.facts.iter().rposition(|fact| fact.0 == kind);
    let told = last(FactKind::AvailableForCustomer).max(last(FactKind::DeadlineExtended));
    let is_near = now <= pay_by && pay_by.duration_since(now) <= lead;
    is_near
        && last(FactKind::DeadlineReminder) < told
        && sale
            .open_attempt(PaymentKind::Balance)
            .is_none_or(|attempt| !attempt.state.is_under_way())
}
