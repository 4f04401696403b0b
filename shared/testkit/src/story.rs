//! A run told for people: one line a call or event.

use crate::asl::Machine;
use crate::campaign::judge;
use crate::memory::{Happening, Line};
use crate::simulation::{EPOCH, Scenario};
use std::fmt::Write as _;

/// Runs a scenario and tells what happened, with what the auditor says in the end.
pub fn tell(machine: &Machine, scenario: &Scenario) -> String {
    let (run, violations) = judge(machine, &Scenario { story: true, ..scenario.clone() });
    let mut told =
        format!("seed {}, {} sales, {:?}\n", scenario.seed, scenario.sales, scenario.plan);
    let lines = run.and_then(|run| run.world.with(|state| state.story.take())).unwrap_or_default();
    for line in &lines {
        tell_line(&mut told, line);
    }
    for violation in &violations {
        let _ = writeln!(told, "VIOLATION {:?}: {}", violation.invariant, violation.what);
    }
    if violations.is_empty() {
        told.push_str("no violation\n");
    }
    told
}

fn tell_line(told: &mut String, line: &Line) {
    let millis = line.at.saturating_sub(EPOCH.saturating_mul(1_000));
    let (seconds, millis) = (millis / 1_000, millis % 1_000);
    let (days, hours, minutes, seconds) =
        (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let _ = write!(
        told,
        "day {days:>3} {hours:02}:{minutes:02}:{seconds:02}.{millis:03}  {:<24}",
        line.who
    );
    let _ = match &line.what {
        Happening::Called { number, site, fault: None } => {
            writeln!(told, "calls {site:?} (call {number})")
        }
        Happening::Called { number, site, fault: Some(fault) } => {
            writeln!(told, "calls {site:?} (call {number})  <-- {fault:?}")
        }
        Happening::Noted(what) => writeln!(told, "{what}"),
    };
}
