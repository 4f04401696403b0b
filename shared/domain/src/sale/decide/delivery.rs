//! What the dealership does between the registration and the hand-over to the delivery subsystem.

#[cfg(test)]
mod tests;

use crate::EmployeeId;
use crate::sale::{
    Appointment, Check, CheckKind, DeliveryPlace, Event, FactKind, Rejection, Sale, Stage,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How many days ahead a delivery can be arranged.
const MAX_DAYS_AHEAD: i32 = 365;

/// How often a delivery can be arranged anew: it bounds the item, and the customer's mails.
const MAX_ARRANGEMENTS: usize = 12;

/// Ticks lines of the checklist, or arranges the day and the place.
pub(super) fn prepare(
    sale: &Sale,
    by: &EmployeeId,
    checks: &[CheckKind],
    arranged: Option<(Date, DeliveryPlace)>,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::ReadyForDelivery { .. } if sale.is_on_hold() => Err(Rejection::PaymentReversed),
        Stage::ReadyForDelivery { .. } | Stage::HandedOver { .. } => {
            prepared(sale, by, checks, arranged, now)
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
    arranged: Option<(Date, DeliveryPlace)>,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let open = sale.open_checks();
    let done: Vec<CheckKind> = open.iter().copied().filter(|kind| checks.contains(kind)).collect();
    let known = sale.appointment.as_ref().map(|known| (known.date, known.place));
    let arranged = arranged.filter(|new| known != Some(*new));
    if done.is_empty() && arranged.is_none() {
        return Ok(vec![]);
    }
    if sale.hand_over().is_some() {
        return Err(Rejection::HandedOver);
    }
    if let Some((date, _)) = arranged {
        let today = now.to_zoned(TimeZone::UTC).date();
        let latest = today.saturating_add(jiff::Span::new().days(MAX_DAYS_AHEAD));
        if date < today || date > latest {
            return Err(Rejection::DateOutOfRange(today, latest));
        }
        if sale.facts.iter().filter(|fact| fact.0 == FactKind::DeliveryArranged).count()
            >= MAX_ARRANGEMENTS
        {
            return Err(Rejection::TooManyArrangements);
        }
    }
    // Whole milliseconds, as it is stored: a repeat is answered the same.
    let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let is_complete = done.len() == open.len() && arranged.or(known).is_some();
    let mut events: Vec<Event> = done
        .into_iter()
        .map(|kind| Event::CheckDone { check: Check { kind, by: by.clone(), at } })
        .collect();
    events.extend(arranged.map(|(date, place)| Event::DeliveryArranged {
        appointment: Appointment { date, place, by: by.clone() },
    }));
    events.extend(is_complete.then_some(Event::HandedOver));
    Ok(events)
}
