//! Payments that the bank takes back: returned debits and disputes, with their webhooks.

use super::engine::Simulation;
use super::events::Event;
use super::gateway::GATEWAY_TELLS;
use super::processes::{Caller, Outcome};
use super::settings::{DAY, HOUR, SECOND};
use crate::memory::{GatewayPayment, Ports};
use domain::AttemptId;
use domain::ids::DisputeId;
use domain::sale::{DisputeNews, PaymentOutcome};
use domain::use_cases::pay;

impl Simulation<'_> {
    /// A debit that had succeeded is returned.
    pub(super) fn debit_returns(&mut self, attempt: AttemptId) {
        let taken_back = self.take_back(attempt, true);
        if taken_back {
            self.after(SECOND, Event::GatewayTells { attempt, tries: 1 });
        }
    }

    pub(super) fn dispute_moves(&mut self, attempt: AttemptId, news: DisputeNews) {
        if news == DisputeNews::Opened {
            if !self.take_back(attempt, false) {
                return;
            }
            let end = if self.rng.percent(60) { DisputeNews::Won } else { DisputeNews::Lost };
            let days = DAY + self.chance(20 * DAY);
            self.after(days, Event::DisputeMoves { attempt, news: end });
        } else if news == DisputeNews::Won {
            self.world.with(|state| {
                if let Some(known) = state.payments.get_mut(&attempt.to_string()) {
                    known.reversed = false;
                }
            });
        }
        // Now, or so late that later news overtakes it, or both.
        let soon = self.chance(HOUR);
        let late = self.chance(25 * DAY);
        if self.rng.percent(90) {
            self.after(soon, Event::DisputeTells { attempt, news, tries: 0 });
        }
        if self.rng.percent(20) || news != DisputeNews::Opened {
            self.after(late, Event::DisputeTells { attempt, news, tries: 0 });
        }
    }

    pub(super) fn dispute_tells(&mut self, attempt: AttemptId, news: DisputeNews, tries: u32) {
        let Some(payment) = self
            .world
            .with(|state| state.payments.get(&attempt.to_string()).map(|known| known.id.clone()))
        else {
            return;
        };
        self.spawn(Caller::Dispute { attempt, news, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-payment-update");
                let Ok(dispute) = DisputeId::parse(&format!("dp_{payment}")) else {
                    return Outcome::Died;
                };
                let update = pay::DisputeUpdate { payment, dispute, news };
                Outcome::Webhook {
                    taken: pay::take_dispute_update(&ports, &ports, update, now).await.is_ok(),
                }
            })
        });
    }

    pub(super) fn dispute_reads(
        &mut self,
        attempt: AttemptId,
        news: DisputeNews,
        tries: u32,
        outcome: &Outcome,
    ) {
        let again = Event::DisputeTells { attempt, news, tries: tries.saturating_add(1) };
        self.send_again(outcome, tries, GATEWAY_TELLS, again);
    }

    /// The bank takes a payment back that was captured and not refunded.
    fn take_back(&self, attempt: AttemptId, returned: bool) -> bool {
        self.world.with(|state| {
            let known = state.payments.get_mut(&attempt.to_string());
            let captured = |known: &&mut GatewayPayment| {
                matches!(known.outcome, PaymentOutcome::Captured(_)) && !known.reversed
            };
            let Some(known) = known.filter(captured).filter(|known| known.refunds.is_empty())
            else {
                return false;
            };
            known.reversed = true;
            known.returned = returned;
            true
        })
    }
}
