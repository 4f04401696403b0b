//! The operator, who hears an alarm, opens its page of the runbook, and does what it says.

use super::engine::Simulation;
use super::events::Event;
use super::record::Alarm;
use super::settings::HOUR;
use domain::ports::Message;

/// Whose queue of last resort a message is in, as `caas` names it, and that queue's alarm.
fn consumer(message: &Message) -> (&'static str, &'static str) {
    match message {
        Message::Notify { .. } => ("notifications", "NotificationDeadLettersAlarm"),
        Message::IssueCredentials { .. } | Message::ResetPassword { .. } => {
            ("credentials", "CredentialsDeadLettersAlarm")
        }
        Message::Refund { .. } => ("refunds", "RefundDeadLettersAlarm"),
    }
}

impl Alarm {
    /// The alarm's name in `infra/template.yaml`, which is its page's in `docs/runbook.md`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DeadMessage(message) => consumer(message).1,
            Self::DeadChange(_) => "UndeliverableQueueAlarm",
            Self::FailedExecution(..) => "SaleLifecycleFailedAlarm",
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
                if let Alarm::FailedExecution(sale, _) = alarm {
                    self.failed_again(*sale);
                }
            }
            _ => {}
        }
    }

    fn resend(&mut self, queue: &str) {
        let messages = std::mem::take(&mut self.given_up.messages);
        let (again, rest): (Vec<_>, _) =
            messages.into_iter().partition(|message| consumer(message).0 == queue);
        self.given_up.messages = rest;
        for message in again {
            self.after(0, Event::Deliver { message, tries: 0 });
        }
    }
}
