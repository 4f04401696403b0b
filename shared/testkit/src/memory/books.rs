//! The partners' books: what gateway, factory and authorities know.

use domain::ids::GatewayPaymentId;
use domain::sale::{
    CaseKind, Decline, DisputeState, Milestone, MoneyBack, PaymentKind, PaymentOutcome,
    RefundState, Registration, Status,
};
use domain::{AttemptId, OrderId, SaleId, Vin};
use jiff::civil::Date;

/// A payment as the gateway knows it.
#[derive(Debug, Clone)]
pub struct GatewayPayment {
    /// The gateway's id.
    pub id: GatewayPaymentId,
    /// What it was told: whose.
    pub sale: SaleId,
    /// What it was told: which attempt.
    pub attempt: AttemptId,
    /// What it was told: for what.
    pub kind: PaymentKind,
    /// The amount in minor units (cents).
    pub amount: u64,
    /// What the call was answered; a repeat under its key is answered the same.
    pub first: PaymentOutcome,
    /// What became of it.
    pub outcome: PaymentOutcome,
    /// When the gateway ends it by itself, in milliseconds since the epoch.
    pub expires_at: Option<i64>,
    /// When we ended it, in milliseconds since the epoch.
    pub ended_at: Option<i64>,
    /// What the buyer sent by transfer and the payment didn't take, in minor units: it has to go
    /// back.
    pub cash: u64,
    /// What left again of it, and how much of it was a debit that was returned.
    pub back: MoneyBack,
    /// When it was made, in milliseconds since the epoch.
    pub at: i64,
    /// Its sale's status when it was asked for, where its attempt was stored by then.
    pub intent: Option<Status>,
}

impl GatewayPayment {
    /// What refunds took from the gateway and did not bring again, in minor units: counted here by
    /// itself, not by the code that is judged by it.
    pub fn refunded(&self) -> u64 {
        let mut sum = 0_u64;
        for refund in &self.back.refunds {
            if matches!(refund.state, RefundState::Pending | RefundState::Succeeded) {
                sum = sum.saturating_add(refund.amount);
            }
        }
        sum
    }

    /// What banks took from the gateway and hold, in minor units.
    pub fn taken(&self) -> u64 {
        let mut sum = self.back.returned;
        for dispute in &self.back.disputes {
            if matches!(dispute.state, DisputeState::Open | DisputeState::Lost) {
                sum = sum.saturating_add(dispute.amount);
            }
        }
        sum
    }

    /// What is left of it at the gateway, in minor units.
    pub fn left(&self) -> u64 {
        self.amount.saturating_sub(self.refunded()).saturating_sub(self.taken())
    }

    /// Whether any of it went back by a refund of ours, not one that was made by hand.
    pub fn is_refunded_by_us(&self) -> bool {
        self.back.refunds.iter().any(|refund| !refund.id.as_str().starts_with("re_by_hand"))
    }

    /// What the gateway says of it.
    pub fn told(&self) -> PaymentOutcome {
        if self.back.returned > 0 {
            PaymentOutcome::Declined(Decline::Declined)
        } else {
            self.outcome.clone()
        }
    }
}

/// An order as the factory knows it.
#[derive(Debug, Clone)]
pub struct FactoryOrder {
    /// The factory's id.
    pub id: OrderId,
    /// The key that it came under.
    pub reference: SaleId,
    /// The vehicle that the factory builds for it.
    pub vehicle: Vin,
    /// How far it is.
    pub milestone: Option<Milestone>,
    /// Whether the factory thought better of it: then nothing is built.
    pub cancelled: bool,
    /// What people were to hear of it: the kinds of case, as far as the webhook was taken.
    pub troubles: Vec<CaseKind>,
    /// When it said that it would deliver, as far as the webhook was taken.
    pub expected: Vec<Date>,
    /// Whether the sale's item held the intent when the call came.
    pub intent_stored: bool,
}

/// A registration as the authority knows it.
#[derive(Debug, Clone)]
pub struct RegistryEntry {
    /// The sale that it was asked for.
    pub sale: SaleId,
    /// The vehicle that it gave a plate.
    pub vehicle: Vin,
    /// In whose name.
    pub dealership: domain::DealershipId,
    /// What was answered.
    pub registration: Registration,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// What had been captured, and not given back, of that sale's balance when the call came.
    pub balance_captured: bool,
    /// While it is a case which vehicle that is: since when, and when the intent to ask was stored, in
    /// milliseconds.
    pub unclear: Option<(i64, i64)>,
}
