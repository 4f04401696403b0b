//! The partners' books: what gateway, factory and authorities know.

use domain::ids::{GatewayPaymentId, RefundId};
use domain::sale::{
    CaseKind, Decline, Milestone, PaymentKind, PaymentOutcome, Registration, Status,
};
use domain::{AttemptId, OrderId, SaleId, Vin};

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
    /// Whether the bank took it back: a dispute that isn't won, or a debit that was returned.
    pub reversed: bool,
    /// When it was made, in milliseconds since the epoch.
    pub at: i64,
    /// Whether it is a debit that was returned after it had succeeded.
    pub returned: bool,
    /// The refunds that were made of it, oldest first.
    pub refunds: Vec<RefundId>,
    /// Its sale's status when it was asked for, where its attempt was stored by then.
    pub intent: Option<Status>,
}

impl GatewayPayment {
    /// What the gateway says of it.
    pub fn told(&self) -> PaymentOutcome {
        if self.returned {
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
}
