//! One process's connection to the world, with the gate of its calls.

use super::story::{Happening, Line};
use super::world::{State, World};
use crate::faults::{Fault, Site};
use std::cell::Cell;

/// One process's connection to the world.
#[derive(Debug)]
pub struct Ports<'w> {
    pub(super) world: &'w World,
    process: &'static str,
    calls: Cell<u32>,
}

impl<'w> Ports<'w> {
    /// A connection for a process of this name.
    pub fn new(world: &'w World, process: &'static str) -> Self {
        Self { world, process, calls: Cell::new(0) }
    }

    /// How many calls this process made.
    pub fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// The gate of every call. `lost` is what the caller sees when no answer comes.
    pub(super) async fn call<T>(
        &self,
        site: Site,
        lost: T,
        mut act: impl FnMut(&mut State) -> T,
    ) -> T {
        self.calls.set(self.calls.get().saturating_add(1));
        let (fault, latency) = self.world.with(|state| {
            let number = state.calls;
            state.calls = number.saturating_add(1);
            let fault = state.plan.fault(number, &mut state.plan_rng);
            state.faults.extend(fault.map(|fault| (number, fault)));
            if let Some(story) = &mut state.story {
                story.push(Line {
                    at: state.now,
                    who: self.process,
                    what: Happening::Called { number, site, fault },
                });
            }
            let usual = 1 + i64::try_from(state.rng.below(40)).unwrap_or(0);
            let latency = match fault {
                Some(Fault::Delayed) => Some(usual.saturating_mul(10_000)),
                Some(Fault::LostRequest | Fault::LostAnswer) => Some(4_000),
                _ => Some(usual),
            };
            (fault, latency.filter(|_| state.latency))
        });
        if let Some(millis) = latency {
            self.world.sleep(millis).await;
        }
        match fault {
            None | Some(Fault::Delayed) => self.world.with(act),
            Some(Fault::LostRequest | Fault::Throttled | Fault::ServerError) => lost,
            Some(Fault::LostAnswer) => {
                self.world.with(act);
                lost
            }
            Some(Fault::Twice) => {
                self.world.with(&mut act);
                self.world.with(act)
            }
            Some(Fault::CrashBefore) => {
                self.world.crash().await;
                lost
            }
            Some(Fault::CrashAfter) => {
                self.world.with(act);
                self.world.crash().await;
                lost
            }
        }
    }
}
