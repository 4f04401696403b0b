//! `cargo xtask seed-bugs`: proves the auditor. Bugs are put into a copy of the domain and the
//! testkit, each behind a switch, and the simulation has to catch every one.

mod bugs;
mod money_back;
mod orders_and_deliveries;
mod waiting;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use tools::process::cargo;
use tools::root::root;

/// A bug: `find` is replaced by a switch between `replace` and itself. A `replace` with `{on}` in
/// it has its own switch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bug {
    /// What it does.
    pub(crate) name: &'static str,
    /// Where.
    pub(crate) file: &'static str,
    /// The code as it is.
    pub(crate) find: &'static str,
    /// The code with the bug.
    pub(crate) replace: &'static str,
}

/// The switch, as the copy's domain has it.
const SWITCH: &str = "
/// Which seeded bug is on; 0 is none.
pub mod seeded {
    thread_local! { static ON: std::cell::Cell<usize> = const { std::cell::Cell::new(0) }; }
    pub fn set(bug: usize) { ON.set(bug); }
    pub fn on(bug: usize) -> bool { ON.get() == bug }
}
";

/// Every bug, in the order of their numbers.
fn all() -> Vec<Bug> {
    [bugs::BUGS, orders_and_deliveries::BUGS, waiting::BUGS, money_back::BUGS].concat()
}

/// Fails unless every bug is caught.
pub(crate) fn seed_bugs(json: bool) -> Result<()> {
    let copy = root().join("target/seeded-bugs");
    for folder in ["shared/domain", "shared/testkit", "statemachine"] {
        copy_folder(&root().join(folder), &copy.join(folder))?;
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let members = manifest.split_once("members = [").zip(manifest.split_once("\n]\n"));
    let ((before, _), (_, after)) = members.context("Cargo.toml lists its members otherwise")?;
    let members = format!("{before}members = [\"shared/*\"]\n{after}");
    write(&copy.join("Cargo.toml"), &members)?;
    fs::copy(root().join("Cargo.lock"), copy.join("Cargo.lock"))?;
    // The contracts' table is the template's.
    for file in ["infra/template.yaml", "docs/runbook.md"] {
        write(&copy.join(file), &fs::read_to_string(root().join(file))?)?;
    }
    for (file, text) in seeded()? {
        write(&copy.join(file), &text)?;
    }
    let runner =
        format!("fn main() {{ testkit::hunt::report({}, domain::seeded::set) }}", all().len());
    write(&copy.join("shared/testkit/examples/seeded.rs"), &runner)?;
    let mut hunt = cargo();
    hunt.current_dir(&copy)
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .env("RUSTFLAGS", "-A warnings");
    hunt.args([
        "run",
        "--quiet",
        "--offline",
        "--package",
        "testkit",
        "--profile",
        "simulation",
        "--example",
        "seeded",
    ]);
    let output = hunt
        .stderr(Stdio::inherit())
        .stdout(Stdio::piped())
        .output()
        .context("cargo can't be started")?;
    ensure!(output.status.success(), "the hunt failed ({})", output.status);
    let caught: Vec<Value> = serde_json::from_slice(&output.stdout).context("the hunt's answer")?;
    let found: Vec<Value> = all()
        .iter()
        .zip(&caught)
        .map(|(bug, caught)| serde_json::json!({ "bug": bug.name, "file": bug.file, "caught_by": caught }))
        .collect();
    let missed = caught.iter().filter(|caught| caught.is_null()).count();
    let summary = serde_json::json!({ "bugs": found.len(), "caught": found.len().saturating_sub(missed), "list": found });
    println!("{}", if json { summary.to_string() } else { format!("{summary:#}") });
    if missed > 0 || found.len() != all().len() {
        bail!("{missed} of {} seeded bugs were not caught", found.len())
    }
    Ok(())
}

/// The changed files.
fn seeded() -> Result<BTreeMap<&'static str, String>> {
    let library = "shared/domain/src/lib.rs";
    let mut files = BTreeMap::from([(library, fs::read_to_string(root().join(library))? + SWITCH)]);
    // Two bugs in one place share it: one switch inside the other.
    let mut places: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for (number, bug) in (1..).zip(all()) {
        let module = if bug.file.starts_with("shared/domain") { "crate" } else { "domain" };
        let on = format!("{module}::seeded::on({number})");
        let place = places.entry((bug.file, bug.find)).or_insert_with(|| bug.find.to_owned());
        *place = if bug.replace.contains("{on}") {
            bug.replace.replace("{on}", &on)
        } else if bug.find.ends_with(';') {
            format!("if {on} {{ {} }} else {{ {place} }}", bug.replace)
        } else {
            format!("(if {on} {{ {} }} else {{ {place} }})", bug.replace)
        };
    }
    for ((file, find), switched) in places {
        let text = match files.remove(file) {
            Some(text) => text,
            None => fs::read_to_string(root().join(file))?,
        };
        let times = text.matches(find).count();
        ensure!(times == 1, "{file} has this {times} times, not once: {find}");
        files.insert(file, text.replacen(find, &switched, 1));
    }
    Ok(files)
}

/// Copies what there is, and removes what there is no more: a file that moved would be there twice.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(to).into_iter().flatten() {
        let entry = entry?;
        if !from.join(entry.file_name()).exists() {
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if entry.file_name() != "Cargo.lock" {
            write(&target, &fs::read_to_string(entry.path())?)?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file has a folder")?)?;
    fs::write(path, text).with_context(|| path.display().to_string())
}
