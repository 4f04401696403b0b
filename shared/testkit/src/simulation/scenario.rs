//! What to run, and what customers and factory do in it.

use super::outage::Outage;
use crate::faults::Plan;
use crate::runbook::Runbook;

/// What to run.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// How many customers buy.
    pub sales: u64,
    /// What goes wrong.
    pub plan: Plan,
    /// What customers and factory do; `None`: left to chance.
    pub script: Option<Script>,
    /// What stands still from when on, in milliseconds after the beginning.
    pub outage: Option<(i64, Outage)>,
    /// Whether processes' clocks are off now and then.
    pub skewed: bool,
    /// Whether every call is kept for the story.
    pub story: bool,
    /// What the operator does about an alarm.
    pub runbook: Runbook,
}

/// What one customer and the factory do, where it isn't left to chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Pays both by card.
    PaysByCard,
    /// Pays both by bank.
    PaysByBank,
    /// Pays both by cards that the bank wants confirmed.
    ConfirmsCard,
    /// Pays both on the gateway's page.
    PaysOnPage,
    /// Sends the money for both, in two parts each.
    Transfers,
    /// Pays the señal, never the balance.
    NeverPaysBalance,
    /// Never pays the señal.
    NeverPaysSignal,
    /// Orders what the factory refuses.
    Unbuildable,
}

impl Script {
    /// Every script, from which a random run chooses.
    pub const ALL: [Self; 8] = [
        Self::PaysByCard,
        Self::PaysByBank,
        Self::ConfirmsCard,
        Self::PaysOnPage,
        Self::Transfers,
        Self::NeverPaysBalance,
        Self::NeverPaysSignal,
        Self::Unbuildable,
    ];
}
