//! Attempts to pay, and what the gateway made of them.

use super::MoneyBack;
use crate::AttemptId;
use crate::ids::{GatewayPaymentId, PaymentMethodToken, RefundId, ShortDigest};
use jiff::{SignedDuration, Timestamp};
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
    /// A card's token: answered at once, or once the customer has confirmed at the bank.
    Card,
    /// A direct debit from the customer's account: takes days, and is limited in amount.
    SepaDebit,
    /// The customer sends the money, to an account of the gateway's for this payment alone.
    BankTransfer,
    /// The gateway's own page, where the customer pays by card or wallet.
    Checkout,
}

impl PaymentMethod {
    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::SepaDebit => "sepa_debit",
            Self::BankTransfer => "bank_transfer",
            Self::Checkout => "checkout",
        }
    }
}

/// A way to pay, with what the gateway has to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// The gateway's token of a card.
    Card(PaymentMethodToken),
    /// The gateway's token of an account, and how its owner agreed to the debit.
    SepaDebit(PaymentMethodToken, Acceptance),
    /// The buyer sends the money.
    BankTransfer,
    /// The buyer pays on the gateway's page.
    Checkout,
}

impl Means {
    /// Which of the ways to pay it is.
    pub fn method(&self) -> PaymentMethod {
        match self {
            Self::Card(_) => PaymentMethod::Card,
            Self::SepaDebit(..) => PaymentMethod::SepaDebit,
            Self::BankTransfer => PaymentMethod::BankTransfer,
            Self::Checkout => PaymentMethod::Checkout,
        }
    }

    /// How long the customer has to act on it; `None`: until the payment's deadline.
    fn lifetime(&self) -> Option<SignedDuration> {
        match self {
            // A bank's page asks within minutes.
            Self::Card(_) => Some(SignedDuration::from_hours(1)),
            // As long as the gateway lets a page live, less a margin (a day:
            // <https://docs.stripe.com/api/checkout/sessions/create>).
            Self::Checkout => Some(SignedDuration::from_hours(23)),
            Self::SepaDebit(..) | Self::BankTransfer => None,
        }
    }
}

/// How the owner of an account agreed to a debit: every debit needs this mandate
/// (<https://docs.stripe.com/payments/sepa-debit>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// By a signature at the desk.
    Offline,
    /// On the customer's own device.
    Online {
        /// The device's network address.
        ip: String,
        /// What its browser calls itself.
        user_agent: String,
    },
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
    /// How the customer pays.
    pub means: Means,
    /// When it was stored.
    #[serde(with = "crate::time::millis")]
    pub started_at: Timestamp,
    /// What is known of it.
    pub state: AttemptState,
    /// What the request was answered; a repeat of the request is answered the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Whether an employee asked for it: the customer is told how to go on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_desk: bool,
    /// What left again of the money, once it was captured.
    #[serde(default, skip_serializing_if = "MoneyBack::is_empty")]
    pub back: MoneyBack,
}

impl Attempt {
    /// The last moment for the customer to act; `None`: the payment's own deadline.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.means.lifetime().and_then(|lifetime| self.started_at.checked_add(lifetime).ok())
    }

    /// What the customer has to do, if that is what it waits for.
    pub fn next_action(&self) -> Option<&NextAction> {
        match &self.state {
            AttemptState::AwaitsCustomer(_, action) => Some(action),
            _ => None,
        }
    }
}

/// What a customer has to do before a payment goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAction {
    /// Confirm the card at the bank's page (3-D Secure).
    Confirm {
        /// The page's address.
        url: String,
    },
    /// Pay at the gateway's page.
    Pay {
        /// The page's address.
        url: String,
    },
    /// Send the money.
    Transfer(Transfer),
}

impl NextAction {
    /// Whether a part of a transfer came.
    pub fn is_partly_done(&self) -> bool {
        matches!(self, Self::Transfer(transfer) if transfer.remaining < transfer.asked)
    }

    /// Whether it says of the same payment that less is missing.
    pub(super) fn follows(&self, earlier: &Self) -> bool {
        match (earlier, self) {
            (Self::Transfer(earlier), Self::Transfer(later)) => later.remaining < earlier.remaining,
            _ => false,
        }
    }
}

