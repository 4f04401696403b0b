//! The operator, who hears an alarm, opens its page of the runbook, and does what it says.

use super::consumer::consumer;
use super::engine::Simulation;
use super::events::Event;
use super::outage::Outage;
use super::record::Alarm;
use super::settings::HOUR;

/// Whether a page means this function: it names it, or the one that the alarm names.
fn is_meant(named: &str, function: &str) -> bool {
    named == function || named == "<function>"
}

impl Alarm {
    /// The alarm's name in `infra/template.yaml`, which is its page's in `docs/runbook.md`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DeadMessage(message) => consumer(message).alarm,
            Self::DeadChange(_) => "UndeliverableQueueAlarm",
            Self::FailedExecution(..) => "SaleLifecycleFailedAlarm",
            Self::StoppedExecution(_, outage) | Self::Outage(outage) => outage.alarm().0,
        }
    }
}

impl Simulation<'_> {
    /// Wakes the operator, who is there an hour later.
    pub(super) fn alarm(&mut self, alarm: Alarm) {
        self.note("operator", || format!("{}: {alarm:?}", alarm.name()));
        self.after(HOUR, Event::OperatorReads(alarm.clone()));
        self.alarms.push(alarm);
    }

    /// Does the page's command, as `caas` does it.
    pub(super) fn repair(&mut self, alarm: &Alarm) {
        let command = self.runbook.repair(alarm.name()).unwrap_or_default().to_owned();
        self.note("operator", || command.clone());
        match command.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["caas", "resend", queue, ..] => self.resend(queue),
            ["caas", "replay", "--all", ..] => {
                for change in std::mem::take(&mut self.given_up.changes) {
                    self.after(0, Event::RelayChanges { changes: vec![change], tries: 0 });
                }
            }
            ["caas", "redrive", "<sale>", ..] => {
                if let Alarm::FailedExecution(sale, _) | Alarm::StoppedExecution(sale, _) = alarm {
                    self.failed_again(*sale);
                }
            }
            ["caas", "enable", function, ..] => {
                self.outage_ends(
                    |outage| matches!(outage, Outage::SwitchedOff(of) if is_meant(function, of)),
                );
            }
            ["caas", "roll-back", function, "--to", "<version>", ..] => {
                self.outage_ends(
                    |outage| matches!(outage, Outage::BadRelease(of) if is_meant(function, of)),
                );
            }
            ["caas", "rotate-secret", "FactoryWebhookSecret", "--why", ..] => {
                self.outage_ends(|outage| outage == Outage::WebhooksRefused);
            }
            // What no command does: the page's own words.
            ["Call", "the", "dealership's", "manager"] => {
                self.outage_ends(|outage| outage == Outage::CasesUnseen);
            }
            ["Ask", "for", "more", ..] => {
                self.outage_ends(|outage| outage == Outage::CallsTurnedAway);
            }
            ["Stop", "it"] => self.outage_ends(|outage| outage == Outage::WritesTurnedAway),
            _ => {}
        }
    }

    fn resend(&mut self, queue: &str) {
        let messages = std::mem::take(&mut self.given_up.messages);
        let (again, rest): (Vec<_>, _) =
            messages.into_iter().partition(|message| consumer(message).dead_letters == queue);
        self.given_up.messages = rest;
        for message in again {
            self.after(0, Event::Deliver { message, tries: 0 });
        }
    }
}
