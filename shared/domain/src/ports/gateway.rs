//! The payment gateway: charges, what became of them, refunds, and tokens of bank accounts.

use super::{PartnerError, Recipient};
use crate::customer::Iban;
use crate::ids::{GatewayPaymentId, PaymentMethodToken};
use crate::sale::{Means, MoneyBack, PaymentKind, PaymentOutcome, Refund};
use crate::{AttemptId, EmailAddress, Money, SaleId};
use jiff::Timestamp;

/// The payment gateway.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete gateway"
)]
pub trait PaymentGateway {
    /// Begins to charge, or repeats the first answer to the same attempt.
    async fn charge(&self, charge: &Charge) -> Result<PaymentOutcome, PartnerError>;
    /// What became of a payment that the gateway knows.
    async fn look_up(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError>;
    /// Ends a payment that waits for its customer: nothing is charged for it from then on. Tells what
    /// became of it: one that was paid first stays so. What came of a transfer beyond what was
    /// captured goes back, also when it comes after the end.
    async fn end(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError>;
    /// Whose payment this is, as it was told at the charge; `None` for a payment that isn't ours.
    async fn owner(
        &self,
        payment: &GatewayPaymentId,
    ) -> Result<Option<(SaleId, AttemptId)>, PartnerError>;
    /// What the gateway's books say left again of a captured payment: refunds, ours and those made
    /// by hand, and disputes.
    async fn money_back(&self, payment: &GatewayPaymentId) -> Result<MoneyBack, PartnerError>;
    /// Gives so much of a captured payment back, by its refund of this number. The same again within
    /// a day is the same refund; look first ([`money_back`](Self::money_back)).
    async fn refund(
        &self,
        payment: &GatewayPaymentId,
        amount: Money,
        number: usize,
    ) -> Result<Refund, PartnerError>;
}

/// A call to charge a customer. But for its buyer the same attempt makes the same call, whenever it
/// is made: the gateway refuses another one under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The attempt, which is the call's idempotency key.
    pub attempt: AttemptId,
    /// The sale, told to the gateway so that it can say later whose payment it is.
    pub sale: SaleId,
    /// Which of the sale's payments.
    pub kind: PaymentKind,
    /// What the sale's terms ask for: the whole señal, or the whole balance.
    pub amount: Money,
    /// How the customer pays; no number of a card or account comes here.
    pub means: Means,
    /// Where the gateway asks for an account to send back what a transfer doesn't take; a repeat may
    /// lack it.
    pub buyer: Option<EmailAddress>,
    /// When the gateway ends it, where it can.
    pub expires_at: Option<Timestamp>,
}

/// Trades a bank account for a token that the gateway charges. A card's number never comes to us:
/// who takes it has other duties (PCI DSS); an account's number does not.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete gateway"
)]
pub trait BankAccounts {
    /// The token of the account with this owner. `None`: the gateway doesn't take the account.
    async fn bank_account(
        &self,
        iban: &Iban,
        owner: &Recipient,
    ) -> Result<Option<PaymentMethodToken>, PartnerError>;
}
