//! A failing run, made small enough to read.

use crate::asl::Machine;
use crate::auditor::Invariant;
use crate::campaign::judge;
use crate::faults::{Fault, Plan};
use crate::simulation::Scenario;

/// How many other seeds are tried for a failure with fewer sales.
const OTHER_SEEDS: u64 = 400;

/// A smaller scenario that breaks the same invariant: fewer sales, and of the faults only those
/// that it takes.
pub fn shrink(machine: &Machine, failing: &Scenario, invariant: Invariant) -> Scenario {
    let breaks = |scenario: &Scenario| {
        judge(machine, scenario).1.iter().any(|found| found.invariant == invariant)
    };
    let fewer = (1..failing.sales).find_map(|sales| {
        let mut seeds = (0..OTHER_SEEDS).map(|n| failing.seed.wrapping_add(n));
        seeds.find_map(|seed| Some(Scenario { seed, sales, ..failing.clone() }).filter(breaks))
    });
    let mut smallest = fewer.unwrap_or_else(|| failing.clone());
    if let Some(calm) = Some(Scenario { skewed: false, ..smallest.clone() }).filter(breaks) {
        smallest = calm;
    }
    let Some(run) = judge(machine, &smallest).0 else { return smallest };
    let mut faults = run.world.with(|state| state.faults.clone());
    let with = |faults: &[(u64, Fault)]| Scenario {
        plan: Plan::Scripted(faults.to_vec()),
        ..smallest.clone()
    };
    if !breaks(&with(&faults)) {
        return smallest;
    }
    // Whole stretches first, then one at a time, until no single fault can be left out.
    let mut stretch = faults.len();
    while stretch > 0 {
        let mut start = 0;
        while start < faults.len() {
            let end = start.saturating_add(stretch).min(faults.len());
            let rest: Vec<_> =
                faults.iter().take(start).chain(faults.iter().skip(end)).copied().collect();
            if breaks(&with(&rest)) {
                faults = rest;
            } else {
                start = end;
            }
        }
        stretch /= 2;
    }
    with(&faults)
}
