//! What is to be paid, and what was: the terms, both payments, and each attempt at them.

use domain::AttemptId;
use domain::Sale;
use domain::ids::{DisputeId, RefundId};
use domain::money::Terms;
use domain::sale::{
    Attempt, AttemptState, Decline, Dispute, DisputeState, NextAction, PaymentKind, PaymentMethod,
    Refund, RefundState, Transfer,
};
use jiff::Timestamp;
use serde::Serialize;

/// The price, and the two payments that it is made of.
#[derive(Debug, Serialize)]
pub(super) struct TermsView {
    currency: &'static str,
    price: u64,
    signal: u64,
    balance: u64,
}

impl From<Terms> for TermsView {
    fn from(terms: Terms) -> Self {
        let (price, signal, balance) =
            (terms.price().minor(), terms.signal().minor(), terms.balance().minor());
        Self { currency: terms.price().currency().code(), price, signal, balance }
    }
}

/// Both payments of a sale, for who sells.
#[derive(Debug, Serialize)]
pub(super) struct PaymentsView {
    signal: PaymentView,
    balance: PaymentView,
}

impl PaymentsView {
    /// Of this sale, whatever was paid.
    pub(super) fn of(sale: &Sale) -> Self {
        Self {
            signal: PaymentView::new(sale, PaymentKind::Signal),
            balance: PaymentView::new(sale, PaymentKind::Balance),
        }
    }
}

/// A payment: what it is as a whole, and each attempt at it.
#[derive(Debug, Serialize)]
pub(super) struct PaymentView {
    amount: u64,
    state: PaymentState,
    attempts: Vec<AttemptView>,
}

impl PaymentView {
    fn new(sale: &Sale, kind: PaymentKind) -> Self {
        let attempts = sale.attempts(kind);
        let state = attempts.iter().map(PaymentState::of).max();
        Self {
            amount: sale.amount_due(kind).minor(),
            state: state.unwrap_or(PaymentState::Unpaid),
            attempts: attempts.iter().map(|of| AttemptView::new(sale, kind, of)).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct AttemptView {
    attempt_id: AttemptId,
    method: PaymentMethod,
    state: PaymentState,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline: Option<Decline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_action: Option<NextActionView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<RefundView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    disputes: Vec<DisputeView>,
    started_at: Timestamp,
}

impl AttemptView {
    fn new(sale: &Sale, kind: PaymentKind, attempt: &Attempt) -> Self {
        let decline = match attempt.state {
            AttemptState::Declined(decline) => Some(decline),
            _ => None,
        };
        Self {
            attempt_id: attempt.id,
            method: attempt.means.method(),
            state: PaymentState::of(attempt),
            decline,
            next_action: NextActionView::of(sale, kind, attempt),
            refunds: attempt.back.refunds.iter().map(RefundView::from).collect(),
            disputes: attempt.back.disputes.iter().map(DisputeView::from).collect(),
            started_at: attempt.started_at,
        }
    }
}

/// Money that goes back through the gateway.
#[derive(Debug, Serialize)]
struct RefundView {
    refund_id: RefundId,
    amount: u64,
    state: RefundState,
    made_at: Timestamp,
}

impl From<&Refund> for RefundView {
    fn from(Refund { id, amount, state, made_at }: &Refund) -> Self {
        Self { refund_id: id.clone(), amount: *amount, state: *state, made_at: *made_at }
    }
}

/// An objection to the payment at the customer's bank.
#[derive(Debug, Serialize)]
struct DisputeView {
    dispute_id: DisputeId,
    amount: u64,
    state: DisputeState,
}

impl From<&Dispute> for DisputeView {
    fn from(Dispute { id, amount, state }: &Dispute) -> Self {
        Self { dispute_id: id.clone(), amount: *amount, state: *state }
    }
}

/// What the customer has to do, and until when where that is not the payment's own deadline.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NextActionView {
    #[serde(flatten)]
    action: ActionView,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ActionView {
    Confirm { url: String },
    Pay { url: String },
    Transfer(Transfer),
}

impl NextActionView {
    /// Of an attempt, if it waits for the customer.
    pub(crate) fn of(sale: &Sale, kind: PaymentKind, attempt: &Attempt) -> Option<Self> {
        let action = match attempt.next_action()?.clone() {
            NextAction::Confirm { url } => ActionView::Confirm { url },
            NextAction::Pay { url } => ActionView::Pay { url },
            NextAction::Transfer(transfer) => ActionView::Transfer(transfer),
        };
        let expires_at = attempt.expires_at().and_then(|_| sale.open_until(kind, attempt));
        Some(Self { action, expires_at })
    }
}

/// In the order of what counts most: money that the bank took back, captured money, then what is
/// open, then the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum PaymentState {
    Unpaid,
    Expired,
    Declined,
    Refunded,
    RefundDue,
    RefundFailed,
    AwaitsCustomer,
    PartlyFunded,
    Unknown,
    Processing,
    Captured,
    Reversed,
}

impl PaymentState {
    fn of(attempt: &Attempt) -> Self {
        match &attempt.state {
            AttemptState::Unknown => Self::Unknown,
            AttemptState::AwaitsCustomer(_, action) if action.is_partly_done() => {
                Self::PartlyFunded
            }
            AttemptState::AwaitsCustomer(..) => Self::AwaitsCustomer,
            AttemptState::Expired(_) => Self::Expired,
            AttemptState::Processing(_) => Self::Processing,
            AttemptState::Declined(_) => Self::Declined,
            AttemptState::Captured(_) => Self::Captured,
            AttemptState::RefundDue(_) => Self::RefundDue,
            AttemptState::Refunded(..) => Self::Refunded,
            AttemptState::RefundFailed(_) => Self::RefundFailed,
            AttemptState::Reversed(_) => Self::Reversed,
        }
    }
}

/// Both payments of a sale, for who buys.
#[derive(Debug, Serialize)]
pub(super) struct ReceiptsView {
    signal: ReceiptView,
    balance: ReceiptView,
}

impl ReceiptsView {
    /// Of this sale, whatever was paid.
    pub(super) fn of(sale: &Sale) -> Self {
        Self {
            signal: ReceiptView::new(sale, PaymentKind::Signal),
            balance: ReceiptView::new(sale, PaymentKind::Balance),
        }
    }
}

/// A payment, and the receipt of each amount that was taken.
#[derive(Debug, Serialize)]
struct ReceiptView {
    amount: u64,
    state: PaymentState,
    receipts: Vec<Receipt>,
}

impl ReceiptView {
    fn new(sale: &Sale, kind: PaymentKind) -> Self {
        let PaymentView { amount, state, attempts } = PaymentView::new(sale, kind);
        let taken = [
            PaymentState::Captured,
            PaymentState::RefundDue,
            PaymentState::RefundFailed,
            PaymentState::Refunded,
        ];
        let receipts =
            attempts.into_iter().filter(|attempt| taken.contains(&attempt.state)).map(|attempt| {
                let AttemptView { attempt_id: id, method, state, started_at, .. } = attempt;
                Receipt { id, method, state, started_at }
            });
        Self { amount, state, receipts: receipts.collect() }
    }
}

#[derive(Debug, Serialize)]
struct Receipt {
    #[serde(rename = "receipt_id")]
    id: AttemptId,
    method: PaymentMethod,
    state: PaymentState,
    started_at: Timestamp,
}
