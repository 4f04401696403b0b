//! What a run came to, for those who judge it or tell its story.

use super::outage::Outage;
use crate::memory::{State, World, has};
use domain::SaleId;
use domain::ports::Message;
use domain::sale::{Answer, CaseKind, FactKind, PaymentKind};
use domain::use_cases::relay::Change;
use std::collections::{BTreeMap, BTreeSet};

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    /// The world at its end.
    pub world: World,
    /// What clients were told.
    pub answers: Vec<ClientAnswer>,
    /// What was put before an operator: dead letters, failed executions.
    pub alarms: Vec<Alarm>,
    /// What the operator left in queues and store of what was given up.
    pub given_up: usize,
    /// Whether something stood still for a while, or was to.
    pub had_outage: bool,
    /// What stood still until the end.
    pub standstill: Option<Outage>,
    /// State machine transitions, by sale.
    pub transitions: BTreeMap<SaleId, u32>,
    /// Executions that did not end.
    pub unfinished: Vec<(SaleId, String)>,
    /// How many lifecycles were begun.
    pub sales: u64,
    /// Whether clocks were off now and then.
    pub skewed: bool,
    /// Whether it had events enough to come to its end.
    pub at_rest: bool,
    /// Sales in which something was still to happen at the end of time.
    pub restless: BTreeSet<SaleId>,
    /// When a manager first asked to close a case about a reversed payment, in milliseconds, by
    /// sale.
    pub closures: BTreeMap<SaleId, i64>,
}

impl Run {
    /// Whether a call failed or something stood still: then much may come late.
    pub fn is_disturbed(&self, state: &State) -> bool {
        self.had_outage || !state.faults.is_empty()
    }
}

/// What a client was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAnswer {
    /// 201 for a sale.
    Registered {
        /// The request's key.
        key: u64,
        /// The sale that the answer named.
        sale: SaleId,
    },
    /// An answer to a payment.
    Paid {
        /// The request's key.
        key: u64,
        /// The sale that the request was about.
        sale: SaleId,
        /// Whether it was the señal or the balance.
        kind: PaymentKind,
        /// What the answer said of the payment.
        answer: Answer,
    },
    /// 200 to a cancellation.
    Cancelled {
        /// The sale that the request was about.
        sale: SaleId,
    },
    /// 200 to a later deadline.
    Extended {
        /// The sale that the request was about.
        sale: SaleId,
        /// The deadline, in milliseconds.
        pay_by: i64,
    },
    /// 200 to a case's closure.
    CaseClosed {
        /// The sale that the request was about.
        sale: SaleId,
        /// The kind of the case that was closed.
        kind: CaseKind,
    },
}

/// Something that people have to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// A message ended in its dead-letter queue.
    DeadMessage(Message),
    /// A change of this sale could not be relayed.
    DeadChange(SaleId),
    /// The sale's execution failed in this state.
    FailedExecution(SaleId, String),
    /// The sale's execution was ended from outside.
    StoppedExecution(SaleId, Outage),
    /// Something stands still.
    Outage(Outage),
}

/// What waits for the operator.
#[derive(Default)]
pub(super) struct GivenUp {
    /// The messages in the queues of last resort.
    pub(super) messages: Vec<Message>,
    /// The stream's records, the oldest first.
    pub(super) changes: Vec<Change>,
}

/// Whether a sale's end is one that customers and dealership can live with.
pub fn ended(sale: &domain::Sale) -> bool {
    has(sale, FactKind::ReadyForDelivery) || sale.status().is_lost()
}
