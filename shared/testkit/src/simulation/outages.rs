//! What stands still around the functions until an operator sees to it: a source that is switched
//! off, a release that fails, a partner's wrong key, too few calls, a workflow that somebody stopped.

use super::engine::Simulation;
use super::events::Event;
use super::processes::Caller;
use super::record::Alarm;
use super::settings::{DAY, HOUR, MINUTE};
use crate::asl::State as AslState;
use crate::rng::Rng;
use domain::ports::Message;
use domain::sale::PaymentKind;

/// A standstill: no call comes through until it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// What calls this function is switched off: its mapping, or its schedule.
    SwitchedOff(&'static str),
    /// A release of this function fails before it does anything.
    BadRelease(&'static str),
    /// The factory signs with a key that isn't ours.
    WebhooksRefused,
    /// Lambda turns all calls away.
    CallsTurnedAway,
    /// The table turns all writes away.
    WritesTurnedAway,
    /// Nobody at the dealerships looks at cases.
    CasesUnseen,
    /// Somebody stopped a workflow.
    WorkflowStopped,
    /// A workflow ran longer than it may.
    WorkflowTooLong,
}

/// Every outage from which a run chooses.
const ALL: [Outage; 18] = [
    Outage::SwitchedOff("relay-events"),
    Outage::SwitchedOff("reconcile-payments"),
    Outage::SwitchedOff("issue-credentials"),
    Outage::SwitchedOff("send-notification"),
    Outage::SwitchedOff("refund-payment"),
    Outage::BadRelease("relay-events"),
    Outage::BadRelease("reconcile-payments"),
    Outage::BadRelease("issue-credentials"),
    Outage::BadRelease("send-notification"),
    Outage::BadRelease("refund-payment"),
    Outage::BadRelease("register-sale"),
    Outage::BadRelease("receive-payment-update"),
    Outage::WebhooksRefused,
    Outage::CallsTurnedAway,
    Outage::WritesTurnedAway,
    Outage::CasesUnseen,
    Outage::WorkflowStopped,
    Outage::WorkflowTooLong,
];

impl Outage {
    /// The outage that the run of this seed meets, and how many milliseconds after its beginning; most
    /// meet none.
    pub fn of(seed: u64) -> Option<(i64, Self)> {
        // A generator of its own: what else happens in the run is left as it was.
        let mut rng = Rng::new(seed.rotate_left(17));
        let outage = rng.percent(15).then(|| rng.pick(&ALL).copied()).flatten()?;
        // Most sales are bought within the first hour, and settled within weeks.
        let within = if rng.percent(50) { 2 * HOUR } else { 30 * DAY };
        Some((i64::try_from(rng.below(within.unsigned_abs())).unwrap_or_default(), outage))
    }

    /// Its alarm, and how long after the first call that didn't come through it is raised.
    fn alarm(self) -> (&'static str, i64) {
        match self {
            Self::SwitchedOff("relay-events") => ("RelayNotRunningAlarm", 30 * MINUTE),
            Self::SwitchedOff("reconcile-payments") => ("ReconcileNotRunningAlarm", 2 * HOUR),
            Self::SwitchedOff(_) => ("QueuesNotReadAlarm", HOUR),
            Self::BadRelease("relay-events") => ("RelayIteratorAgeAlarm", 3 * MINUTE),
            Self::BadRelease("register-sale" | "receive-payment-update") => {
                ("ApiFaultsAlarm", 10 * MINUTE)
            }
            Self::BadRelease(_) => ("FunctionErrorsAlarm", MINUTE),
            Self::WebhooksRefused => ("FactorySilentAlarm", DAY),
            Self::CallsTurnedAway => ("FunctionThrottlesAlarm", 10 * MINUTE),
            Self::WritesTurnedAway => ("TableThrottlesAlarm", 10 * MINUTE),
            Self::CasesUnseen => ("CasesOpenTooLongAlarm", 3 * DAY),
            Self::WorkflowStopped => ("SaleLifecycleAbortedAlarm", 0),
            Self::WorkflowTooLong => ("SaleLifecycleTimedOutAlarm", 0),
        }
    }

    /// Whether it keeps an event waiting.
    fn holds(self, event: &Event) -> bool {
        match event {
            Event::RelayChanges { .. } => self == Self::SwitchedOff("relay-events"),
            Event::Reconcile => self == Self::SwitchedOff("reconcile-payments"),
            Event::Deliver { message, .. } => self == Self::SwitchedOff(consumer(message)),
            Event::ManagerLooks { .. } => self == Self::CasesUnseen,
            _ => false,
        }
    }

    /// Whether a call fails by it.
    fn fails(self, caller: &Caller) -> bool {
        match self {
            Self::CallsTurnedAway | Self::WritesTurnedAway => true,
            Self::WebhooksRefused => matches!(caller, Caller::Factory { .. }),
            Self::BadRelease(function) => called(caller) == Some(function),
            _ => false,
        }
    }
}

/// The function that handles a message.
fn consumer(message: &Message) -> &'static str {
    match message {
        Message::IssueCredentials { .. } | Message::ResetPassword { .. } => "issue-credentials",
        Message::Notify { .. } => "send-notification",
        Message::Refund { .. } => "refund-payment",
    }
}

