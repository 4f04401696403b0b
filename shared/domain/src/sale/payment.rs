//! Attempts to pay, and what the gateway made of them.

use crate::AttemptId;
use crate::ids::{DisputeId, GatewayPaymentId, PaymentMethodToken, RefundId, ShortDigest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many attempts a payment may have: it bounds the item, and nobody's thirteenth card works.
pub(super) const MAX_ATTEMPTS: usize = 12;

/// The two payments of a sale (R-11 of `docs/requirements.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// The señal: it reserves the vehicle and has the factory build it. Not refundable once the
    /// order is asked for, unless the factory refuses it.
    Signal,
    /// The balance: the price less the señal, paid before the vehicle is registered.
    Balance,
}

impl PaymentKind {
    /// Both payments, in the order in which they fall due.
    pub const ALL: [Self; 2] = [Self::Signal, Self::Balance];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Balance => "balance",
        }
    }
}

/// How the customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Card: answered at once.
    Card,
    /// Bank transfer or debit: takes days.
    BankTransfer,
}

impl PaymentMethod {
    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::BankTransfer => "bank_transfer",
        }
    }
}

/// One attempt to pay. It is stored before the gateway is called; its id is the key of that call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// A `UUIDv7`, and the idempotency key of the call to the gateway.
    pub id: AttemptId,
    /// Digest of the request's `Idempotency-Key`.
    pub key: ShortDigest,
    /// Digest of the request's content: the same key with another one is a fault of the client.
    pub fingerprint: ShortDigest,
    /// Card or bank.
    pub method: PaymentMethod,
    /// The gateway's token of the card or account.
    pub token: PaymentMethodToken,
    /// When it was stored.
    #[serde(with = "crate::time::millis")]
    pub started_at: Timestamp,
    /// What is known of it.
    pub state: AttemptState,
    /// What the request was answered; a repeat of the request is answered the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The last dispute that was won: news of its beginning may come later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub won_dispute: Option<DisputeId>,
}

/// What is known of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttemptState {
    /// The gateway was called, or is about to be; no answer was read. Never guessed: looked up, or
    /// sent again under the same key.
    Unknown,
    /// The bank works on it.
    Processing(GatewayPaymentId),
    /// The gateway or the bank said no.
    Declined(Decline),
    /// The money is ours.
    Captured(GatewayPaymentId),
    /// The money came, but the sale can't take it: it goes back.
    RefundDue(GatewayPaymentId),
    /// It went back.
    Refunded(GatewayPaymentId, RefundId),
    /// It was ours, and the bank took it back: a dispute, or a debit that was returned.
    Reversed(GatewayPaymentId),
}

impl AttemptState {
    /// Whether the outcome is still to come.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unknown | Self::Processing(_))
    }
}

/// Why a payment was declined, in terms that the desk can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    /// The card or account was refused by its bank.
    Declined,
    /// Not enough money.
    InsufficientFunds,
    /// The card has expired.
    Expired,
    /// The customer's bank wants a confirmation that can't be given at the desk.
    AuthenticationRequired,
    /// The payment method's token is unknown or used up.
    InvalidPaymentMethod,
    /// More than this way to pay takes at once.
    AmountTooLarge,
    /// Less than this way to pay takes.
    AmountTooSmall,
    /// The gateway can't take the payment in this way at all.
    NotPossible,
}

impl Decline {
    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::InsufficientFunds => "insufficient_funds",
            Self::Expired => "expired",
            Self::AuthenticationRequired => "authentication_required",
            Self::InvalidPaymentMethod => "invalid_payment_method",
            Self::AmountTooLarge => "amount_too_large",
            Self::AmountTooSmall => "amount_too_small",
            Self::NotPossible => "not_possible",
        }
    }
}

/// What the gateway says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// The money is the dealership's to keep or give back; final, unless the bank takes it back.
    Captured(GatewayPaymentId),
    /// The bank works on it; a webhook will tell.
    Processing(GatewayPaymentId),
    /// The gateway or the bank refused: nothing was charged, and another attempt may be made.
    Declined(Decline),
}

/// What the gateway says of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeNews {
    /// The bank took the money back for now.
    Opened,
    /// It came back.
    Won,
    /// It stays away.
    Lost,
}

/// What a payment request was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// HTTP status 200: the payment is captured.
    Captured,
    /// HTTP status 202: the bank works on it, and a webhook will tell.
    Processing,
    /// HTTP status 402: declined, and why.
    Declined(Decline),
}

impl Answer {
    /// The answer that an outcome asks for.
    pub fn of(outcome: &PaymentOutcome) -> Self {
        match outcome {
            PaymentOutcome::Captured(_) => Self::Captured,
            PaymentOutcome::Processing(_) => Self::Processing,
            PaymentOutcome::Declined(decline) => Self::Declined(*decline),
        }
    }
}
