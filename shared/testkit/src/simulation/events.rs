//! What can happen in a run: people and partners act, the platform delivers.

use super::outage::Outage;
use super::record::Alarm;
use crate::memory::TaskId;
use domain::ids::RefundId;
use domain::ports::Message;
use domain::sale::{CaseKind, DisputeState, Milestone, PaymentKind, Trouble};
use domain::use_cases::relay;
use domain::{AttemptId, SaleId, Vin};

/// A payment that somebody at the desk means to make, and how often it was tried.
#[derive(Clone, Copy)]
pub(super) struct Payment {
    pub(super) sale: SaleId,
    pub(super) kind: PaymentKind,
    pub(super) key: u64,
    pub(super) token: &'static str,
    pub(super) tries: u32,
    pub(super) cards: u32,
}

/// What a manager does to a sale.
#[derive(Clone, Copy)]
pub(super) enum Act {
    Cancel(SaleId),
    /// A later deadline, in milliseconds.
    Extend(SaleId, i64),
    Close(SaleId, CaseKind),
    /// Puts what the authority wants on file.
    Record(SaleId),
    /// Has the authority asked again.
    Resubmit(SaleId),
    /// Arranges the delivery so many days from now, with so many lines of the checklist done.
    Prepare(SaleId, i8, usize),
}

/// What the factory says of an order.
#[derive(Clone, Copy)]
pub(super) enum Says {
    Milestone(Milestone),
    Trouble(Trouble),
    /// That it is so far, and comes so many days later than was expected first.
    Expects(Milestone, i32),
    /// That the vehicle at the dealership is another one.
    OtherVehicle,
}

/// Something that happens at a moment of the run.
pub(super) enum Event {
    Poll(TaskId),
    OutageBegins(Outage),
    /// Its alarm is raised.
    OutageIsSeen(Outage),
    Manage {
        act: Act,
        tries: u32,
    },
    /// A sale; of this stock vehicle, where there is one.
    Register {
        customer: u64,
        vehicle: Option<Vin>,
        tries: u32,
    },
    Pay(Payment),
    PollForBalance {
        sale: SaleId,
        looks: u32,
    },
    FactoryMoves {
        order: SaleId,
        milestone: Milestone,
    },
    FactoryCancels(SaleId),
    /// Another vehicle goes out in the place of the one that was built.
    FactoryReplaces(SaleId),
    FactoryTells {
        order: SaleId,
        says: Says,
        tries: u32,
    },
    BankSettles(AttemptId),
    /// Confirms, pays on the page, or sends money.
    PayerActs {
        attempt: AttemptId,
        acts: u32,
    },
    PageExpires(AttemptId),
    /// Tells that money came for a transfer.
    FundsTell {
        attempt: AttemptId,
        tries: u32,
    },
    GatewayTells {
        attempt: AttemptId,
        tries: u32,
    },
    DebitReturned(AttemptId),
    DisputeMoves {
        attempt: AttemptId,
        to: DisputeState,
    },
    /// By somebody at the gateway's own pages.
    RefundedByHand {
        attempt: AttemptId,
        whole: bool,
    },
    RefundSettles {
        attempt: AttemptId,
        refund: RefundId,
    },
    /// Tells that money left, or came again.
    MoneyNews {
        attempt: AttemptId,
        tries: u32,
    },
    Reconcile,
    OperatorLooks(SaleId),
    OperatorReads(Alarm),
    ManagerLooks {
        sale: SaleId,
        looks: u32,
    },
    RelayChanges {
        changes: Vec<relay::Change>,
        tries: u32,
    },
    Deliver {
        message: Message,
        tries: u32,
    },
    Enter {
        execution: SaleId,
        visit: u64,
    },
    TimesOut {
        execution: SaleId,
        visit: u64,
    },
}