/// The function that somebody calls, where it is always the same.
fn called(caller: &Caller) -> Option<&'static str> {
    match caller {
        Caller::Employee { .. } => Some("register-sale"),
        Caller::Payer(payment) => Some(match payment.kind {
            PaymentKind::Signal => "pay-signal",
            PaymentKind::Balance => "make-final-payment",
        }),
        Caller::Factory { .. } => Some("receive-factory-update"),
        Caller::Gateway { .. } | Caller::Funds { .. } | Caller::MoneyNews { .. } => {
            Some("receive-payment-update")
        }
        Caller::Schedule => Some("reconcile-payments"),
        Caller::Stream { .. } => Some("relay-events"),
        Caller::Queue { message, .. } => Some(consumer(message)),
        Caller::Manager { .. } | Caller::Workflow { .. } => None,
    }
}

/// An outage under way.
pub(super) struct Standstill {
    pub(super) outage: Outage,
    pub(super) is_noticed: bool,
    /// What waits for its end.
    held: Vec<Event>,
}

impl Simulation<'_> {
    pub(super) fn outage_begins(&mut self, outage: Outage) {
        self.note("world", || format!("{outage:?}"));
        if matches!(outage, Outage::WorkflowStopped | Outage::WorkflowTooLong) {
            return self.workflow_stops(outage);
        }
        self.standstill = Some(Standstill { outage, is_noticed: false, held: Vec::new() });
    }

    /// A workflow ends before its sale does; where none runs, nothing happens.
    fn workflow_stops(&mut self, outage: Outage) {
        let machine = self.machine;
        let stopped = self.executions.iter_mut().find(|(_, execution)| {
            let task = matches!(machine.states.get(&execution.state), Some(AslState::Task(_)));
            task && !execution.done
        });
        let Some((sale, execution)) = stopped else { return };
        (execution.done, execution.waiting) = (true, false);
        let sale = *sale;
        self.alarm(Alarm::StoppedExecution(sale, outage.alarm().0));
    }

    /// Keeps an event for the outage's end, if it is one that waits.
    pub(super) fn held(&mut self, event: Event) -> Option<Event> {
        match &mut self.standstill {
            Some(standstill) if standstill.outage.holds(&event) => {
                standstill.held.push(event);
                self.notice();
                None
            }
            _ => Some(event),
        }
    }

    /// Whether a call comes to nothing.
    pub(super) fn is_turned_away(&mut self, caller: &Caller) -> bool {
        let fails = self.standstill.as_ref().is_some_and(|of| of.outage.fails(caller));
        if fails {
            self.notice();
        }
        fails
    }

    /// The first call that doesn't come through is what the alarm counts from.
    fn notice(&mut self) {
        if let Some(standstill) = self.standstill.as_mut().filter(|of| !of.is_noticed) {
            standstill.is_noticed = true;
            let (outage, (_, after)) = (standstill.outage, standstill.outage.alarm());
            self.after(after, Event::OutageIsSeen(outage));
        }
    }

    pub(super) fn outage_is_seen(&mut self, outage: Outage) {
        self.alarm(Alarm::Outage(outage.alarm().0, outage));
    }

    /// What was done ends this outage, if it is the one under way.
    pub(super) fn outage_ends(&mut self, ends: impl FnOnce(Outage) -> bool) {
        let ended = self.standstill.take_if(|standstill| ends(standstill.outage));
        for event in ended.into_iter().flat_map(|standstill| standstill.held) {
            self.after(0, event);
        }
    }
}
