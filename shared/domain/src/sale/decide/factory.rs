//! The factory's order: it is asked for once the señal is paid, confirmed or refused, and its
//! milestones bring the sale to the final payment.

#[cfg(test)]
mod tests;

use super::cases::{self, raised, resolved};
use super::payments::owe_back;
use crate::sale::{
    CaseKind, Closure, Estimate, Event, Expected, Milestone, Order, PaymentKind, Rejection, Sale,
    Stage, Trouble,
};
use crate::{OrderId, Vin};
use jiff::{SignedDuration, Timestamp};

/// What the factory says of an order.
pub(super) struct Report {
    pub(super) order: OrderId,
    pub(super) milestone: Milestone,
    pub(super) vehicle: Option<Vin>,
    pub(super) estimated_delivery: Option<Expected>,
}

/// Stores the intent to order, once.
pub(super) fn request_order(sale: &Sale) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::SaleRegistered { .. } => Err(Rejection::NotDue(sale.status())),
        Stage::ReservationPaid { order_requested_at: None } if sale.is_on_hold() => {
            Err(Rejection::PaymentReversed)
        }
        Stage::ReservationPaid { order_requested_at: None } => Ok(vec![Event::OrderRequested]),
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Ok(vec![]),
    }
}

/// The factory's answer to the order, which it may give more than once.
pub(super) fn confirm_order(sale: &Sale, order: Order) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::ReservationPaid { order_requested_at: Some(_) } => {
            Ok(vec![Event::OrderPlaced { order }])
        }
        Stage::SaleRegistered { .. } | Stage::ReservationPaid { .. } => {
            Err(Rejection::NotDue(sale.status()))
        }
        // The factory cancelled it before its answer was taken in.
        Stage::OrderRejected { .. } => Err(Rejection::Ended(sale.status())),
        _ => match sale.order() {
            Some(placed) if placed.id == order.id => Ok(vec![]),
            _ => Err(Rejection::UnknownOrder(order.id)),
        },
    }
}

/// The factory won't build it: the sale ends, and a señal that was paid goes back.
pub(super) fn refuse_order(sale: &Sale, reason: String) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::ReservationPaid { order_requested_at: Some(_) } => {
            let mut events = vec![Event::OrderRejected { reason }];
            events.extend(owe_back(sale, PaymentKind::Signal));
            Ok(events)
        }
        Stage::SaleRegistered { .. } | Stage::ReservationPaid { .. } => {
            Err(Rejection::NotDue(sale.status()))
        }
        _ => Ok(vec![]),
    }
}

/// The order doesn't go on: people see it as a case, and a manager can cancel the sale if
/// the order is.
pub(super) fn report_trouble(
    sale: &Sale,
    order: OrderId,
    trouble: Trouble,
) -> Result<Vec<Event>, Rejection> {
    match (&sale.stage, trouble) {
        // It never was confirmed.
        (Stage::ReservationPaid { order_requested_at: Some(_) }, Trouble::Cancelled) => {
            refuse_order(sale, "the factory cancelled the order".to_owned())
        }
        // What is over stays so, whatever the factory says of it.
        _ if sale.status().is_lost() => Ok(vec![]),
        _ if sale.order().is_none_or(|known| known.id != order) => {
            Err(Rejection::UnknownOrder(order))
        }
        (_, Trouble::Cancelled) => Ok(raised(sale, CaseKind::OrderCancelled).into_iter().collect()),
        (_, Trouble::Held) => Ok(raised(sale, CaseKind::OrderHeld).into_iter().collect()),
    }
}

/// A new estimate; the customer is told if it is far from the last one that the customer was told,
/// so that small steps in one direction are not passed over.
fn estimated(sale: &Sale, expected: Expected) -> Vec<Event> {
    let Expected { date, reason, tell_beyond } = expected;
    let days = |known: &Estimate| known.0.duration_until(date).as_hours().unsigned_abs() / 24;
    let is_far = sale.told_estimate().is_some_and(|known| days(known) > u64::from(tell_beyond));
    let moved = is_far.then_some(Event::EstimateMoved);
    [Event::DeliveryEstimated { date, reason }].into_iter().chain(moved).collect()
}

