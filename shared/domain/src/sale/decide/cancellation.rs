//! The end that a manager may give a sale: before its vehicle is ordered or reserved, or once the
//! factory cancelled the order.

#[cfg(test)]
mod tests;

use super::payments::owe_back;
use crate::sale::{AttemptState, CaseKind, Event, PaymentKind, Rejection, Sale, Stage};
use crate::{EmployeeId, Reason};

/// Ends the sale; a señal that was paid goes back, and one that the bank works on will. An attempt
/// of which nothing is known might begin to charge after the end, and a customer might still pay
/// what waits for them: both are settled first (R-78 of `docs/requirements.md`).
pub(super) fn cancel(sale: &Sale, by: EmployeeId, reason: Reason) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        _ if is_open(sale) => {
            let open = sale.open_attempt(PaymentKind::Signal).map(|attempt| &attempt.state);
            if open.is_some_and(|state| !matches!(state, AttemptState::Processing(_))) {
                return Err(Rejection::PaymentInProgress);
            }
            let mut events = vec![Event::Cancelled { by, reason }];
            events.extend(owe_back(sale, PaymentKind::Signal));
            Ok(events)
        }
        Stage::Cancelled { .. } => Ok(vec![]),
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Err(Rejection::OrderIsPlaced),
    }
}

/// Whether nothing is bound yet; or not any more: what the factory won't build is not the
/// customer's fault (R-136 of `docs/requirements.md`).
fn is_open(sale: &Sale) -> bool {
    match sale.stage {
        Stage::SaleRegistered { .. } | Stage::ReservationPaid { order_requested_at: None } => true,
        Stage::OrderPlaced { .. } | Stage::Manufacturing { .. } => {
            sale.has_open_case(CaseKind::OrderCancelled)
        }
        _ => false,
    }
}
