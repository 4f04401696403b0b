//! The steps of `cargo xtask test`, and what needn't be done again: a step that has passed is left
//! out until something changes that it reads.
//!
//! What a step reads is every file that git knows or would add, but for the crates that it doesn't
//! come to, directly or by another crate, and for pages (`README.md`, `docs/*.md` …) unless it says
//! that it reads those. In doubt a file counts. The compiler counts too, and whether there is a
//! valgrind.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tools::narrator::Narrator;
use tools::process::{metadata, packages, run};
use tools::root::{local, root};

/// Pages that are a part of the code: tests and programs read them, and do what they say.
const PAGES_OF_TESTS: [&str; 2] = ["docs/runbook.md", "docs/walk.md"];

/// What a step comes to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reads<'a> {
    /// Every file, pages among them.
    Everything,
    /// All but pages.
    Code,
    /// These crates, what they are built from, and all that is in no crate and no page.
    Crates(&'a [&'a str]),
}

/// The files of the working tree, as they are now.
pub(crate) struct Steps {
    narrator: Narrator,
    /// None where everything is done: it was asked for, or git doesn't know the files.
    files: Option<Files>,
}

struct Files {
    /// The digest of each file's contents, by path.
    digests: BTreeMap<String, String>,
    /// Of each crate of the workspace: its folder, and the crates of the workspace that it uses.
    crates: BTreeMap<String, (String, Vec<String>)>,
    /// What else an outcome depends on.
    machine: String,
}

impl Steps {
    /// Looks at the files, unless `all` is to be done.
    pub(crate) fn new(narrator: Narrator, all: bool) -> Self {
        let files = if all {
            None
        } else {
            Files::look().map_err(|error| narrator.say(format_args!("{error:#}"))).ok()
        };
        Self { narrator, files }
    }

    /// Takes a step, or says that it needn't be taken.
    pub(crate) fn take(
        &self,
        name: &str,
        reads: Reads<'_>,
        step: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let record = local().join("passed").join(format!("{}.txt", name.replace(' ', "-")));
        let now = self.files.as_ref().map(|files| files.that_count(reads)).transpose()?;
        if let (Some(now), Ok(passed)) = (&now, fs::read_to_string(&record)) {
            let Some(changed) = first_difference(&passed, now) else {
                self.narrator.say(format_args!(
                    "{name}: passed, and nothing that it reads has changed since (--all repeats it)"
                ));
                return Ok(());
            };
            self.narrator.say(format_args!("{name}, since {changed} has changed"));
        } else {
            self.narrator.say(name);
        }
        step().with_context(|| format!("{name} failed"))?;
        // What changed while it ran was perhaps not read: the record is of the files before.
        if let Some(now) = now {
            fs::create_dir_all(local().join("passed"))?;
            fs::write(record, now)?;
        }
        Ok(())
    }
}

impl Files {
    fn look() -> Result<Self> {
        let (listed, crates) = (listed(), crates()?);
        let listed = listed.context("everything is done: git can't say which files there are")?;
        let mut paths: Vec<String> = listed
            .split('\0')
            .filter(|path| root().join(path).is_file())
            .map(str::to_owned)
            .collect();
        paths.sort_unstable();
        paths.dedup();
        let digests = digests(&paths)?;
        ensure!(digests.len() == paths.len(), "everything is done: git can't read all files");
        let valgrind = Command::new("valgrind").arg("--version").output();
        let valgrind = valgrind
            .map(|said| String::from_utf8_lossy(&said.stdout).into_owned())
            .unwrap_or_default();
        let rustc = run(Command::new("rustc").current_dir(root()).arg("-vV"))?;
        Ok(Self {
            digests: paths.into_iter().zip(digests).collect(),
            crates,
            machine: format!("{rustc}{valgrind}"),
        })
    }

    /// A line for each file that counts, and for the machine.
    fn that_count(&self, reads: Reads<'_>) -> Result<String> {
        let crates: BTreeSet<&str> = match reads {
            Reads::Everything | Reads::Code => self.crates.keys().map(String::as_str).collect(),
            Reads::Crates(crates) => self.closure(crates)?,
        };
        let is_page = |path: &str| {
            !PAGES_OF_TESTS.contains(&path)
                && Path::new(path).extension().is_some_and(|extension| extension == "md")
                && (path.starts_with("docs/") || !path.contains('/'))
        };
        let counts = |path: &str| {
            let pages = matches!(reads, Reads::Everything);
            (pages || !is_page(path)) && self.crate_of(path).is_none_or(|of| crates.contains(of))
        };
        let files = self
            .digests
            .iter()
            .filter(|(path, _)| counts(path))
            .map(|(path, digest)| format!("{digest} {path}\n"));
        Ok(self.machine.lines().map(|line| format!("- {line}\n")).chain(files).collect())
    }

    fn closure<'a>(&'a self, of: &[&'a str]) -> Result<BTreeSet<&'a str>> {
        let mut reached = BTreeSet::new();
        let mut left = of.to_vec();
        while let Some(name) = left.pop() {
            if reached.insert(name) {
                let (_, uses) =
                    self.crates.get(name).with_context(|| format!("{name} is no crate"))?;
                left.extend(uses.iter().map(String::as_str));
            }
        }
        Ok(reached)
    }

    /// The crate in whose folder the file is: the innermost, where one is inside another.
    fn crate_of(&self, path: &str) -> Option<&str> {
        let within =
            |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let of = self.crates.iter().filter(|(_, (folder, _))| within(folder));
        of.max_by_key(|(_, (folder, _))| folder.len()).map(|(name, _)| name.as_str())
    }
}

fn listed() -> Option<String> {
    let mut git = Command::new("git");
    git.current_dir(root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    run(&mut git).ok()
}

/// Git's digest of each file's contents.
fn digests(paths: &[String]) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(root())
        .args(["hash-object", "--stdin-paths"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut git = git.spawn()?;
    let mut asked = git.stdin.take().context("git takes no input")?;
    let paths = paths.join("\n");
    // Written aside: git answers while it reads.
    let written = std::thread::spawn(move || writeln!(asked, "{paths}"));
    let said = git.wait_with_output()?;
    written.join().ok().context("git takes no input")??;
    Ok(String::from_utf8_lossy(&said.stdout).lines().map(str::to_owned).collect())
}

fn crates() -> Result<BTreeMap<String, (String, Vec<String>)>> {
    let metadata = metadata()?;
    let packages = packages(&metadata)?;
    let folder = |package: &Value| {
        let manifest = PathBuf::from(package.get("manifest_path")?.as_str()?);
        Some(manifest.parent()?.strip_prefix(root()).ok()?.to_str()?.to_owned())
    };
    let uses = |package: &Value| -> Vec<String> {
        let dependencies =
            package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
        let ours =
            dependencies.filter(|dependency| dependency.get("path").is_some_and(Value::is_string));
        ours.filter_map(|dependency| Some(dependency.get("name")?.as_str()?.to_owned())).collect()
    };
    let known = packages.iter().map(|package| {
        let name = package
            .get("name")
            .and_then(Value::as_str)
            .context("a package has no name")?
            .to_owned();
        let folder = folder(package).with_context(|| format!("{name} is nowhere"))?;
        Ok((name, (folder, uses(package))))
    });
    known.collect()
}

/// What changed first, in words.
fn first_difference(before: &str, now: &str) -> Option<String> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (before, now) = (lines(before), lines(now));
    let line = now.difference(&before).chain(before.difference(&now)).next()?;
    Some(line.split_once(' ').map_or("something", |(_, what)| what).to_owned())
}
