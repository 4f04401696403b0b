//! A run, from its scenario to what it came to.

use super::engine::Simulation;
use super::events::Event;
use super::record::Run;
use super::scenario::Scenario;
use super::settings::{DAY, EPOCH, HOUR, SECOND};
use crate::asl::Machine;
use crate::memory::World;
use domain::contact::{Channel, ChannelSet, Contact, Device, Preferences, Topic};
use jiff::Timestamp;

/// A run that has more events than this a sale is going round in circles.
const MAX_EVENTS: u64 = 50_000;

/// Runs a scenario to its end.
pub fn run(machine: &Machine, scenario: &Scenario) -> Run {
    let start = Timestamp::from_second(EPOCH).unwrap_or(Timestamp::UNIX_EPOCH);
    let world = World::new(scenario.seed ^ 0xA5A5, start, scenario.plan.clone(), true);
    if scenario.story {
        world.with(|state| state.story = Some(Vec::new()));
    }
    if scenario.script.is_none() && scenario.seed.is_multiple_of(3) {
        world.with(|state| state.contact = all_ears());
    }
    let end = {
        let mut simulation = Simulation::new(&world, machine, scenario);
        if scenario.script.is_none() && simulation.rng.percent(10) {
            let from = EPOCH.saturating_mul(SECOND).saturating_add(simulation.chance(30 * DAY));
            let until = from.saturating_add(simulation.chance(48 * HOUR));
            world.with(|state| state.gateway_down = (from, until));
        }
        if let Some((after, outage)) = scenario.outage {
            simulation.after(after, Event::OutageBegins(outage));
        }
        for customer in 0..scenario.sales {
            let after = simulation.chance(HOUR);
            simulation.after(after, Event::Register { customer, vehicle: None, tries: 0 });
        }
        let at_rest = simulation.play(MAX_EVENTS.saturating_mul(scenario.sales));
        simulation.end(at_rest, scenario)
    };
    end(world)
}

impl Simulation<'_> {
    /// What the run came to, once its world is given back.
    fn end(self, at_rest: bool, of: &Scenario) -> impl FnOnce(World) -> Run + use<> {
        let (skewed, had_outage) = (of.skewed, of.outage.is_some());
        let restless = self.restless();
        let executions = || self.executions.iter();
        let transitions = executions().map(|(sale, of)| (*sale, of.transitions)).collect();
        let unfinished = executions().filter(|(_, of)| !of.done);
        let unfinished = unfinished.map(|(sale, of)| (*sale, of.state.clone())).collect();
        let given_up = self.given_up.messages.len().saturating_add(self.given_up.changes.len());
        let standstill = self.standstill.filter(|of| of.is_noticed).map(|of| of.outage);
        let (answers, alarms, sales) = (self.answers, self.alarms, self.customers);
        let closures = self.closures;
        move |world| Run {
            world,
            answers,
            alarms,
            given_up,
            had_outage,
            standstill,
            transitions,
            unfinished,
            sales,
            skewed,
            at_rest,
            restless,
            closures,
        }
    }
}

/// A customer who wants to hear of everything, by everything.
fn all_ears() -> Contact {
    let every = ChannelSet::from_iter(Channel::ALL);
    let preferences =
        Topic::ALL.into_iter().fold(Preferences::default(), |all, topic| all.with(topic, every));
    Contact { preferences, devices: vec![Device("device".to_owned())] }
}
