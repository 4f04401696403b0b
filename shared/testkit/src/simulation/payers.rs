//! The customers while a payment waits for them: at the bank's page, on the gateway's, or with their
//! own bank.

use super::engine::Simulation;
use super::events::Event;
use super::gateway::GATEWAY_TELLS;
use super::processes::{Caller, Outcome};
use super::settings::{DAY, HOUR, MINUTE, SECOND};
use crate::memory::Ports;
use domain::AttemptId;
use domain::sale::{Decline, NextAction, PaymentOutcome};
use domain::use_cases::pay;

/// What a payment looks like to whoever pays it.
enum View {
    Confirm,
    Page,
    /// So much is missing.
    Transfer(u64),
    /// Nothing waits for the money; this much would be the whole of it.
    Over(u64),
}

impl Simulation<'_> {
    /// A payment waits for its customer from now on.
    pub(super) fn payer_considers(&mut self, attempt: AttemptId) {
        let Some(view) = self.view(attempt) else { return };
        let expires_at = self.world.with(|state| {
            state.payments.get(&attempt.to_string()).and_then(|known| known.expires_at)
        });
        let wait = match view {
            _ if self.script.is_some() => MINUTE,
            View::Confirm => self.chance(2 * HOUR),
            View::Page => self.chance(26 * HOUR),
            View::Transfer(_) | View::Over(_) => self.chance(4 * DAY),
        };
        self.after(wait, Event::PayerActs { attempt, acts: 0 });
        if let (View::Page, Some(at)) = (view, expires_at) {
            self.at(at, Event::PageExpires(attempt));
        }
    }

    pub(super) fn payer_acts(&mut self, attempt: AttemptId, acts: u32) {
        let Some(view) = self.view(attempt) else { return };
        let chance = if self.script.is_some() { 0 } else { self.rng.below(100) };
        match view {
            View::Confirm => match chance {
                0..=69 => self.gateway_moves(attempt, PaymentOutcome::Captured),
                70..=84 => self.gateway_moves(attempt, |_| {
                    PaymentOutcome::Declined(Decline::AuthenticationRequired)
                }),
                _ => {}
            },
            View::Page => match chance {
                0..=59 => self.gateway_moves(attempt, PaymentOutcome::Captured),
                // A card is declined there, and the page takes another one.
                60..=79 if acts < 3 => {
                    self.tell(attempt);
                    let wait = self.chance(HOUR);
                    self.after(wait, Event::PayerActs { attempt, acts: acts.saturating_add(1) });
                }
                _ => {}
            },
            View::Transfer(left) => {
                let halves = self.script.is_some() && acts == 0;
                let part = match chance {
                    _ if halves => left / 2,
                    0..=49 => left,
                    50..=79 => left / 2,
                    80..=89 => left.saturating_add(5_000),
                    _ => return,
                };
                self.money_comes(attempt, part);
                if part < left && acts < 3 {
                    let wait = if self.script.is_some() { HOUR } else { self.chance(2 * DAY) };
                    self.after(wait, Event::PayerActs { attempt, acts: acts.saturating_add(1) });
                }
            }
            // The order to the bank was given before.
            View::Over(amount) if chance < 50 && acts == 0 && self.script.is_none() => {
                self.money_comes(attempt, amount);
            }
            View::Over(_) => {}
        }
    }

    /// The gateway ends its page.
    pub(super) fn page_expires(&mut self, attempt: AttemptId) {
        if matches!(self.view(attempt), Some(View::Page)) {
            self.gateway_moves(attempt, PaymentOutcome::Expired);
        }
    }

    pub(super) fn funds_tell(&mut self, attempt: AttemptId, tries: u32) {
        let sale = self
            .world
            .with(|state| state.payments.get(&attempt.to_string()).map(|known| known.sale));
        let Some(sale) = sale else { return };
        self.spawn(Caller::Funds { attempt, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-payment-update");
                let update = pay::Update { sale, attempt, news: pay::PaymentNews::FundsCame };
                Outcome::Webhook {
                    taken: pay::take_payment_update(&ports, &ports, update, now).await.is_ok(),
                }
            })
        });
    }

    pub(super) fn funds_read(&mut self, attempt: AttemptId, tries: u32, outcome: &Outcome) {
        let again = Event::FundsTell { attempt, tries: tries.saturating_add(1) };
        self.send_again(outcome, tries, GATEWAY_TELLS, again);
    }

    fn view(&self, attempt: AttemptId) -> Option<View> {
        self.world.with(|state| {
            let known = state.payments.get(&attempt.to_string())?;
            let by_transfer =
                matches!(known.first, PaymentOutcome::AwaitsCustomer(_, NextAction::Transfer(_)));
            match &known.outcome {
                PaymentOutcome::AwaitsCustomer(_, NextAction::Confirm { .. }) => {
                    Some(View::Confirm)
                }
                PaymentOutcome::AwaitsCustomer(_, NextAction::Pay { .. }) => Some(View::Page),
                PaymentOutcome::AwaitsCustomer(_, NextAction::Transfer(transfer)) => {
                    Some(View::Transfer(transfer.remaining))
                }
                _ if by_transfer => Some(View::Over(known.amount)),
                _ => None,
            }
        })
    }

    /// The gateway's books change, and a webhook tells of it; now and then it doesn't.
    fn gateway_moves(
        &mut self,
        attempt: AttemptId,
        next: impl Fn(domain::ids::GatewayPaymentId) -> PaymentOutcome,
    ) {
        self.world.with(|state| {
            if let Some(known) = state.payments.get_mut(&attempt.to_string()) {
                known.outcome = next(known.id.clone());
            }
        });
        if self.script.is_some() || !self.rng.percent(5) {
            self.tell(attempt);
        }
    }

    /// Money reaches the account: the payment takes what it lacks, and keeps the rest for its buyer.
    fn money_comes(&mut self, attempt: AttemptId, part: u64) {
        self.world.with(|state| {
            let Some(known) = state.payments.get_mut(&attempt.to_string()) else { return };
            let mut rest = part;
            if let PaymentOutcome::AwaitsCustomer(id, NextAction::Transfer(transfer)) =
                &mut known.outcome
            {
                let taken = transfer.remaining.min(rest);
                rest = rest.saturating_sub(taken);
                transfer.remaining = transfer.remaining.saturating_sub(taken);
                if transfer.remaining == 0 {
                    known.outcome = PaymentOutcome::Captured(id.clone());
                }
            }
            known.cash = known.cash.saturating_add(rest);
        });
        self.tell(attempt);
        let wait = SECOND + self.chance(5 * SECOND);
        self.after(wait, Event::FundsTell { attempt, tries: 0 });
    }

    fn tell(&mut self, attempt: AttemptId) {
        self.after(SECOND, Event::GatewayTells { attempt, tries: 0 });
    }
}
