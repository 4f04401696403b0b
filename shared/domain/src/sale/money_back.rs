//! What leaves again of money that was captured: refunds, disputes, and debits that are returned.

use crate::ids::{DisputeId, RefundId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a bank takes for a refund at most: five to ten business days
/// (<https://docs.stripe.com/refunds#refund-timing>).
const REFUND_DAYS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What the gateway's books say left again of one captured payment. Two readings of the books add
/// up to the later one, in whatever order they come: what is known only moves on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyBack {
    /// Each refund, ours or made by hand at the gateway, as far as it was heard of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    /// Each dispute, inquiries among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disputes: Vec<Dispute>,
    /// What the bank returned of a debit that had succeeded, in minor units.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub returned: u64,
    /// What people paid to the customer in another way, where a refund failed, in minor units.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub paid_out: u64,
}

/// Money that goes back to the customer through the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The gateway's id.
    pub id: RefundId,
    /// In minor units.
    pub amount: u64,
    /// How far it is.
    pub state: RefundState,
    /// When the gateway made it.
    #[serde(with = "crate::time::millis")]
    pub made_at: Timestamp,
}

/// How far a refund is, in the order in which it moves
/// (<https://docs.stripe.com/refunds#failed-refunds>: one that succeeded can still fail).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The bank works on it: the gateway has taken the money from us.
    Pending,
    /// It is the customer's.
    Succeeded,
    /// The bank couldn't pay it out, or somebody stopped it: the money is with us again.
    Failed,
}

/// A customer's objection to a payment, at their bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The gateway's id.
    pub id: DisputeId,
    /// What is disputed, in minor units: all of the payment, or a part.
    pub amount: u64,
    /// How far it is.
    pub state: DisputeState,
}

/// How far a dispute is, in the order in which it moves
/// (<https://docs.stripe.com/disputes/how-disputes-work>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// The bank asks; no money moves, and may never.
    Inquiry,
    /// The bank took the money back for now.
    Open,
    /// It stays away.
    Lost,
    /// It came back.
    Won,
}

impl MoneyBack {
    /// Whether nothing is known to have left.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What both readings know together.
    #[must_use]
    pub fn and(&self, told: &Self) -> Self {
        let mut sum = self.clone();
        for refund in &told.refunds {
            match sum.refunds.iter_mut().find(|known| known.id == refund.id) {
                Some(known) => known.state = known.state.max(refund.state),
                None => sum.refunds.push(refund.clone()),
            }
        }
        for dispute in &told.disputes {
            match sum.disputes.iter_mut().find(|known| known.id == dispute.id) {
                // The amount of a dispute is the bank's to correct.
                Some(known) if known.state <= dispute.state => *known = dispute.clone(),
                Some(_) => {}
                None => sum.disputes.push(dispute.clone()),
            }
        }
        sum.returned = sum.returned.max(told.returned);
        sum.paid_out = sum.paid_out.max(told.paid_out);
        sum
    }

    /// What refunds took from the gateway, in minor units.
    pub fn refunded(&self) -> u64 {
        sum(self.standing().map(|refund| refund.amount))
    }

    /// What banks took from the gateway and hold, in minor units.
    pub fn taken(&self) -> u64 {
        let disputed = self
            .disputes
            .iter()
            .filter(|dispute| matches!(dispute.state, DisputeState::Open | DisputeState::Lost))
            .map(|dispute| dispute.amount);
        sum(disputed).saturating_add(self.returned)
    }

    /// All that the customer has again, or will, in minor units.
    pub fn total(&self) -> u64 {
        self.refunded().saturating_add(self.taken()).saturating_add(self.paid_out)
    }

    /// The refunds that were not undone, in the order in which they were heard of.
    pub fn standing(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().filter(|refund| refund.state != RefundState::Failed)
    }

    /// Since when a refund should have come to its end; `None`: none is late. The gateway's webhook
    /// tells the end, and before this nobody asks.
    pub(crate) fn late_since(&self) -> Option<Timestamp> {
        let pending = self.refunds.iter().filter(|refund| refund.state == RefundState::Pending);
        pending.filter_map(|refund| refund.made_at.checked_add(REFUND_DAYS).ok()).min()
    }

    /// Whether another refund failed than is known here.
    pub(super) fn has_failed_since(&self, before: &Self) -> bool {
        let failed = |back: &Self| {
            back.refunds.iter().filter(|refund| refund.state == RefundState::Failed).count()
        };
        failed(self) > failed(before)
    }
}

fn sum(amounts: impl Iterator<Item = u64>) -> u64 {
    amounts.fold(0, u64::saturating_add)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_nothing(minor: &u64) -> bool {
    *minor == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refund(n: u8, state: RefundState) -> MoneyBack {
        let id = RefundId::parse(&format!("re_{n}")).unwrap();
        let refund = Refund { id, amount: 100, state, made_at: Timestamp::UNIX_EPOCH };
        MoneyBack { refunds: vec![refund], ..MoneyBack::default() }
    }

    fn dispute(n: u8, state: DisputeState) -> MoneyBack {
        let id = DisputeId::parse(&format!("dp_{n}")).unwrap();
        MoneyBack { disputes: vec![Dispute { id, amount: 30, state }], ..MoneyBack::default() }
    }

    #[test]
    fn readings_of_the_books_come_to_the_same_in_every_order() {
        let readings = [
            refund(1, RefundState::Pending),
            refund(1, RefundState::Failed),
            refund(2, RefundState::Succeeded),
            dispute(1, DisputeState::Inquiry),
            dispute(1, DisputeState::Open),
            dispute(1, DisputeState::Won),
            dispute(2, DisputeState::Lost),
        ];
        let whole = readings.iter().fold(MoneyBack::default(), |sum, told| sum.and(told));
        assert_eq!((whole.refunded(), whole.taken(), whole.total()), (100, 30, 130));
        for first in 0..readings.len() {
            let mut turned = readings.clone();
            turned.rotate_left(first);
            let other = turned.iter().fold(MoneyBack::default(), |sum, told| sum.and(told));
            assert_eq!((other.refunded(), other.taken()), (100, 30), "from {first} on");
            assert_eq!(whole.and(&other), whole, "nothing is news twice");
        }
    }
}
