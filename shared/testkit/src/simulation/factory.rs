//! The factory: its vehicles' milestones, and the webhooks that tell of them.

use super::engine::Simulation;
use super::events::{Event, Says};
use super::processes::{Caller, Outcome};
use super::settings::{DAY, HOUR, SECOND, TELL_BEYOND, WINDOW};
use crate::memory::{FIRST_ESTIMATE, Ports, short};
use domain::sale::{CaseKind, Milestone, Trouble};
use domain::use_cases::follow_factory;
use domain::{SaleId, Vin};
use jiff::ToSpan;

/// How often the factory sends a webhook that isn't taken.
const FACTORY_TELLS: u32 = 40;

/// How the VINs of vehicles begin that went out in the place of others.
const REPLACED: &str = "VSR";

/// The vehicle that goes out in the place of this one; itself where it has done so already.
fn instead(vehicle: &Vin) -> Vin {
    let text = vehicle.as_str().replacen("VSS", REPLACED, 1);
    Vin::parse(&text).unwrap_or_else(|_| vehicle.clone())
}

impl Simulation<'_> {
    /// Once it took an order, its vehicle goes from milestone to milestone, unless the factory
    /// cancels the order on the way, holds the vehicle back, or mistakes it for another.
    pub(super) fn factory_begins(&mut self, order: SaleId) {
        let free = self.script.is_none();
        // A factory may fall silent: then the workflow has to ask.
        let silent = free && self.rng.percent(4);
        let cancelled_at = (free && self.rng.percent(5)).then(|| self.chance(4));
        let mut wait = 0;
        for (passed, milestone) in (0..).zip(Milestone::ALL) {
            wait += HOUR + self.chance(6 * DAY);
            if cancelled_at == Some(passed) {
                self.after(wait, Event::FactoryCancels(order));
                return;
            }
            self.after(wait, Event::FactoryMoves { order, milestone });
            if free && self.rng.percent(3) {
                self.factory_says(order, Says::Trouble(Trouble::Held), wait + HOUR);
            }
            if free && milestone < Milestone::AtDealership && self.rng.percent(12) {
                // A small step, or a large one; a few small ones are a large one.
                let days = i32::try_from(self.chance(30)).unwrap_or_default();
                let (moved, wait) = (Says::Expects(milestone, days), wait + 13 * HOUR);
                self.factory_says(order, moved, wait);
            }
            if !silent {
                let delay = if free { self.chance(12 * HOUR) } else { SECOND };
                self.factory_says(order, Says::Milestone(milestone), wait + delay);
                if self.rng.percent(10) {
                    let copy = self.chance(10 * DAY);
                    self.factory_says(order, Says::Milestone(milestone), wait + delay + copy);
                }
            }
        }
        if free && self.rng.percent(5) {
            // Half of them are a slip of the pen.
            if wait % 2 == 0 {
                self.after(wait, Event::FactoryReplaces(order));
            }
            self.factory_says(order, Says::OtherVehicle, wait + DAY);
        }
    }

    fn factory_says(&mut self, order: SaleId, says: Says, wait: i64) {
        self.after(wait, Event::FactoryTells { order, says, tries: 0 });
    }

    pub(super) fn factory_moves(&mut self, order: SaleId, milestone: Milestone) {
        self.world.with(|state| {
            state.note("factory", || format!("{}: {milestone:?}", short(order)));
            if let Some(known) = state.orders.get_mut(&order.to_string()) {
                known.milestone = known.milestone.max(Some(milestone));
            }
        });
    }

    /// It tells of it until it is heard: nothing else would end the sale.
    pub(super) fn factory_cancels(&mut self, order: SaleId) {
        self.world.with(|state| {
            state.note("factory", || format!("{}: cancelled", short(order)));
            if let Some(known) = state.orders.get_mut(&order.to_string()) {
                known.cancelled = true;
            }
        });
        let delay = self.chance(12 * HOUR);
        self.factory_says(order, Says::Trouble(Trouble::Cancelled), delay);
    }

    pub(super) fn factory_replaces(&mut self, order: SaleId) {
        self.world.with(|state| {
            state.note("factory", || format!("{}: another vehicle", short(order)));
            if let Some(known) = state.orders.get_mut(&order.to_string()) {
                known.vehicle = instead(&known.vehicle);
            }
        });
    }

    pub(super) fn factory_tells(&mut self, order: SaleId, says: Says, tries: u32) {
        let known = self.world.with(|state| {
            let there = state.sales.get(&order).is_some_and(|row| row.sale.vehicle().is_some());
            // Before the sale knows its vehicle, another one would be taken for it.
            let ripe = !matches!(says, Says::OtherVehicle) || there;
            state.orders.get(&order.to_string()).filter(|_| ripe).cloned()
        });
        let Some(known) = known else { return };
        self.spawn(Caller::Factory { order, says, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-factory-update");
                let expected = match says {
                    Says::Expects(_, days) => FIRST_ESTIMATE.checked_add(days.days()).ok(),
                    _ => None,
                };
                let (milestone, vehicle) = match says {
                    Says::Expects(milestone, _) => (milestone, None),
                    Says::Milestone(milestone) => {
                        let there = milestone >= Milestone::AtDealership;
                        (milestone, there.then(|| known.vehicle.clone()))
                    }
                    Says::OtherVehicle => (Milestone::AtDealership, Some(instead(&known.vehicle))),
                    Says::Trouble(trouble) => {
                        let told = (known.id, trouble);
                        let taken = follow_factory::take_factory_trouble(&ports, order, told, now);
                        return Outcome::Webhook { taken: taken.await.is_ok() };
                    }
                };
                let update = follow_factory::Update {
                    sale: order,
                    order: known.id,
                    milestone,
                    vehicle,
                    estimated_delivery: expected,
                    reason: None,
                };
                let settings = follow_factory::Settings {
                    final_payment_window: WINDOW,
                    tell_beyond: TELL_BEYOND,
                };
                let taken =
                    follow_factory::take_factory_update(&ports, update, settings, now).await;
                Outcome::Webhook { taken: taken.is_ok() }
            })
        });
    }

    pub(super) fn factory_reads(
        &mut self,
        order: SaleId,
        says: Says,
        tries: u32,
        outcome: &Outcome,
    ) {
        let case = match says {
            Says::Milestone(_) | Says::Expects(..) => None,
            Says::Trouble(Trouble::Cancelled) => Some(CaseKind::OrderCancelled),
            Says::Trouble(Trouble::Held) => Some(CaseKind::OrderHeld),
            Says::OtherVehicle => Some(CaseKind::VehicleUnclear),
        };
        if matches!(outcome, Outcome::Webhook { taken: true }) {
            self.world.with(|state| {
                // What is over by then is nobody's case any more.
                let live = state.sales.get(&order).filter(|row| !row.sale.status().is_over());
                let built = live.is_some_and(|row| row.sale.vehicle().is_none());
                let of_sale = live.and_then(|row| row.sale.vehicle()).cloned();
                let known = state.orders.get_mut(&order.to_string()).filter(|_| live.is_some());
                if let Some(known) = known {
                    // It may have arrived after it took the other's place.
                    let is_its = of_sale == Some(instead(&known.vehicle));
                    let told = case.filter(|_| !matches!(says, Says::OtherVehicle) || !is_its);
                    known.troubles.extend(told);
                    if let (Says::Expects(_, days), true) = (says, built) {
                        known.expected.extend(FIRST_ESTIMATE.checked_add(days.days()));
                    }
                }
            });
        }
        let again = Event::FactoryTells { order, says, tries: tries.saturating_add(1) };
        self.send_again(outcome, tries, FACTORY_TELLS, again);
    }
}
