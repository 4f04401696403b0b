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
    let (answers, alarms, given_up, transitions, unfinished, at_rest, restless, closures, sales) = {
        let mut simulation = Simulation::new(&world, machine, scenario);
        if scenario.script.is_none() && simulation.rng.percent(10) {
            let from = EPOCH.saturating_mul(SECOND).saturating_add(simulation.chance(30 * DAY));
            let until = from.saturating_add(simulation.chance(48 * HOUR));
            world.with(|state| state.gateway_down = (from, until));
        }
        for customer in 0..scenario.sales {
            let after = simulation.chance(HOUR);
            simulation.after(after, Event::Register { customer, vehicle: None, tries: 0 });
        }
        let at_rest = simulation.play(MAX_EVENTS.saturating_mul(scenario.sales));
        let transitions = simulation
            .executions
            .iter()
            .map(|(sale, execution)| (*sale, execution.transitions))
            .collect();
        let open = simulation.executions.iter().filter(|(_, execution)| !execution.done);
        let unfinished = open.map(|(sale, execution)| (*sale, execution.state.clone())).collect();
        let restless = simulation.restless();
        let (closures, sales) = (simulation.closures, simulation.customers);
        (
            simulation.answers,
            simulation.alarms,
            simulation.given_up.messages.len().saturating_add(simulation.given_up.changes.len()),
            transitions,
            unfinished,
            at_rest,
            restless,
            closures,
            sales,
        )
    };
    Run {
        world,
        answers,
        alarms,
        given_up,
        transitions,
        unfinished,
        sales,
        skewed: scenario.skewed,
        at_rest,
        restless,
        closures,
    }
}

/// A customer who wants to hear of everything, by everything.
fn all_ears() -> Contact {
    let every = ChannelSet::from_iter(Channel::ALL);
    let preferences =
        Topic::ALL.into_iter().fold(Preferences::default(), |all, topic| all.with(topic, every));
    Contact { preferences, devices: vec![Device("device".to_owned())] }
}
