//! Every call of a whole lifecycle with every kind of fault, alone and in pairs.

use crate::asl::Machine;
use crate::campaign::{TOLD_EVERY, Tally, on_all_cores};
use crate::faults::{Fault, Plan};
use crate::runbook::Runbook;
use crate::simulation::{Scenario, Script, run};

/// Decides what is left to chance, the same in each of these runs.
const SEED: u64 = 1;
/// A first fault is a job of hundreds of runs.
const PAIRS_TOLD_EVERY: u64 = 8;

/// One customer who follows a script, with these faults.
pub fn scenario(script: Script, faults: Vec<(u64, Fault)>) -> Scenario {
    Scenario {
        seed: SEED,
        sales: 1,
        plan: Plan::Scripted(faults),
        script: Some(script),
        skewed: false,
        story: false,
        outage: None,
        runbook: Runbook::default(),
    }
}

/// How many calls the script takes when nothing goes wrong.
pub fn calls(machine: &Machine, script: Script) -> u64 {
    run(machine, &scenario(script, vec![])).world.with(|state| state.calls)
}

/// How many pairs of faults a script of so many calls comes to, if none of them adds a call.
pub const fn expected_pairs(calls: u64) -> u64 {
    let kinds = Fault::ALL.len() as u64;
    calls * calls.saturating_sub(1) / 2 * kinds * kinds
}

/// Every single fault of a script.
fn each_fault(calls: u64) -> impl Iterator<Item = (u64, Fault)> + Send {
    (0..calls).flat_map(|call| Fault::ALL.map(|fault| (call, fault)))
}

/// Runs a script with each single fault.
pub fn singles(machine: &Machine, script: Script, tell: impl Fn(&Tally) + Sync) -> Tally {
    let single =
        |fault, tally: &mut Tally| drop(tally.take(machine, scenario(script, vec![fault])));
    on_all_cores(each_fault(calls(machine, script)), single, TOLD_EVERY, tell)
}

/// Runs a script with each pair of faults: the second at any call that the run with the first one
/// comes to.
pub fn pairs(machine: &Machine, script: Script, tell: impl Fn(&Tally) + Sync) -> Tally {
    let pairs = |first: (u64, Fault), tally: &mut Tally| {
        let calls = run(machine, &scenario(script, vec![first])).world.with(|state| state.calls);
        for second in each_fault(calls).filter(|(call, _)| *call > first.0) {
            tally.take(machine, scenario(script, vec![first, second]));
        }
    };
    on_all_cores(each_fault(calls(machine, script)), pairs, PAIRS_TOLD_EVERY, tell)
}
