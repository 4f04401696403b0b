//! The table's stream, whose changes the relay takes in batches.

use super::engine::Simulation;
use super::events::Event;
use super::processes::{Caller, Outcome};
use super::record::Alarm;
use super::settings::{DAY, SECOND};
use crate::memory::Ports;
use domain::use_cases::relay;

impl Simulation<'_> {
    /// The stream tells of changes; people see some of them, and the relay gets them all.
    pub(super) fn changes_come(&mut self, changes: Vec<relay::Change>) {
        for change in changes.iter().filter(|change| change.opened_cases() > 0) {
            let days = DAY + self.chance(30 * DAY);
            self.after(days, Event::ManagerLooks { sale: change.new.id, looks: 0 });
        }
        for change in &changes {
            self.offer_stock(change);
            self.prepare_delivery(change);
        }
        let wait = 20 + self.chance(200);
        self.after(wait, Event::RelayChanges { changes, tries: 0 });
    }

    pub(super) fn relay(&mut self, changes: Vec<relay::Change>, tries: u32) {
        let caller = Caller::Stream { changes: changes.clone(), tries };
        self.spawn(caller, |world, _| {
            Box::pin(async move {
                let ports = Ports::new(world, "relay-events");
                for (done, change) in changes.iter().enumerate() {
                    if relay::relay(&ports, &ports, &ports, &ports, change).await.is_err() {
                        return Outcome::Relayed { done };
                    }
                }
                Outcome::Relayed { done: changes.len() }
            })
        });
    }

    pub(super) fn relayed(
        &mut self,
        mut changes: Vec<relay::Change>,
        tries: u32,
        outcome: &Outcome,
    ) {
        let done = match outcome {
            Outcome::Relayed { done } => *done,
            _ => 0,
        };
        changes.drain(..done.min(changes.len()));
        let tries = if done > 0 { 0 } else { tries.saturating_add(1) };
        if tries > 10 && !changes.is_empty() {
            // Out of tries: the first is kept, and an operator called.
            let dead = changes.remove(0);
            let sale = dead.new.id;
            self.given_up.changes.push(dead);
            self.alarm(Alarm::DeadChange(sale));
        }
        if !changes.is_empty() {
            let wait = SECOND + self.chance(5 * SECOND);
            self.after(wait, Event::RelayChanges { changes, tries });
        }
    }
}
