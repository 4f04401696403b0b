//! The gateway: transfers that the bank settles, and the webhooks that tell of payments.

use super::engine::Simulation;
use super::events::Event;
use super::processes::{Caller, Outcome};
use super::settings::{DAY, SECOND};
use crate::memory::Ports;
use domain::AttemptId;
use domain::money::{Currency, Money};
use domain::sale::{Decline, Means, NextAction, PaymentOutcome};
use domain::use_cases::pay;

/// How often the gateway sends a webhook that isn't taken, at an hour's distance at last: three
/// days, as Stripe does (<https://docs.stripe.com/webhooks#retries>).
pub(super) const GATEWAY_TELLS: u32 = 82;

impl Simulation<'_> {
    /// Its webhooks tell of what it was asked for, once it is heard again.
    pub(super) fn gateway_has_news(&mut self, news: Vec<AttemptId>) {
        let silent = self.world.with(|state| {
            if state.is_gateway_down() { state.gateway_down.1.saturating_sub(state.now) } else { 0 }
        });
        for attempt in news {
            let wait = silent + SECOND + self.chance(5 * SECOND);
            self.after(wait, Event::GatewayTells { attempt, tries: 0 });
        }
    }

    /// The bank works on a transfer for days.
    pub(super) fn bank_works_on(&mut self, attempt: AttemptId) {
        let days = DAY + self.chance(4 * DAY);
        self.after(days, Event::BankSettles(attempt));
    }

    pub(super) fn bank_settles(&mut self, attempt: AttemptId) {
        let paid = self.world.with(|state| {
            let token = state
                .sales
                .values()
                .flat_map(|row| row.sale.all_attempts())
                .find(|(_, known)| known.id == attempt);
            let fails = token.is_some_and(|(_, known)| {
                matches!(&known.means, Means::SepaDebit(token, _) if token.as_str() == "pm_bank_fails")
            });
            state.payments.get_mut(&attempt.to_string()).map(|known| {
                let done = PaymentOutcome::Captured(known.id.clone());
                known.outcome =
                    if fails { PaymentOutcome::Declined(Decline::Declined) } else { done };
            })
        });
        if paid.is_some() && (self.script.is_some() || !self.rng.percent(5)) {
            self.after(SECOND, Event::GatewayTells { attempt, tries: 0 });
        }
    }

    pub(super) fn gateway_tells(&mut self, attempt: AttemptId, tries: u32) {
        let known = self.world.with(|state| state.payments.get(&attempt.to_string()).cloned());
        let Some(known) = known else { return };
        let kept = matches!(known.outcome, PaymentOutcome::Captured(_)) && tries == 0;
        if kept && self.script.is_none() && self.rng.percent(6) {
            self.money_may_leave(attempt);
        }
        let Ok(amount) = Money::new(known.amount, Currency::EUR) else { return };
        self.spawn(Caller::Gateway { attempt, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-payment-update");
                let news = match known.told() {
                    PaymentOutcome::Captured(payment) => {
                        pay::PaymentNews::Captured(payment, amount)
                    }
                    // The news of an open page is that a card was declined there.
                    PaymentOutcome::Declined(_)
                    | PaymentOutcome::AwaitsCustomer(_, NextAction::Pay { .. }) => {
                        pay::PaymentNews::Failed
                    }
                    _ => pay::PaymentNews::Moved,
                };
                let update = pay::Update { sale: known.sale, attempt: known.attempt, news };
                Outcome::Webhook {
                    taken: pay::take_payment_update(&ports, &ports, update, now).await.is_ok(),
                }
            })
        });
    }

    pub(super) fn gateway_reads(&mut self, attempt: AttemptId, tries: u32, outcome: &Outcome) {
        let again = Event::GatewayTells { attempt, tries: tries.saturating_add(1) };
        self.send_again(outcome, tries, GATEWAY_TELLS, again);
    }
}
