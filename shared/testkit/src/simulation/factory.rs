//! The factory: its vehicles' milestones, and the webhooks that tell of them.

use super::engine::Simulation;
use super::events::Event;
use super::processes::{Caller, Outcome};
use super::settings::{DAY, HOUR, SECOND, WINDOW};
use crate::memory::{Ports, short};
use domain::SaleId;
use domain::sale::Milestone;
use domain::use_cases::follow_factory;

/// How often the factory sends a webhook that isn't taken.
const FACTORY_TELLS: u32 = 40;

impl Simulation<'_> {
    /// Once it took an order, its vehicle goes from milestone to milestone.
    pub(super) fn factory_begins(&mut self, order: SaleId) {
        // A factory may fall silent: then the workflow has to ask.
        let silent = self.script.is_none() && self.rng.percent(4);
        let mut wait = 0;
        for milestone in Milestone::ALL {
            wait += HOUR + self.chance(6 * DAY);
            self.after(wait, Event::FactoryMoves { order, milestone });
            if !silent {
                let delay = if self.script.is_none() { self.chance(12 * HOUR) } else { SECOND };
                self.after(wait + delay, Event::FactoryTells { order, milestone, tries: 0 });
                if self.rng.percent(10) {
                    let copy = self.chance(10 * DAY);
                    self.after(
                        wait + delay + copy,
                        Event::FactoryTells { order, milestone, tries: 0 },
                    );
                }
            }
        }
    }

    pub(super) fn factory_moves(&mut self, order: SaleId, milestone: Milestone) {
        self.world.with(|state| {
            state.note("factory", || format!("{}: {milestone:?}", short(order)));
            if let Some(known) = state.orders.get_mut(&order.to_string()) {
                known.milestone = known.milestone.max(Some(milestone));
            }
        });
    }

    pub(super) fn factory_tells(&mut self, order: SaleId, milestone: Milestone, tries: u32) {
        let known = self.world.with(|state| state.orders.get(&order.to_string()).cloned());
        let Some(known) = known else { return };
        self.spawn(Caller::Factory { order, milestone, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-factory-update");
                let vehicle = (milestone >= Milestone::AtDealership).then(|| known.vehicle.clone());
                let update = follow_factory::Update {
                    sale: order,
                    order: known.id,
                    milestone,
                    vehicle,
                    estimated_delivery: None,
                };
                let taken = follow_factory::take_factory_update(&ports, update, WINDOW, now).await;
                Outcome::Webhook { taken: taken.is_ok() }
            })
        });
    }

    pub(super) fn factory_reads(
        &mut self,
        order: SaleId,
        milestone: Milestone,
        tries: u32,
        outcome: &Outcome,
    ) {
        let again = Event::FactoryTells { order, milestone, tries: tries.saturating_add(1) };
        self.send_again(outcome, tries, FACTORY_TELLS, again);
    }
}
