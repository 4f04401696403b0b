//! An outage under way: which calls come to nothing by it, and which wait for its end.

use super::consumer::consumer;
use super::events::Event;
use super::outage::Outage;
use super::processes::Caller;
use domain::sale::PaymentKind;

/// An outage under way.
pub(super) struct Standstill {
    pub(super) outage: Outage,
    pub(super) is_noticed: bool,
    /// What waits for its end.
    pub(super) held: Vec<Event>,
}

impl Outage {
    /// Whether it keeps an event waiting.
    pub(super) fn holds(self, event: &Event) -> bool {
        match event {
            Event::RelayChanges { .. } => self == Self::SwitchedOff("relay-events"),
            Event::Reconcile => self == Self::SwitchedOff("reconcile-payments"),
            Event::Deliver { message, .. } => self == Self::SwitchedOff(consumer(message).function),
            Event::ManagerLooks { .. } => self == Self::CasesUnseen,
            _ => false,
        }
    }

    /// Whether a call fails by it.
    pub(super) fn fails(self, caller: &Caller) -> bool {
        match self {
            Self::CallsTurnedAway | Self::WritesTurnedAway => true,
            Self::WebhooksRefused => matches!(caller, Caller::Factory { .. }),
            Self::BadRelease(function) => called(caller) == Some(function),
            _ => false,
        }
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
        Caller::Queue { message, .. } => Some(consumer(message).function),
        Caller::Manager { .. } | Caller::Workflow { .. } => None,
    }
}
