//! The hunt for seeded bugs: each is switched on in turn, until the auditor catches it.

use crate::asl::Machine;
use crate::campaign::{judge, scenario};
use crate::lifecycle;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many seeds a bug may survive.
const SEEDS: u64 = 10_000;

/// Prints a list with what caught each bug, `null` for a miss. `switch` turns one on for its own
/// thread; number 0, no bug at all, has to survive.
pub fn report(bugs: usize, switch: fn(usize)) {
    std::panic::set_hook(Box::new(|_| {}));
    let (next, machine) = (AtomicUsize::new(0), lifecycle::machine());
    let worker = || {
        let mut caught = Vec::new();
        while let Some(bug) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|bug| *bug <= bugs)
        {
            switch(bug);
            caught.push((bug, machine.as_ref().map_or_else(|fault| json!(fault), hunt)));
        }
        caught
    };
    let mut found: Vec<(usize, Value)> = std::thread::scope(|scope| {
        let workers = [scope.spawn(worker), scope.spawn(worker)];
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    found.sort_by_key(|(bug, _)| *bug);
    if found.first().is_none_or(|(_, calm)| !calm.is_null()) {
        eprintln!("with no bug on: {found:?}");
        std::process::exit(1);
    }
    println!(
        "{}",
        Value::from(found.into_iter().skip(1).map(|(_, caught)| caught).collect::<Vec<_>>())
    );
}

fn hunt(machine: &Machine) -> Value {
    let first = (1..=SEEDS).find_map(|seed| {
        judge(machine, &scenario(seed)).1.into_iter().next().map(|found| (seed, found))
    });
    first.map_or(
        Value::Null,
        |(seed, found)| json!({ "invariant": format!("{:?}", found.invariant), "what": found.what, "seed": seed }),
    )
}
