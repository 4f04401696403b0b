//! The customer's personal data: when they may be corrected, and when erased.

use crate::EmployeeId;
use crate::sale::{Event, Rejection, Sale, Stage};

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

/// The data may be corrected until the order is about to be sent.
pub(super) fn correct(sale: &Sale) -> Result<Vec<Event>, Rejection> {
    if sale.status().is_lost() {
        return Err(Rejection::Ended(sale.status()));
    }
    let before_the_order = matches!(
        sale.stage,
        Stage::SaleRegistered { .. } | Stage::ReservationPaid { order_requested_at: None }
    );
    before_the_order.then(|| vec![Event::CustomerCorrected]).ok_or(Rejection::OrderIsPlaced)
}