/// A report moves the sale forward to its milestone and through each one before it, once. What was
/// passed already changes nothing, so any order and number of copies ends the same.
pub(super) fn report_milestone(
    sale: &Sale,
    report: Report,
    now: Timestamp,
    window: SignedDuration,
) -> Result<Vec<Event>, Rejection> {
    let mut events = Vec::new();
    match (&sale.stage, sale.order()) {
        // The factory's answer was lost, but it speaks of the order that we asked for: that is the
        // confirmation.
        (Stage::ReservationPaid { order_requested_at: Some(_) }, _) => {
            let estimated_delivery = report.estimated_delivery.map(|expected| expected.date);
            let order = Order { id: report.order, estimated_delivery };
            events.push(Event::OrderPlaced { order });
        }
        (_, Some(order)) if order.id == report.order => {
            let news = report
                .estimated_delivery
                .filter(|expected| order.estimated_delivery != Some(expected.date));
            if let Some(expected) = news.filter(|_| sale.vehicle().is_none()) {
                events.extend(estimated(sale, expected));
            }
        }
        // The factory may go on to speak of an order that it refused or cancelled.
        (Stage::Cancelled { .. } | Stage::OrderRejected { .. }, _) => return Ok(vec![]),
        _ => return Err(Rejection::UnknownOrder(report.order)),
    }
    if let (Some(known), Some(vehicle)) = (sale.vehicle(), &report.vehicle)
        && known != vehicle
    {
        return Ok(raised(sale, CaseKind::VehicleUnclear).into_iter().collect());
    }
    let reached = sale.milestone();
    if reached < Some(report.milestone) {
        events.extend(resolved(sale, CaseKind::OrderHeld));
    }
    for milestone in
        Milestone::ALL.into_iter().filter(|m| Some(*m) > reached && *m <= report.milestone)
    {
        let event = match milestone {
            Milestone::AtDealership => {
                let Some(vehicle) = report.vehicle.clone() else {
                    events.extend(raised(sale, CaseKind::VehicleUnclear));
                    return Ok(events);
                };
                events.extend(resolved(sale, CaseKind::VehicleUnclear));
                Event::VehicleArrived { vehicle }
            }
            Milestone::AvailableForCustomer => {
                let pay_by = now.checked_add(window).unwrap_or(Timestamp::MAX);
                Event::FinalPaymentRequested { pay_by }
            }
            built => Event::MilestoneReached { milestone: built },
        };
        events.push(event);
    }
    Ok(events)
}

/// A manager says which vehicle stands at the dealership: it takes the place of the one that
/// the factory reported, or arrives where the factory named none. Not once the authority is asked
/// with the other. The same request again changes nothing.
pub(super) fn accept_vehicle(
    sale: &Sale,
    vehicle: Vin,
    closure: Closure,
) -> Result<Vec<Event>, Rejection> {
    let settled = cases::closed(sale, CaseKind::VehicleUnclear, closure)?;
    if sale.vehicle() == Some(&vehicle) {
        return Ok(settled);
    }
    let accepted = match &sale.stage {
        // Closed before, with another vehicle.
        _ if settled.is_empty() => return Err(Rejection::NoCase),
        Stage::Manufacturing { .. } => Event::VehicleArrived { vehicle },
        Stage::VehicleReady { .. }
        | Stage::FinalPaymentPending { .. }
        | Stage::PaymentReceived { registration_requested_at: None, .. } => {
            Event::VehicleReplaced { vehicle }
        }
        Stage::PaymentReceived { .. } => return Err(Rejection::RegistrationUnderWay),
        _ => return Err(Rejection::AlreadyRegistered),
    };
    Ok([accepted].into_iter().chain(settled).collect())
}
