//! The sale: one aggregate, one item in the table, one conditional write a decision.
//!
//! [`decide`](decide()) says what happens (or why not), [`evolve`](evolve()) makes it so,
//! [`effects`](effects()) says what the rest of the system owes because of it. All three are pure.

mod aggregate;
mod bookkeeping;
mod case;
mod command;
mod decide;
mod delivery;
mod effects;
mod event;
mod evolve;
#[cfg(test)]
mod examples;
mod fact;
mod hand_over;
mod ledger;
mod money_back;
mod next;
mod order;
mod payment;
mod receipt;
mod rejection;
mod stage;
#[cfg(test)]
mod tests;
mod unsettled;
mod wait;

pub use aggregate::{Erasure, Extension, Registered, Sale, StockClaim};
pub use bookkeeping::Balances;
pub use case::{Case, CaseKind, Closure};
pub use command::Command;
pub use decide::decide;
pub use delivery::{Appointment, Check, CheckKind, DeliveryPlace, Slot};
pub use effects::{Effect, Notification, effects, vehicle_change};
pub use event::Event;
pub use evolve::evolve;
pub use fact::{Fact, FactKind};
pub use hand_over::HandOver;
pub use ledger::{Account, Movement, Part, Posting};
pub use money_back::{Dispute, DisputeState, MoneyBack, Refund, RefundState};
pub use next::NextStep;
pub use order::{Estimate, Expected, Milestone, Order, Trouble};
pub use payment::{
    Acceptance, Answer, Attempt, AttemptState, Decline, Means, NextAction, PaymentKind,
    PaymentMethod, PaymentOutcome, Transfer,
};
pub use receipt::{Direction, Receipt};
pub use rejection::Rejection;
pub use stage::{Registration, Stage, Status};
pub use wait::Wait;
