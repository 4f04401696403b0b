//! The next change, held to the committed figures.

use super::bootstrap::bootstrap;
use super::committed::known;
use super::figures::{Report, Unit};
use super::groups::SIZE;
use super::machine::{has_valgrind, machine, version};
use super::odd_events;
use super::operations::{counted, instructions};
use super::whole_order::of_an_order_at_its_best;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use tools::narrator::Narrator;
use tools::{Tools, functions};

/// The functions that an order goes through from its registration to its end, and those of the
/// pages, which are the largest. A slower start or a larger bootstrap comes from what all functions
/// share, so that it shows in these; to build all of them for release at each test run would take
/// half an hour.
const COMPARED: [&str; 8] = [
    "register-sale",
    "pay-signal",
    "place-factory-order",
    "receive-factory-update",
    "make-final-payment",
    "unassign-vehicle",
    "portal",
    "desk",
];

/// What stands before every function that people call stands before this one, which reads a body,
/// too.
const ODD_EVENTS_GO_TO: &str = "pay-signal";

/// Fails if a counted figure is worse than the committed one: of the functions that [`compared`]
/// names, built for release, and of an order on the local stack.
pub async fn check() -> Result<()> {
    let narrator = &Narrator::default();
    let Some(committed) = known()? else {
        narrator.say("figures are not compared: none are committed");
        return Ok(());
    };
    if committed.architecture != functions::architecture() {
        narrator.say(format_args!(
            "figures are not compared: the committed ones are of {}",
            committed.architecture
        ));
        return Ok(());
    }
    let functions = compared(&committed);
    Tools::Deploy.install(narrator)?;
    functions::build_for_release(narrator, &functions)?;
    if functions.iter().any(|function| function == ODD_EVENTS_GO_TO) {
        narrator.say("handing odd events to a released bootstrap");
        let outcome = odd_events::hand_over(&bootstrap(ODD_EVENTS_GO_TO)?.program()).await;
        narrator.say(outcome.context("odd events")?);
    }
    let mut figures = counted(narrator, &functions).await?;
    let rustc = version("rustc")?;
    if !committed.versions.contains(&rustc) {
        narrator
            .say(format_args!("bytes are not compared: {rustc} didn't build the committed ones"));
        figures.retain(|figure| figure.unit != Unit::Bytes);
    }
    if !has_valgrind() {
        narrator.say("instructions are not counted: valgrind is not installed");
    } else if committed.machine != machine()? || !committed.versions.contains(&rustc) {
        narrator.say(format_args!(
            "instructions are not counted: the committed ones are of {}",
            committed.machine
        ));
    } else {
        figures.extend(instructions(narrator, &functions).await?);
    }
    let order = of_an_order_at_its_best(narrator, &committed).await?;
    figures.extend(order);
    narrator.say(format_args!("{} figures are compared with docs/benchmarks.json", figures.len()));
    let worse = committed.regressions(&figures);
    if !worse.is_empty() {
        bail!(
            "figures are worse than those in docs/benchmarks.json:\n  {}\nmake them good, or commit what `cargo xtask bench` writes",
            worse.join("\n  ")
        );
    }
    Ok(())
}

/// The functions whose figures a test run holds to the committed ones: [`COMPARED`], and the
/// largest that is committed.
fn compared(committed: &Report) -> Vec<String> {
    let largest = committed
        .figures
        .iter()
        .filter(|figure| figure.group == SIZE)
        .max_by(|a, b| a.value.total_cmp(&b.value));
    let largest = largest.map(|figure| figure.of.as_str());
    let compared: BTreeSet<&str> = COMPARED.into_iter().chain(largest).collect();
    // One that is new has no figures yet.
    committed
        .measured(SIZE)
        .filter(|function| compared.contains(function))
        .map(str::to_owned)
        .collect()
}
