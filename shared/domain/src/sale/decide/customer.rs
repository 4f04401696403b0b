//! The customer's personal data: when they may be corrected, and when erased.

use crate::sale::{CaseKind, Event, Rejection, Sale, Stage};
use crate::{CustomerKey, EmployeeId};

/// Takes the customer from a sale that is over, and in which nothing is open.
pub(super) fn erase(sale: &Sale, by: EmployeeId) -> Result<Vec<Event>, Rejection> {
    if sale.erasure.is_some() {
        return Ok(vec![]);
    }
    let settled = sale.unsettled_since().is_none() && sale.open_cases().next().is_none();
    if sale.status().is_over() && settled {
        Ok(vec![Event::CustomerErased { by }])
    } else {
        Err(Rejection::PurchaseOpen)
    }
}

/// The data may be corrected until the sale is over; what partners know the owner by, until the
/// vehicle is registered, and not while one of them is asked. A mail that came back went to the
/// wrong address: the right one settles it.
pub(super) fn correct(
    sale: &Sale,
    owner: bool,
    customer: CustomerKey,
) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        _ if sale.status().is_lost() => return Err(Rejection::Ended(sale.status())),
        Stage::HandedOver { .. } => return Err(Rejection::HandedOver),
        _ if !owner => {}
        _ if sale.registration().is_some() => return Err(Rejection::AlreadyRegistered),
        Stage::ReservationPaid { order_requested_at: Some(_) } => {
            return Err(Rejection::PartnerHasCustomer("factory"));
        }
        Stage::PaymentReceived { registration_requested_at: Some(_), .. } => {
            return Err(Rejection::PartnerHasCustomer("authority"));
        }
        _ => {}
    }
    let mut events = vec![Event::CustomerCorrected];
    if customer != sale.customer {
        let kind = CaseKind::MailUndeliverable;
        events.push(Event::CustomerMoved { customer });
        events
            .extend(sale.has_open_case(kind).then_some(Event::CaseClosed { kind, closure: None }));
    }
    Ok(events)
}
