//! Every reachable state of the sale's rules: the domain's own `decide`, `evolve`, `effects` and
//! `vehicle_change`, in a world where each function is a process that reads, commits, calls its
//! partner and commits again, where any process may be overtaken or crash between any two steps,
//! and where the partners' webhooks come late, in any order, any number of times.
//!
//! `cargo test -p testkit --test model_check -- --nocapture` prints how many states there are.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "all of this is test code")]

mod cases;
mod model;
mod properties;
mod steps;
mod world;

use cases::{CASES, Case};
use model::Lifecycles;
use properties::ALWAYS;
use stateright::{Checker, HasDiscoveries, Model};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::{iter, thread};
use steps::{Action, Store};

/// A case as a model, with a store.
fn lifecycles(case: &Case, store: Store) -> Lifecycles {
    let start = (case.start)();
    Lifecycles { start, scope: case.scope, possible: case.possible, always: &ALWAYS, store }
}

/// Looks at every state that can be reached; answers how many there are.
fn exhaust(case: &Case) -> usize {
    let checker = lifecycles(case, Store::Sound).checker().spawn_bfs().join();
    let (states, steps, depth) =
        (checker.unique_state_count(), checker.state_count(), checker.max_depth());
    println!("{}: {states} states, {steps} transitions, {depth} deep", case.name);
    checker.assert_properties();
    states
}

#[test]
fn every_reachable_state_keeps_the_invariants() {
    // A case for each core.
    let (cases, cores) = (Mutex::new(CASES.iter()), thread::available_parallelism().unwrap());
    let work = || iter::from_fn(|| cases.lock().unwrap().next()).map(exhaust).sum::<usize>();
    let states: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores.get()).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    println!("together: {states} states, which are all");
    assert!(states >= 100_000, "{states} states are fewer than were asked for");
}

/// The first property to fail with this store, and the steps that lead there.
fn broken(case: &Case, store: Store) -> (&'static str, Vec<Action>) {
    let names: BTreeSet<_> = ALWAYS.into_iter().map(|(name, _)| name).collect();
    let checker = lifecycles(case, store)
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let found = checker.discoveries().into_iter().find(|(name, _)| names.contains(name));
    assert!(found.is_some(), "{}: {store:?} breaks nothing", case.name);
    let (name, path) = found.unwrap();
    let steps = path.into_actions();
    println!("{}, {store:?}: \"{name}\" fails after {steps:?}", case.name);
    (name, steps)
}

/// The check sees what it is for: wherever processes overtake each other, a commit that compares no
/// versions breaks an invariant.
#[test]
fn a_store_that_takes_any_version_breaks_them() {
    for case in CASES.iter().filter(|case| case.scope.processes > 1) {
        broken(case, Store::AnyVersion);
    }
}

#[test]
fn a_store_that_takes_any_holder_gives_one_vehicle_to_two_sales() {
    let (name, _) = broken(&CASES[11], Store::AnyHolder);
    assert!(name.starts_with("2:"), "{name}");
    let (name, steps) = broken(&CASES[13], Store::AnyHolder);
    assert!(name.starts_with("2:") && steps.contains(&Action::Resell), "{name}, {steps:?}");
}
