//! What the dealership does between the registration and the hand-over to the delivery subsystem.

#[cfg(test)]
mod tests;

use crate::EmployeeId;
use crate::sale::{Appointment, Check, CheckKind, Event, FactKind, Rejection, Sale, Slot, Stage};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// How many days ahead a delivery can be arranged.
const MAX_DAYS_AHEAD: i32 = 365;

/// How often a delivery can be arranged anew: it bounds the item, and the customer's mails.
const MAX_ARRANGEMENTS: usize = 12;

/// Ticks lines of the checklist, or arranges the day and the place. `clock` is the moment, and what
/// the dealership's clock shows then.
pub(super) fn prepare(
    sale: &Sale,
    by: &EmployeeId,
    checks: &[CheckKind],
    arranged: Option<Slot>,
    clock: (Timestamp, DateTime),
) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::ReadyForDelivery { .. } if sale.is_on_hold() => Err(Rejection::PaymentReversed),
        Stage::ReadyForDelivery { .. } | Stage::HandedOver { .. } => {
            prepared(sale, by, checks, arranged, clock)
        }
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Err(Rejection::DeliveryNotDue(sale.status())),
    }
}

/// What is done, and what is arranged. With the last of it the sale is the delivery subsystem's.
/// The same again changes nothing.
fn prepared(
    sale: &Sale,
    by: &EmployeeId,
    checks: &[CheckKind],
    arranged: Option<Slot>,
    clock: (Timestamp, DateTime),
) -> Result<Vec<Event>, Rejection> {
    let open = sale.open_checks();
    let done: Vec<CheckKind> = open.iter().copied().filter(|kind| checks.contains(kind)).collect();
    let (now, local) = clock;
    let known = sale.appointment.as_ref().map(|known| known.slot);
    let arranged = arranged.filter(|new| known != Some(*new));
    if done.is_empty() && arranged.is_none() {
        return Ok(vec![]);
    }
    if sale.hand_over().is_some() {
        return Err(Rejection::HandedOver);
    }
    if let Some(slot) = arranged {
        let today = local.date();
        let latest = today.saturating_add(jiff::Span::new().days(MAX_DAYS_AHEAD));
        if slot.date < today || slot.date > latest {
            return Err(Rejection::DateOutOfRange(today, latest));
        }
        if slot.is_over(local) {
            return Err(Rejection::HourGone(local.time()));
        }
        if sale.facts.iter().filter(|fact| fact.0 == FactKind::DeliveryArranged).count()
            >= MAX_ARRANGEMENTS
        {
            return Err(Rejection::TooManyArrangements);
        }
    }
    // Whole milliseconds, as it is stored: a repeat is answered the same.
    let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let slot = arranged.or(known);
    let is_complete = done.len() == open.len() && slot.is_some();
    // the delivery subsystem is told no day that is gone.
    if let Some(gone) = slot.filter(|slot| is_complete && slot.date < local.date()) {
        return Err(Rejection::DayGone(gone.date));
    }
    let mut events: Vec<Event> = done
        .into_iter()
        .map(|kind| Event::CheckDone { check: Check { kind, by: by.clone(), at } })
        .collect();
    events.extend(
        arranged.map(|slot| Event::DeliveryArranged {
            appointment: Appointment { slot, by: by.clone() },
        }),
    );
    events.extend(is_complete.then_some(Event::HandedOver));
    Ok(events)
}
