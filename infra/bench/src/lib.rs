//! `cargo xtask bench`: how small, fast and cheap the functions are, counted. The committed figures
//! are what `cargo xtask test` holds the next change to.

mod bootstrap;
mod builds;
mod check;
mod committed;
mod comparison;
mod figures;
mod groups;
mod load;
mod machine;
mod measure;
mod odd_events;
mod operation;
mod operations;
mod order;
mod stub;
mod tls;
mod twins;
mod whole_order;

pub use check::check;

use anyhow::{Result, bail};
use committed::{report, write};
use comparison::of_twins;
use groups::BUILDS;
use load::of_load;
use machine::{has_valgrind, today};
use measure::{Bench, Program};
use operation::Operation;
use operations::{EVENTS, counted, instructions, of_starts, operation_of};
use tools::narrator::Narrator;
use tools::root::local;
use tools::{Tools, functions};
use whole_order::of_an_order;

/// Measures all functions, or `only` these, and writes `docs/benchmarks.md` and
/// `docs/benchmarks.json`. Those keep what was not measured this time, if the same machine and
/// tools measured it.
pub async fn bench(as_json: bool, only: Vec<String>) -> Result<()> {
    let all = only.is_empty();
    let functions = if all { functions::functions()? } else { only };
    let narrator = Narrator::default();
    if !has_valgrind() {
        bail!(
            "valgrind is needed: install it, on Debian and Ubuntu by `sudo apt-get install valgrind`"
        );
    }
    Tools::Deploy.install(&narrator)?;
    Tools::Bench.install(&narrator)?;
    functions::build_for_release(&narrator, &functions)?;
    let mut figures = counted(&narrator, &functions).await?;
    figures.extend(instructions(&narrator, &functions).await?);
    figures.extend(of_starts(&narrator, &functions).await?);
    if all {
        figures.extend(of_an_order(&narrator).await?);
        figures.extend(of_load(&narrator)?);
    }
    figures.extend(of_twins(&narrator, &functions, &figures).await?);
    // Of functions that are gone nothing is kept.
    let report = report(figures, |known| !all || known.group == BUILDS)?;
    write(&report, as_json)?;
    narrator.say("docs/benchmarks.md and docs/benchmarks.json are written");
    Ok(())
}

/// Measures how long builds, demos and tests take, in a clone of what is committed, and puts it
/// beside the other figures.
pub fn builds(as_json: bool) -> Result<()> {
    let narrator = Narrator::default();
    Tools::Deploy.install(&narrator)?;
    Tools::Bench.install(&narrator)?;
    let figures = builds::measure(&narrator, BUILDS, &today())?;
    let report = report(figures, |known| known.group != BUILDS)?;
    write(&report, as_json)
}

/// Prints where a function's instructions go at its start, and an operation's, where one of it is
/// measured, by the functions of the program that execute them: of a build like the released one,
/// but for the names in it.
pub async fn profile(function: &str) -> Result<()> {
    let narrator = Narrator::default();
    Tools::Deploy.install(&narrator)?;
    let target = local().join("profiled");
    functions::build_profiled(&narrator, function, &target)?;
    let program =
        Program(vec![target.join("lambda").join(function).join("bootstrap").into_os_string()]);
    let bench = Bench::new(local().join("bench-run"))?;
    let start = bench.profile_of_start(&program, operation_of(function)).await?;
    print_profile("to the first /next", &start);
    if let Some(operation) = Operation::ALL.into_iter().find(|of| of.function() == function) {
        print_profile("an operation", &bench.profile(&program, operation, EVENTS).await?);
    }
    Ok(())
}

fn print_profile(of: &str, profile: &[(String, u64)]) {
    let all: u64 = profile.iter().map(|(_, instructions)| instructions).sum();
    println!("{all} instructions {of}");
    for (name, instructions) in profile.iter().take(60) {
        println!(
            "{instructions:>8} {:>3} % {name}",
            instructions.saturating_mul(100).checked_div(all).unwrap_or(0)
        );
    }
}

/// Prints what a whole order takes, and costs.
pub async fn order() -> Result<()> {
    let narrator = Narrator::default();
    for figure in of_an_order(&narrator).await? {
        println!("{figure}");
    }
    Ok(())
}
