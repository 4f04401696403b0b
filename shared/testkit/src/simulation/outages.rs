//! How an outage begins, is noticed, and ends once an operator sees to it.

use super::engine::Simulation;
use super::events::Event;
use super::outage::Outage;
use super::processes::Caller;
use super::record::Alarm;
use super::standstill::Standstill;
use crate::asl::State as AslState;

impl Simulation<'_> {
    pub(super) fn outage_begins(&mut self, outage: Outage) {
        self.note("world", || format!("{outage:?}"));
        if matches!(outage, Outage::WorkflowStopped | Outage::WorkflowTooLong) {
            return self.workflow_stops(outage);
        }
        self.standstill = Some(Standstill { outage, is_noticed: false, held: Vec::new() });
    }

    /// A workflow ends before its sale does; where none runs, nothing happens.
    fn workflow_stops(&mut self, outage: Outage) {
        let machine = self.machine;
        let stopped = self.executions.iter_mut().find(|(_, execution)| {
            let task = matches!(machine.states.get(&execution.state), Some(AslState::Task(_)));
            task && !execution.done
        });
        let Some((sale, execution)) = stopped else { return };
        (execution.done, execution.waiting) = (true, false);
        let sale = *sale;
        self.alarm(Alarm::StoppedExecution(sale, outage));
    }

    /// Keeps an event for the outage's end, if it is one that waits.
    pub(super) fn held(&mut self, event: Event) -> Option<Event> {
        match &mut self.standstill {
            Some(standstill) if standstill.outage.holds(&event) => {
                standstill.held.push(event);
                self.notice();
                None
            }
            _ => Some(event),
        }
    }

    /// Whether a call comes to nothing.
    pub(super) fn is_turned_away(&mut self, caller: &Caller) -> bool {
        let fails = self.standstill.as_ref().is_some_and(|of| of.outage.fails(caller));
        if fails {
            self.notice();
        }
        fails
    }

    /// The first call that doesn't come through is what the alarm counts from.
    fn notice(&mut self) {
        if let Some(standstill) = self.standstill.as_mut().filter(|of| !of.is_noticed) {
            standstill.is_noticed = true;
            let outage = standstill.outage;
            self.after(outage.alarm().1, Event::OutageIsSeen(outage));
        }
    }

    pub(super) fn outage_is_seen(&mut self, outage: Outage) {
        self.alarm(Alarm::Outage(outage));
    }

    /// What was done ends this outage, if it is the one under way.
    pub(super) fn outage_ends(&mut self, ends: impl FnOnce(Outage) -> bool) {
        let ended = self.standstill.take_if(|standstill| ends(standstill.outage));
        for event in ended.into_iter().flat_map(|standstill| standstill.held) {
            self.after(0, event);
        }
    }
}
