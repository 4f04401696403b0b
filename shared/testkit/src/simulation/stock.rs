//! The customers who want a vehicle that is in stock.

use super::engine::Simulation;
use super::events::Event;
use super::settings::{DAY, EPOCH, HOUR, SECOND};
use domain::use_cases::relay;

/// Vehicles are sold again until then, so that the last of those sales comes to its end as well.
const RESALES: i64 = 150 * DAY;

impl Simulation<'_> {
    /// A vehicle that a sale lets go of is wanted by some, at the same moment or weeks later; now
    /// and then somebody wants one that a sale has.
    pub(super) fn offer_stock(&mut self, change: &relay::Change) {
        let had =
            |sale: &domain::Sale| sale.vehicle().filter(|_| !sale.status().is_lost()).cloned();
        let (before, now) = (change.old.as_ref().and_then(had), had(&change.new));
        let now_at = self.world.with(|state| state.now);
        let late = now_at > EPOCH.saturating_mul(SECOND).saturating_add(RESALES);
        if self.script.is_some() || late {
            return;
        }
        let (vehicle, wanted) = match (before, now) {
            (Some(lost), None) => (lost, self.rng.below(4)),
            (None, Some(taken)) => (taken, u64::from(self.rng.percent(10))),
            _ => return,
        };
        let moment = self.chance(HOUR);
        for _ in 0..wanted {
            let customer = self.customers;
            self.customers = customer.saturating_add(1);
            let wait = if self.rng.percent(70) {
                moment.saturating_add(self.chance(SECOND))
            } else {
                self.chance(20 * DAY)
            };
            self.after(
                wait,
                Event::Register { customer, vehicle: Some(vehicle.clone()), tries: 0 },
            );
        }
    }
}
