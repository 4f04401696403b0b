//! The end that a manager may give a sale before its vehicle is ordered or reserved.

#[cfg(test)]
mod tests;

use super::payments::captured;
use crate::sale::{Event, PaymentKind, Rejection, Sale, Stage};
use crate::{EmployeeId, Reason};

/// Ends the sale; a señal that was paid goes back.
pub(super) fn cancel(sale: &Sale, by: EmployeeId, reason: Reason) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::SaleRegistered { .. } | Stage::ReservationPaid { order_requested_at: None } => {
            let mut events = vec![Event::Cancelled { by, reason }];
            events.extend(
                captured(sale, PaymentKind::Signal)
                    .map(|attempt| Event::RefundDue { attempt: attempt.id }),
            );
            Ok(events)
        }
        Stage::Cancelled { .. } => Ok(vec![]),
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Err(Rejection::OrderIsPlaced),
    }
}
