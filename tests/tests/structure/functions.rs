//! The functions have a place in the template, and the settings that they read.

use crate::files::{differences, function_folders, keys, no_faults, quoted_variables, read, root};
use crate::template::Template;
use anyhow::{Context, Result, ensure};
use edge::{Callers, Operation, Role};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Protects the build: all functions are built at once, then `sam` builds each alone. Were one
/// function's dependencies to add a feature to what the others use too, each would be built all
/// over again. The desk's client of the issuer does, and nothing but the desk has it (`shared/oidc`):
/// what the desk needs is built once more.
#[test]
fn a_function_alone_has_the_features_that_all_have_together() -> Result<()> {
    let mut folders = function_folders()?;
    ensure!(folders.remove("desk"), "there is no desk");
    let features = |folders: &mut dyn Iterator<Item = &String>| -> Result<BTreeSet<String>> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args([
            "tree",
            "--locked",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p} {f}",
        ]);
        for folder in folders {
            cargo.args(["--package", folder]);
        }
        let output = cargo.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?
            .lines()
            .map(|line| line.trim_end_matches(" (*)").to_owned())
            .collect())
    };
    let together = features(&mut folders.iter())?;
    no_faults(
        folders
            .iter()
            .map(|folder| Ok((folder, features(&mut std::iter::once(folder))?)))
            .collect::<Result<Vec<_>>>()?
            .iter()
            .flat_map(|(folder, alone)| {
                alone.difference(&together).map(move |line| format!("{folder} alone has {line}"))
            }),
    )
}

/// Protects the rule that `main.rs` wires and decides nothing: what is longer does more than that.
#[test]
fn main_files_have_thirty_lines_at_most() -> Result<()> {
    let mut faults = Vec::new();
    for folder in function_folders()? {
        let lines = read(&format!("functions/{folder}/src/main.rs"))?.lines().count();
        faults
            .extend((lines > 30).then(|| {
                format!("functions/{folder}/src/main.rs has {lines} lines, more than 30")
            }));
    }
    no_faults(faults)
}

/// Protects against a function that is written and never deployed, and a deployed one that has no
/// code.
#[test]
fn each_function_folder_is_a_function_of_the_template() -> Result<()> {
    let deployed = Template::read()?.function_folders()?;
    let folders: BTreeSet<String> = deployed.values().cloned().collect();
    let mut faults = differences(("functions", &function_folders()?), ("the template", &folders));
    faults.extend(
        (folders.len() != deployed.len())
            .then(|| "two functions of the template have one folder".to_owned()),
    );
    no_faults(faults)
}

/// Protects against a function that can't start for want of a setting, and against settings that
/// nothing reads.
#[test]
fn functions_get_exactly_the_settings_that_they_read() -> Result<()> {
    let (template, settings) = (Template::read()?, Settings::read()?);
    // The first is read by the C library; all but a few read the other.
    let of_all = ["GLIBC_TUNABLES", "TABLE_NAME"].map(str::to_owned);
    let of_all: BTreeSet<String> = settings.of_run.iter().cloned().chain(of_all).collect();
    let mut faults = Vec::new();
    for (resource, folder) in template.function_folders()? {
        let given = keys(template.property(&resource, "/Environment/Variables"));
        let read = settings.read_by(&folder)?.union(&of_all).cloned().collect();
        faults.extend(differences(
            (&format!("{folder}'s main.rs"), &read),
            (&format!("{resource} of the template"), &given),
        ));
    }
    no_faults(faults)
}

