//! The payment gateway: charges, what became of them, refunds, and tokens of bank accounts.

use super::{PartnerError, Recipient};
use crate::customer::Iban;
use crate::ids::{GatewayPaymentId, PaymentMethodToken, RefundId};
use crate::sale::{PaymentKind, PaymentMethod, PaymentOutcome};
use crate::{AttemptId, Money, SaleId};

/// The payment gateway.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete gateway"
)]
pub trait PaymentGateway {
    /// Charges, or repeats the answer of the same attempt.
    async fn charge(&self, charge: &Charge) -> Result<PaymentOutcome, PartnerError>;
    /// What became of a payment that the gateway knows.
    async fn look_up(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError>;
    /// Whose payment this is, as it was told at the charge; `None` for a payment that isn't ours.
    async fn owner(
        &self,
        payment: &GatewayPaymentId,
    ) -> Result<Option<(SaleId, AttemptId)>, PartnerError>;
    /// Gives the whole payment back, once per attempt.
    async fn refund(
        &self,
        attempt: AttemptId,
        payment: &GatewayPaymentId,
    ) -> Result<RefundId, PartnerError>;
}

/// A call to charge a customer.
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
    /// Card or bank; the token has to be of that kind.
    pub method: PaymentMethod,
    /// The gateway's token of the card or account; no number of either comes here.
    pub token: PaymentMethodToken,
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
