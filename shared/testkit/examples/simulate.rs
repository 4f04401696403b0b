//! The simulation as a command; `cargo xtask simulate` builds it optimised and runs it.
//!
//! `random FROM LIFECYCLES`, `replay SEED`, or `exhaustive [SCRIPT]`. Standard output is one JSON
//! object (a story for `replay`); progress and failing runs go to standard error.

use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Instant;
use testkit::asl::Machine;
use testkit::campaign::{self, Tally};
use testkit::simulation::Script;
use testkit::{exhaustive, lifecycle, shrink, story};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>().map_err(|fault| format!("{text}: {fault}"));
    let outcome = lifecycle::machine().and_then(|machine| match *arguments {
        ["random", from, lifecycles] => Ok(random(&machine, number(from)?, number(lifecycles)?)),
        ["replay", seed] => Ok(replay(&machine, number(seed)?)),
        ["exhaustive"] => Ok(exhaust(&machine, &Script::ALL)),
        ["exhaustive", script] => Ok(exhaust(&machine, &[named(script)?])),
        _ => Err("usage: random FROM LIFECYCLES | replay SEED | exhaustive [SCRIPT]".to_owned()),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Each of these answers whether all is well.
fn random(machine: &Machine, from: u64, lifecycles: u64) -> bool {
    let began = now();
    let tally =
        campaign::random(machine, from, lifecycles, |so_far| progress("random", so_far, began));
    let seconds = now().duration_since(began).as_secs_f64();
    let mut report = tally.report();
    if let Some(report) = report.as_object_mut() {
        report.insert("first_seed".to_owned(), json!(from));
        report.insert("seconds".to_owned(), json!(rounded(seconds)));
    }
    println!("{report}");
    explain(machine, &tally);
    tally.broken() == 0
}

fn replay(machine: &Machine, seed: u64) -> bool {
    let scenario = campaign::scenario(seed);
    print!("{}", story::tell(machine, &scenario));
    let mut tally = Tally::default();
    tally.take(machine, scenario);
    explain(machine, &tally);
    tally.broken() == 0
}

fn named(name: &str) -> Result<Script, String> {
    let found = Script::ALL.into_iter().find(|script| format!("{script:?}") == name);
    found.ok_or_else(|| format!("{name}: no script; there are {:?}", Script::ALL))
}

fn exhaust(machine: &Machine, scripts: &[Script]) -> bool {
    let began = now();
    let mut well = true;
    let scripts: Vec<Value> = scripts
        .iter()
        .map(|&script| {
            let calls = exhaustive::calls(machine, script);
            let singles = exhaustive::singles(machine, script, |_| {});
            let expected = exhaustive::expected_pairs(calls);
            let pairs = exhaustive::pairs(machine, script, |so_far| {
                progress(&format!("pairs of {script:?}, some {expected}"), so_far, began);
            });
            for tally in [&singles, &pairs] {
                explain(machine, tally);
                well &= tally.broken() == 0;
            }
            json!({
                "script": format!("{script:?}"),
                "calls": calls,
                "singles": singles.runs,
                "pairs": pairs.runs,
                "violations": singles.broken() + pairs.broken(),
            })
        })
        .collect();
    println!(
        "{}",
        json!({ "scripts": scripts, "seconds": rounded(now().duration_since(began).as_secs_f64()) })
    );
    well
}

fn progress(what: &str, tally: &Tally, began: Instant) {
    let seconds = now().duration_since(began).as_secs_f64();
    eprintln!(
        "{seconds:>7.1}s  {what}: {} lifecycles, {} violations",
        tally.lifecycles,
        tally.broken()
    );
}

/// Shrinks the first failing run and tells it.
fn explain(machine: &Machine, tally: &Tally) {
    let Some(failure) = tally.failures.first() else { return };
    let Some(violation) = failure.violations.first() else { return };
    eprintln!(
        "seed {} broke {:?}: {}; shrunk:",
        failure.scenario.seed, violation.invariant, violation.what
    );
    let smallest = shrink::shrink(machine, &failure.scenario, violation.invariant);
    eprintln!("{}", story::tell(machine, &smallest));
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

#[expect(clippy::disallowed_methods, reason = "a tool's own clock; the runs have a virtual one")]
fn now() -> Instant {
    Instant::now()
}