/// Protects messages from a deploy: the version before can't read what the later one wrote
/// (`docs/decisions/0024-a-stored-form-has-a-number.md`), and may be given a message each time. It
/// is gone before a queue gives the message up.
#[test]
fn a_deploy_is_over_before_a_queue_gives_a_message_up() -> Result<()> {
    let (text, template) = (read("infra/template.yaml")?, Template::read()?);
    let minutes =
        text.split_once("Canary10Percent").and_then(|(_, rest)| rest.split_once("Minutes"));
    let both = 60 * minutes.context("no deploy is gradual")?.0.parse::<u64>()?;
    let hidden = template.whole().pointer("/Parameters/QueueVisibilitySeconds/Default");
    let hidden = hidden.and_then(Value::as_u64).context("no QueueVisibilitySeconds")?;
    let mut faults = Vec::new();
    for (queue, resource) in template.of_type("AWS::SQS::Queue") {
        let Some(redrive) = resource.pointer("/Properties/RedrivePolicy") else { continue };
        let received = redrive["maxReceiveCount"].as_u64().context("no maxReceiveCount")?;
        let kept = hidden * (received - 1);
        faults.extend((kept < 2 * both).then(|| {
            format!("{queue} gives a message up after {kept} s, a deploy takes {both} s and a bit")
        }));
    }
    no_faults(faults)
}

/// Protects who reads the README first: each operation stands in its table, with those who may ask
/// for it. What is about accounts alone may share a row.
#[test]
fn the_readme_has_the_table_of_operations() -> Result<()> {
    let readme = read("README.md")?;
    let rows: Vec<(&str, &str)> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|row| row.split_once(" | "))
        .collect();
    no_faults(Operation::all().filter_map(|operation| {
        let (method, path) = operation.route();
        let row_of = |name: &str| rows.iter().find(|(names, _)| names.contains(name));
        let row = row_of(&format!("{method} {path}`"));
        let row = row.or_else(|| row_of("/account/…`").filter(|_| path.starts_with("/account/")));
        let Some((_, row)) = row else {
            return Some(format!("README.md's table has no {method} {path}"));
        };
        let who = match operation.callers() {
            Callers::Customers | Callers::Anybody => "customers".to_owned(),
            Callers::Employees(roles) if roles.len() == Role::all().count() => {
                "every employee".to_owned()
            }
            Callers::Employees(roles) => {
                roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
            }
        };
        let said = row.split(" | ").next().unwrap_or_default();
        let is_said = said == who || (who == "customers" && said.starts_with("customers"));
        (!is_said).then(|| format!("README.md says that {said} may {method} {path}: {who}"))
    }))
}

/// The environment variables that `shared/wiring` reads.
struct Settings {
    /// For every function.
    of_run: BTreeSet<String>,
    /// For a function that asks for it: by the method that it calls.
    of_methods: BTreeMap<String, BTreeSet<String>>,
}

impl Settings {
    fn read() -> Result<Self> {
        let wiring = read("shared/wiring/src/lib.rs")?;
        let (_, run) = wiring.split_once("\npub fn run(").context("wiring has no run")?;
        let (run, _) = run.split_once("\n}\n").context("wiring's run has no end")?;
        let methods = wiring.split("\n    pub fn ").skip(1).filter_map(|method| {
            let (name, rest) = method.split_once("(&self")?;
            let (body, _) = rest.split_once("\n    }\n")?;
            Some((name.to_owned(), quoted_variables(body)))
        });
        Ok(Self { of_run: quoted_variables(run), of_methods: methods.collect() })
    }

    /// What a function's `main.rs` reads: by the methods of the wiring that it calls, and the names
    /// that it gives them.
    fn read_by(&self, folder: &str) -> Result<BTreeSet<String>> {
        let main = read(&format!("functions/{folder}/src/main.rs"))?;
        let mut read = BTreeSet::new();
        for call in main.split("wiring.").skip(1) {
            let (method, rest) = call
                .split_once('(')
                .with_context(|| format!("{folder} calls no method of the wiring: {call}"))?;
            let (arguments, _) = rest
                .split_once(')')
                .with_context(|| format!("{folder}'s call of {method} has no end"))?;
            let known = self.of_methods.get(method).with_context(|| {
                format!("{folder} calls {method}, which the wiring doesn't have")
            })?;
            read.extend(known.iter().cloned().chain(quoted_variables(arguments)));
        }
        Ok(read)
    }
}
