//! What a customer gets receipts of: money that came, and money that went back (R-192 of
//! `docs/requirements.md`).

use super::{AttemptState, Movement, Part, PaymentKind, PaymentMethod, RefundState, Sale};
use crate::{AttemptId, Money};
use jiff::Timestamp;

/// A receipt of one movement of the customer's money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its number, which is in no other receipt: the attempt's id, or the gateway's id of the
    /// refund.
    pub number: String,
    /// The attempt that the money came by.
    pub attempt: AttemptId,
    /// Señal or balance.
    pub kind: PaymentKind,
    /// Which way the money went.
    pub direction: Direction,
    /// How much, tax included.
    pub amount: Money,
    /// How the customer paid; a refund goes back the same way.
    pub method: PaymentMethod,
    /// When it was booked, or the refund made.
    pub at: Timestamp,
}

/// Which way money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the customer.
    Paid,
    /// To the customer.
    Refunded,
}

impl Sale {
    /// The receipts of one payment, in the order of its attempts; a refund's follows its payment's,
    /// once it is made. Money that a bank took back has none: nobody of ours gave it.
    pub fn receipts(&self, kind: PaymentKind) -> Vec<Receipt> {
        let part = Part::from(kind);
        let captured = self.ledger.iter().filter(|line| line.0 == Movement::Captured);
        let mut came = captured.filter(|line| line.1 == part).map(|line| line.2);
        let mut receipts = Vec::new();
        for attempt in self.attempts(kind).iter().filter(|attempt| was_captured(&attempt.state)) {
            // Attempts are captured in the order in which they begin.
            let paid_at = came.next().unwrap_or(attempt.started_at);
            let receipt = |number, direction, amount, at| Receipt {
                number,
                attempt: attempt.id,
                kind,
                direction,
                amount,
                method: attempt.means.method(),
                at,
            };
            let due = self.amount_due(kind);
            if !matches!(attempt.state, AttemptState::Reversed(_)) {
                let number = attempt.id.to_string();
                receipts.push(receipt(number, Direction::Paid, due, paid_at));
            }
            let made = |state| state == RefundState::Succeeded;
            for refund in attempt.back.refunds.iter().filter(|refund| made(refund.state)) {
                // Nothing is no amount, and no refund.
                if let Ok(amount) = Money::new(refund.amount, due.currency()) {
                    let number = refund.id.as_str().to_owned();
                    receipts.push(receipt(number, Direction::Refunded, amount, refund.made_at));
                }
            }
        }
        receipts
    }
}

/// Whether the money came, whatever became of it.
fn was_captured(state: &AttemptState) -> bool {
    match state {
        AttemptState::Unknown
        | AttemptState::AwaitsCustomer(..)
        | AttemptState::Processing(_)
        | AttemptState::Declined(_)
        | AttemptState::Expired(_) => false,
        AttemptState::Captured(_)
        | AttemptState::RefundDue(_)
        | AttemptState::RefundFailed(_)
        | AttemptState::Refunded(..)
        | AttemptState::Reversed(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sale::examples::{at, attempt_id, cancel, paid, refund, reserved, run};

    fn seen(sale: &Sale, kind: PaymentKind) -> Vec<(String, Direction, u64, Timestamp)> {
        let line = |of: Receipt| (of.number, of.direction, of.amount.minor(), of.at);
        sale.receipts(kind).into_iter().map(line).collect()
    }

    #[test]
    fn each_payment_has_a_receipt_of_the_moment_at_which_it_was_booked() {
        let sale = paid();
        let (signal, balance) = (attempt_id(1).to_string(), attempt_id(2).to_string());
        let receipts = PaymentKind::ALL.map(|kind| seen(&sale, kind));
        let signal = (signal, Direction::Paid, 100_000, at(1));
        let balance = (balance, Direction::Paid, 3_150_000, at(3));
        assert_eq!(receipts, [vec![signal], vec![balance]]);
    }

    #[test]
    fn money_that_went_back_has_a_receipt_of_its_own() {
        let cancelled = run(reserved(), [cancel()], at(4));
        let pending = refund(1, "re_1", RefundState::Pending, 100_000);
        let sale = run(cancelled.clone(), [pending], at(5));
        assert_eq!(seen(&sale, PaymentKind::Signal).len(), 1, "the bank works on it");
        let sale = run(sale, [refund(1, "re_1", RefundState::Succeeded, 100_000)], at(6));
        let receipts = seen(&sale, PaymentKind::Signal);
        let came = (attempt_id(1).to_string(), Direction::Paid, 100_000, at(1));
        let went = ("re_1".to_owned(), Direction::Refunded, 100_000, at(0));
        assert_eq!(receipts, [came.clone(), went]);
        let part = refund(1, "re_2", RefundState::Succeeded, 40_000);
        let went = ("re_2".to_owned(), Direction::Refunded, 40_000, at(0));
        let receipts = seen(&run(cancelled, [part], at(5)), PaymentKind::Signal);
        assert_eq!(receipts, [came, went], "a part has one, too");
        assert_eq!(seen(&sale, PaymentKind::Balance), []);
    }
}
