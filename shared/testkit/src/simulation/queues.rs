//! The queues, and the functions that handle their messages.

use super::engine::Simulation;
use super::events::Event;
use super::processes::{Caller, Outcome};
use super::record::Alarm;
use super::settings::{BURST, MINUTE, SECOND};
use crate::memory::Ports;
use domain::ports::{Message, StoredCredentials};
use domain::use_cases::{issue_credentials, refund, send_notification};

impl Simulation<'_> {
    /// The queue delivers a message, now and then twice.
    pub(super) fn message_comes(&mut self, message: Message) {
        let burst =
            if message.may_wait() { i64::try_from(BURST.as_millis()).unwrap_or(0) } else { 0 };
        let wait = burst + 20 + self.chance(500);
        if self.rng.percent(2) {
            let again = wait + self.chance(MINUTE);
            self.after(again, Event::Deliver { message: message.clone(), tries: 0 });
        }
        self.after(wait, Event::Deliver { message, tries: 0 });
    }

    pub(super) fn deliver(&mut self, message: Message, tries: u32) {
        let caller = Caller::Queue { message: message.clone(), tries };
        let (secret, salt) = (self.rng.bits(), self.rng.bits());
        self.spawn(caller, |world, now| {
            Box::pin(async move {
                let done = match message {
                    Message::IssueCredentials { customer } => {
                        let ports = Ports::new(world, "issue-credentials");
                        let fresh = || issue_credentials::FreshCredentials {
                            initial_password: format!("{secret:x}"),
                            activation_token: format!("{salt:x}"),
                            stored: StoredCredentials {
                                password_hash: format!("hash of {secret:x}"),
                                activation_token_digest: format!("digest of {salt:x}"),
                                expires_at: now,
                            },
                        };
                        issue_credentials::issue_credentials(&ports, &ports, &customer, fresh)
                            .await
                            .is_ok()
                    }
                    // Nobody in a simulation forgets a password.
                    Message::ResetPassword { .. } => true,
                    Message::Notify { sale, fact, notification } => {
                        let ports = Ports::new(world, "send-notification");
                        send_notification::send_notification(
                            &ports,
                            (&ports, &ports, &ports),
                            (sale, fact, notification),
                            BURST,
                            now,
                        )
                        .await
                        .is_ok()
                    }
                    Message::Refund { sale } => {
                        let ports = Ports::new(world, "refund-payment");
                        refund::refund_payments(&ports, &ports, sale, now).await.is_ok()
                    }
                };
                Outcome::Consumed { done }
            })
        });
    }

    /// A message that isn't handled comes again; at last it is an operator's.
    pub(super) fn consumed(&mut self, message: Message, tries: u32, outcome: &Outcome) {
        if matches!(outcome, Outcome::Consumed { done: true }) {
            return;
        }
        let tries = tries.saturating_add(1);
        if tries < 5 {
            let wait = 30 * SECOND + self.chance(SECOND);
            self.after(wait, Event::Deliver { message, tries });
        } else {
            self.given_up.messages.push(message.clone());
            self.alarm(Alarm::DeadMessage(message));
        }
    }
}
