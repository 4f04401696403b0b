//! Money that leaves again after it was captured: refunds that banks work on, refunds made by hand,
//! returned debits and disputes, with their webhooks.

use super::engine::Simulation;
use super::events::Event;
use super::gateway::GATEWAY_TELLS;
use super::processes::{Caller, Outcome};
use super::settings::{DAY, HOUR, SECOND};
use crate::memory::{GatewayPayment, Ports};
use domain::AttemptId;
use domain::ids::{DisputeId, RefundId};
use domain::sale::{Dispute, DisputeState, PaymentOutcome, Refund, RefundState};
use domain::use_cases::take_money_back;
use jiff::Timestamp;

impl Simulation<'_> {
    /// What may become of captured money in the weeks after.
    pub(super) fn money_may_leave(&mut self, attempt: AttemptId) {
        let later = self.chance(30 * DAY);
        let event = match self.rng.below(100) {
            0..30 => Event::DebitReturned(attempt),
            30..45 => Event::RefundedByHand { attempt, whole: false },
            45..50 => Event::RefundedByHand { attempt, whole: true },
            50..65 => Event::DisputeMoves { attempt, to: DisputeState::Inquiry },
            _ => Event::DisputeMoves { attempt, to: DisputeState::Open },
        };
        self.after(later, event);
    }

    /// A debit that had succeeded is returned.
    pub(super) fn debit_returns(&mut self, attempt: AttemptId) {
        let taken_back = self.books(attempt, |known| {
            known.back.is_empty().then(|| known.back.returned = known.amount)
        });
        if taken_back.is_some() {
            self.after(SECOND, Event::GatewayTells { attempt, tries: 1 });
        }
    }

    pub(super) fn dispute_moves(&mut self, attempt: AttemptId, to: DisputeState) {
        let part = self.rng.percent(30);
        let moved = self.books(attempt, |known| {
            let id = DisputeId::parse(&format!("dp_{}", known.id)).ok()?;
            let amount = if part { known.amount / 5 } else { known.amount };
            let is_untouched = known.back.is_empty();
            match known.back.disputes.first_mut() {
                Some(dispute) => dispute.state = to,
                None if is_untouched => {
                    known.back.disputes.push(Dispute { id, amount, state: to });
                }
                // Banks don't dispute what went back already.
                None => return None,
            }
            Some(())
        });
        if moved.is_none() {
            return;
        }
        let next = match to {
            DisputeState::Inquiry => Some(DisputeState::Open).filter(|_| self.rng.percent(60)),
            DisputeState::Open if self.rng.percent(60) => Some(DisputeState::Won),
            DisputeState::Open => Some(DisputeState::Lost),
            DisputeState::Won | DisputeState::Lost => None,
        };
        if let Some(to) = next {
            let days = DAY + self.chance(20 * DAY);
            self.after(days, Event::DisputeMoves { attempt, to });
        }
        self.money_news(attempt);
    }

    /// Somebody gives money back at the gateway's own pages: a gesture, or all that is left.
    pub(super) fn refunded_by_hand(&mut self, attempt: AttemptId, whole: bool) {
        let now = self.world.with(|state| state.now);
        let made = self.books(attempt, |known| {
            let left = known.left();
            let amount = if whole { left } else { left / 10 };
            let made_at = Timestamp::from_millisecond(now).ok()?;
            let id = RefundId::parse(&format!("re_by_hand_{}", known.id)).ok()?;
            let refund = Refund { id, amount, state: RefundState::Succeeded, made_at };
            // The gateway refunds nothing that a bank holds.
            (known.taken() == 0 && amount > 0).then(|| known.back.refunds.push(refund))
        });
        if made.is_some() {
            self.money_news(attempt);
        }
    }

    /// The gateway made a refund, and tells of it; a bank may work on it for days, and fail.
    pub(super) fn refund_is_made(&mut self, attempt: AttemptId, refund: RefundId) {
        let days = DAY + self.chance(8 * DAY);
        self.after(days, Event::RefundSettles { attempt, refund });
        self.money_news(attempt);
    }

    pub(super) fn refund_settles(&mut self, attempt: AttemptId, id: &RefundId) {
        let fails = self.rng.percent(25);
        let settled = self.books(attempt, |known| {
            let mut pending = known.back.refunds.iter_mut();
            let refund = pending.find(|refund| refund.id == *id)?;
            let state = if fails { RefundState::Failed } else { RefundState::Succeeded };
            (refund.state == RefundState::Pending).then(|| refund.state = state)
        });
        // The news of it may never come: then it is asked for.
        if settled.is_some() && (self.script.is_some() || !self.rng.percent(5)) {
            self.money_news(attempt);
        }
    }

    /// Now, or so late that later news overtakes it, or both.
    fn money_news(&mut self, attempt: AttemptId) {
        let soon = self.chance(HOUR);
        let late = self.chance(25 * DAY);
        let twice = self.rng.percent(20);
        self.after(soon, Event::MoneyNews { attempt, tries: 0 });
        if twice {
            self.after(late, Event::MoneyNews { attempt, tries: 0 });
        }
    }

    pub(super) fn money_news_comes(&mut self, attempt: AttemptId, tries: u32) {
        let Some(payment) = self.books(attempt, |known| Some(known.id.clone())) else { return };
        self.spawn(Caller::MoneyNews { attempt, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-payment-update");
                let taken = take_money_back::take_money_back(&ports, &ports, &payment, now).await;
                Outcome::Webhook { taken: taken.is_ok() }
            })
        });
    }

    pub(super) fn money_news_read(&mut self, attempt: AttemptId, tries: u32, outcome: &Outcome) {
        let again = Event::MoneyNews { attempt, tries: tries.saturating_add(1) };
        self.send_again(outcome, tries, GATEWAY_TELLS, again);
    }

    /// Moves what the gateway's books say of a captured payment.
    fn books<T>(
        &self,
        attempt: AttemptId,
        change: impl FnOnce(&mut GatewayPayment) -> Option<T>,
    ) -> Option<T> {
        self.world.with(|state| {
            let known = state.payments.get_mut(&attempt.to_string());
            known
                .filter(|known| matches!(known.outcome, PaymentOutcome::Captured(_)))
                .and_then(change)
        })
    }
}
