//! The schedule that asks partners for what was left open.

use super::engine::Simulation;
use super::events::Event;
use super::processes::{Caller, Outcome};
use super::settings::{DAY, HOUR, MINUTE, PATIENCE};
use crate::memory::Ports;
use domain::sale::CaseKind;
use domain::use_cases::reconcile;

impl Simulation<'_> {
    /// The schedule runs day and night; here only while something is open that it could settle, and
    /// rarely once people know.
    pub(super) fn plan_reconciliation(&mut self) {
        let (open, known) = self.world.with(|state| {
            let sales = || {
                state
                    .sales
                    .values()
                    .map(|row| &row.sale)
                    .filter(|sale| sale.unsettled_since().is_some())
            };
            (
                sales().filter_map(domain::Sale::unsettled_since).min(),
                // A case about something else says nothing of money that is open.
                sales().all(|sale| {
                    [CaseKind::PaymentUnsettled, CaseKind::RefundUnsettled]
                        .into_iter()
                        .any(|kind| sale.has_open_case(kind))
                }),
            )
        });
        let Some(since) = open else { return };
        let due = since
            .as_millisecond()
            .saturating_add(i64::try_from(PATIENCE.ask_after.as_millis()).unwrap_or(HOUR));
        let pause = if known { DAY } else { 15 * MINUTE };
        let next = due.max(self.world.with(|state| state.now).saturating_add(pause));
        if self.reconciliation.is_none_or(|planned| next < planned) {
            self.reconciliation = Some(next);
            self.at(next, Event::Reconcile);
        }
    }

    /// Asks for what was left open, unless an earlier round did.
    pub(super) fn reconcile(&mut self) {
        if self.reconciliation.is_none_or(|planned| self.world.with(|state| state.now) < planned) {
            return;
        }
        self.reconciliation = None;
        self.spawn(Caller::Schedule, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "reconcile-payments");
                let _ = reconcile::reconcile_payments(&ports, &ports, PATIENCE, now).await;
                Outcome::Reconciled
            })
        });
    }
}
