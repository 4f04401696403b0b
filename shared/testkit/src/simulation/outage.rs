//! What can stand still around the functions: a source that is switched off, a release that fails, a
//! partner's wrong key, too few calls, a workflow that somebody stopped.

use super::settings::{DAY, HOUR, MINUTE};
use crate::rng::Rng;

/// What doesn't go on until somebody ends it.
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
const ALL: [Outage; 21] = [
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
    Outage::BadRelease("receive-factory-update"),
    Outage::BadRelease("pay-signal"),
    Outage::BadRelease("make-final-payment"),
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
    pub(super) fn alarm(self) -> (&'static str, i64) {
        match self {
            Self::SwitchedOff("relay-events") => ("RelayNotRunningAlarm", HOUR),
            Self::SwitchedOff("reconcile-payments") => ("ReconcileNotRunningAlarm", 2 * HOUR),
            Self::SwitchedOff(_) => ("QueuesNotReadAlarm", HOUR),
            Self::BadRelease("relay-events") => ("RelayIteratorAgeAlarm", 3 * MINUTE),
            Self::BadRelease(
                "reconcile-payments" | "issue-credentials" | "send-notification" | "refund-payment",
            ) => ("FunctionErrorsAlarm", MINUTE),
            // What the API calls.
            Self::BadRelease(_) => ("ApiFaultsAlarm", 10 * MINUTE),
            Self::WebhooksRefused => ("FactorySilentAlarm", DAY),
            Self::CallsTurnedAway => ("FunctionThrottlesAlarm", 10 * MINUTE),
            Self::WritesTurnedAway => ("TableThrottlesAlarm", 10 * MINUTE),
            Self::CasesUnseen => ("CasesOpenTooLongAlarm", 3 * DAY),
            Self::WorkflowStopped => ("SaleLifecycleAbortedAlarm", 0),
            Self::WorkflowTooLong => ("SaleLifecycleTimedOutAlarm", 0),
        }
    }
}
