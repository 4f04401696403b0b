//! Stripe's objects, as the books keep them: their fields are those that the API shows, but for
//! `own`, which only the gateway knows (<https://docs.stripe.com/api>).

mod charge;
mod checkout;
mod customer;
mod event;
mod intent;
mod ledger;
mod method;
mod object;

pub(crate) use charge::{Charge, ChargeStatus, Dispute, DisputeStatus, Refund, RefundStatus};
pub(crate) use checkout::{Line, PaymentStatus, Session, SessionOwn, SessionStatus};
pub(crate) use customer::{CashTransaction, Customer, Purse};
pub(crate) use event::{Endpoint, EndpointOwn, Event};
pub(crate) use intent::{Attempt, Intent, IntentStatus, Mandate};
pub(crate) use ledger::{BalanceTransaction, TransactionOwn};
pub(crate) use method::{PaymentMethod, Source};
pub(crate) use object::{Object, Shelf};

/// An object's id, with Stripe's prefix of its kind.
pub(crate) type Id = String;
/// What the caller keeps beside an object.
pub(crate) type Metadata = std::collections::BTreeMap<String, String>;