/// Where to send money, and how much of it is still missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The account's number, for this payment alone.
    pub iban: String,
    /// The bank's code.
    pub bic: String,
    /// Whose account it is.
    pub holder: String,
    /// What to write as the reference.
    pub reference: String,
    /// What was asked for, in minor units.
    pub asked: u64,
    /// What of that has not come yet.
    pub remaining: u64,
}

/// What is known of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttemptState {
    /// The gateway was called, or is about to be; no answer was read. Never guessed: looked up, or
    /// sent again under the same key.
    Unknown,
    /// The customer has to act: confirm, pay on a page, or send (the rest of) the money.
    AwaitsCustomer(GatewayPaymentId, NextAction),
    /// The bank works on it.
    Processing(GatewayPaymentId),
    /// The gateway or the bank said no.
    Declined(Decline),
    /// It was ended unpaid: the customer's time was over, or another attempt took its place.
    Expired(GatewayPaymentId),
    /// The money is ours.
    Captured(GatewayPaymentId),
    /// The money came, but the sale can't take it: it goes back.
    RefundDue(GatewayPaymentId),
    /// All of it went back.
    Refunded(GatewayPaymentId, RefundId),
    /// It was to go back, and the bank couldn't pay it out: people do, in another way.
    RefundFailed(GatewayPaymentId),
    /// It was ours, and all or a part was taken back: by a dispute, by a debit that was returned,
    /// or by hand at the gateway.
    Reversed(GatewayPaymentId),
}

impl AttemptState {
    /// Whether the outcome is still to come.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::AwaitsCustomer(..)) || self.is_under_way()
    }

    /// The gateway's payment, where it told one.
    pub fn payment(&self) -> Option<&GatewayPaymentId> {
        match self {
            Self::Unknown | Self::Declined(_) => None,
            Self::AwaitsCustomer(payment, _)
            | Self::Processing(payment)
            | Self::Expired(payment)
            | Self::Captured(payment)
            | Self::RefundDue(payment)
            | Self::Refunded(payment, _)
            | Self::RefundFailed(payment)
            | Self::Reversed(payment) => Some(payment),
        }
    }

    /// The gateway's payment whose money came, whatever became of it since.
    pub fn captured(&self) -> Option<&GatewayPaymentId> {
        match self {
            Self::Captured(payment)
            | Self::RefundDue(payment)
            | Self::Refunded(payment, _)
            | Self::RefundFailed(payment)
            | Self::Reversed(payment) => Some(payment),
            _ => None,
        }
    }

    /// Whether the money may be on its way, so that nobody but the gateway can end it.
    pub fn is_under_way(&self) -> bool {
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
    /// The customer didn't confirm or pay in time.
    TimedOut,
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
            Self::TimedOut => "timed_out",
        }
    }
}

/// What the gateway says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// The money is the dealership's to keep or give back; final, unless the bank takes it back.
    Captured(GatewayPaymentId),
    /// The customer has to act; a webhook will tell.
    AwaitsCustomer(GatewayPaymentId, NextAction),
    /// The bank works on it; a webhook will tell.
    Processing(GatewayPaymentId),
    /// The gateway or the bank refused: nothing was charged, and another attempt may be made.
    Declined(Decline),
    /// It was ended unpaid: nothing was charged, and nothing will be.
    Expired(GatewayPaymentId),
}

/// What a payment request was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// HTTP status 200: the payment is captured.
    Captured,
    /// HTTP status 202: the bank works on it, and a webhook will tell.
    Processing,
    /// HTTP status 202: the customer has to act, and a webhook will tell.
    AwaitsCustomer,
    /// HTTP status 402: declined, and why.
    Declined(Decline),
}

impl Answer {
    /// The answer that an outcome asks for.
    pub fn of(outcome: &PaymentOutcome) -> Self {
        match outcome {
            PaymentOutcome::Captured(_) => Self::Captured,
            PaymentOutcome::Processing(_) => Self::Processing,
            PaymentOutcome::AwaitsCustomer(..) => Self::AwaitsCustomer,
            PaymentOutcome::Declined(decline) => Self::Declined(*decline),
            PaymentOutcome::Expired(_) => Self::Declined(Decline::TimedOut),
        }
    }
}
