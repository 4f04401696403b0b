//! `cargo xtask test`: everything that CI runs.

use crate::steps::{Reads, Steps};
use anyhow::Result;
use clap::Args;
use serde_json::Value;
use std::process::Command;
use tools::Tools;
use tools::functions::{LOCAL_FUNCTIONS, build, prepare};
use tools::narrator::Narrator;
use tools::process::{cargo, metadata, packages, run_aloud};

/// How much to test.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Options {
    /// Take every step, even if it has passed and nothing changed since; so does `CI` in the
    /// environment
    #[arg(long)]
    pub(crate) all: bool,
}

/// The end-to-end tests, and the tests that read the project's files.
const STACK_TESTS: &str = "local_cloud";
const FILE_TESTS: &str = "structure";

/// Format, lints, infrastructure, figures, tests, and whether the auditor still catches every
/// seeded bug.
///
/// What cargo itself knows not to do again (the lints, each build) is asked of cargo each time. The
/// order is such that what is quick, or fails most often, comes first. All builds but the released
/// functions' and the seeded bugs' are of one profile and of the features of the whole workspace,
/// so that no dependency is compiled twice for them.
pub(crate) fn test(Options { all }: Options) -> Result<()> {
    let narrator = Narrator::default();
    let steps = Steps::new(
        narrator,
        all || std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false"),
    );
    run_aloud(cargo().args(["fmt", "--all", "--check"]))?;
    run_aloud(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))?;
    steps.take("the infrastructure's lints", Reads::Crates(&["xtask"]), crate::lint::lint)?;
    steps.take("the project's walls", Reads::Everything, || tests(&["--test", FILE_TESTS], &[]))?;
    let targets = unit_tests()?;
    let targets: Vec<&str> =
        ["--lib"].into_iter().chain(targets.iter().flat_map(|name| ["--test", name])).collect();
    steps.take("unit and contract tests", Reads::Code, || tests(&targets, &["--quiet"]))?;
    steps.take("the seeded bugs", Reads::Crates(&["testkit", "xtask"]), || {
        crate::seed_bugs::seed_bugs(true)
    })?;
    let deployed = Reads::Crates(&["end-to-end", LOCAL_FUNCTIONS, "partners"]);
    let measured = Reads::Crates(&["bench", LOCAL_FUNCTIONS, "partners"]);
    steps.take("end-to-end tests", deployed, || {
        // Before the tests that deploy it: its progress is not lost in a test's output.
        prepare(&narrator, &[])?;
        Tools::Browser.install(&narrator)?;
        tests(&["--test", STACK_TESTS], &[])
    })?;
    steps.take("the figures", measured, || {
        let bench = build(&["bench"])?;
        run_aloud(Command::new(bench.get("bench")?).arg("--check"))
    })?;
    narrator.say("all of it passed");
    Ok(())
}

fn tests(targets: &[&str], told: &[&str]) -> Result<()> {
    run_aloud(cargo().args(["test", "--workspace"]).args(targets).arg("--").args(told))
}

/// The tests of whole crates, but for those that have a step of their own. Left out with these are
/// the tests of programs, which have none, since a `main.rs` only joins what its library has.
fn unit_tests() -> Result<Vec<String>> {
    let metadata = metadata()?;
    let packages = packages(&metadata)?;
    let targets =
        packages.iter().filter_map(|package| package.get("targets")?.as_array()).flatten();
    let tests =
        targets.filter(|target| target.pointer("/kind/0").and_then(Value::as_str) == Some("test"));
    let names = tests.filter_map(|target| target.get("name")?.as_str());
    let mut names: Vec<String> =
        names.filter(|name| ![STACK_TESTS, FILE_TESTS].contains(name)).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}
