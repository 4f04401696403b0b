//! The functions' bootstraps: as a local run takes them, and as they are released. The two never
//! meet. Cargo puts the local ones into `target/debug`, from where only a local run takes them, by
//! its own template; `sam build` has released ones built, into `target/lambda`, and `sam deploy`
//! takes those alone.

use crate::narrator::Narrator;
use crate::pinned::{Tools, deploy_tool};
use crate::process::{self, cargo};
use crate::root::root;
use anyhow::{Context, Result, anyhow};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The processor's architecture as Lambda names it.
pub fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}

/// The functions: each is a folder, a package, a bootstrap.
pub fn functions() -> Result<Vec<String>> {
    let folders = std::fs::read_dir(root().join("functions"))?;
    let mut names = folders
        .map(|folder| Ok(folder?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}

/// Programs that cargo built, by name.
#[derive(Debug, Clone)]
pub struct Programs(BTreeMap<String, PathBuf>);

impl Programs {
    /// Where this one is.
    pub fn get(&self, name: &str) -> Result<&Path> {
        self.0.get(name).map(PathBuf::as_path).with_context(|| format!("cargo built no {name}"))
    }
}

/// All functions in one program, which is told which one to be.
pub const LOCAL_FUNCTIONS: &str = "local-functions";

/// What a local run takes: the functions, the gateway and the partners as `cargo build` makes them, and `more`
/// of the workspace's programs. Meanwhile the tools are installed that the run needs.
pub fn prepare(narrator: &Narrator, more: &[&str]) -> Result<Programs> {
    std::thread::scope(|scope| {
        let installing = scope.spawn(|| {
            Tools::Cloud.install(narrator)?;
            Tools::Deploy.install(narrator)
        });
        let built = build(&[&[LOCAL_FUNCTIONS, "gateway", "partners"], more].concat());
        installing.join().unwrap_or_else(|_| Err(anyhow!("the tools can't be installed")))?;
        built
    })
}

/// Builds programs of the workspace in the profile of `cargo test`, with the features of the whole
/// workspace: so that what one of them, a test or another one depends on is compiled once for all
/// of them.
pub fn build(names: &[&str]) -> Result<Programs> {
    let mut cargo = cargo();
    cargo.args(["build", "--workspace", "--message-format", "json-render-diagnostics"]);
    cargo.args(names.iter().flat_map(|name| ["--bin", name]));
    // What it compiles is its progress; with nothing to do it says one line.
    let built = cargo
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo can't be started")?;
    anyhow::ensure!(
        built.status.success(),
        "cargo build failed ({}): what it says is above",
        built.status
    );
    let said = String::from_utf8_lossy(&built.stdout);
    let messages =
        said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let executables = messages.filter_map(|message| {
        let name = message.pointer("/target/name")?.as_str()?.to_owned();
        Some((name, PathBuf::from(message.get("executable")?.as_str()?)))
    });
    Ok(Programs(executables.collect()))
}

/// Builds these functions' release bootstraps, all at once, so that they share the cores.
pub fn build_for_release(narrator: &Narrator, names: &[String]) -> Result<()> {
    narrator.say(format_args!(
        "building {} functions for release (half a minute each on two cores)",
        names.len()
    ));
    process::run_aloud(&mut release_build(names)?)
}

/// What builds these functions' release bootstraps.
pub fn release_build(names: &[String]) -> Result<Command> {
    let packages = names.iter().flat_map(|name| ["--package", name]);
    let mut build = deploy_tool("cargo-lambda")?;
    build
        .args(["lambda", "build", "--release", "--quiet"])
        .args(packages)
        .stdout(std::io::stderr());
    Ok(build)
}

/// Builds a function as it is released, with its symbols, into another target folder.
pub fn build_profiled(narrator: &Narrator, name: &str, target: &Path) -> Result<()> {
    narrator.say(format_args!("building {name} with its symbols (the first time takes minutes)"));
    let mut build = release_build(&[name.to_owned()])?;
    build.args(["--config", "build.rustflags=['-Cstrip=none']"]);
    process::run_aloud(build.env("CARGO_TARGET_DIR", target))
}
