//! The Python tools, pinned in `infra/local/requirements`, each set in a virtual environment of the project's own; and the
//! functions' bootstraps.

use crate::narrator::Narrator;
use crate::process;
use crate::root::{local, root};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A set of tools: a file of `infra/local/requirements`, a folder of `.local`.
#[derive(Debug, Clone, Copy)]
pub enum Tools {
    /// The local cloud and the payment gateway.
    Cloud,
    /// What builds, checks and deploys.
    Deploy,
    /// What looks for trouble in dependencies.
    Audit,
    /// What the functions are measured against.
    Bench,
    /// What the portal is tried in: a browser, and what judges pages in it.
    Browser,
}

impl Tools {
    fn name(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Deploy => "deploy",
            Self::Audit => "audit",
            Self::Bench => "bench",
            Self::Browser => "browser",
        }
    }

    /// Where the set is.
    pub fn folder(self) -> PathBuf {
        local().join(self.name())
    }

    /// Where the set's programs are.
    pub fn bin(self) -> PathBuf {
        self.folder().join("bin")
    }

    /// Installs the set, unless just this set is installed.
    pub fn install(self, narrator: &Narrator) -> Result<()> {
        let (folder, requirements) = (self.folder(), root().join("infra/local/requirements"));
        let pins = requirements.join(format!("{}.txt", self.name()));
        let (marker, wanted) = (folder.join("installed.txt"), std::fs::read_to_string(&pins)?);
        if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        narrator.say(format_args!("installing the tools of {} (once)", self.name()));
        let _ = std::fs::remove_dir_all(&folder);
        process::run(Command::new(python()?).args(["-m", "venv"]).arg(&folder))
            .context("no virtual environment: on Debian and Ubuntu, install python3-venv")?;
        let pip = folder.join("bin/pip");
        process::run(Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(pins))?;
        let node = match self {
            Self::Cloud | Self::Audit => None,
            Self::Deploy => Some(requirements),
            Self::Bench | Self::Browser => Some(requirements.join(self.name())),
        };
        if let Some(requirements) = node {
            for file in ["package.json", "package-lock.json"] {
                std::fs::copy(requirements.join(file), folder.join(file))?;
            }
            process::run(deploy_tool("npm")?.args(["ci", "--no-fund", "--no-audit", "--prefix"]).arg(&folder))?;
        }
        if matches!(self, Self::Browser) {
            let mut unpack = Command::new(folder.join("bin/python"));
            unpack.arg(root().join("infra/local/unpack_browser.py"));
            let packed = folder.join("node_modules/@sparticuz/chromium/bin");
            process::run(unpack.arg(packed).arg(folder.join("chromium"))).context("the browser can't be unpacked")?;
        }
        Ok(std::fs::write(marker, wanted)?)
    }
}

/// A Python of 3.11 or later.
fn python() -> Result<&'static str> {
    let recent = "import sys; sys.exit(sys.version_info < (3, 11))";
    let found = ["python3", "python3.13", "python3.12", "python3.11"]
        .into_iter()
        .find(|python| Command::new(python).args(["-c", recent]).output().is_ok_and(|output| output.status.success()));
    match found {
        Some(python) => Ok(python),
        None => bail!("Python 3.11 or later is needed: install python3 and python3-venv"),
    }
}

/// The processor's architecture as Lambda names it.
pub fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}

/// `sam` with an environment that is just what it needs.
pub fn sam() -> Result<Command> {
    deploy_tool("sam")
}

/// A program of [`Tools::Deploy`], which finds the others there.
pub fn deploy_tool(program: &str) -> Result<Command> {
    let bin = Tools::Deploy.bin();
    let mut command = Command::new(bin.join(program));
    let path =
        std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())))?;
    command.current_dir(root()).env("PATH", path).env("SAM_CLI_TELEMETRY", "0");
    // Plain cargo builds for the machine's own architecture, and needs no zig.
    command.env("CARGO_LAMBDA_COMPILER", "cargo");
    // What cargo says of the crate that runs this (as `cargo run` and `cargo test` do): build scripts that look at it would
    // build every function again.
    let of_our_crate = std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_PRIMARY_PACKAGE"
    });
    for variable in of_our_crate.chain(["AWS_PROFILE", "AWS_SESSION_TOKEN"].map(Into::into)) {
        command.env_remove(variable);
    }
    Ok(command)
}

/// The functions: each is a folder, a package, a bootstrap.
pub fn functions() -> Result<Vec<String>> {
    let folders = std::fs::read_dir(root().join("functions"))?;
    let mut names = folders.map(|folder| Ok(folder?.file_name().to_string_lossy().into_owned())).collect::<Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}

/// Builds every function's release bootstrap and the template that names them. One build for all shares the work out over
/// the cores; `sam build`, which takes one function after the other, then finds it done.
pub fn build(narrator: &Narrator) -> Result<()> {
    build_functions(narrator, &functions()?)?;
    let overrides = format!("Architecture={}", architecture());
    process::run(sam()?.args(["build", "--parameter-overrides", &overrides])).map(drop)
}

/// Builds these functions' release bootstraps.
pub fn build_functions(narrator: &Narrator, names: &[String]) -> Result<()> {
    narrator.say("building the functions for release (the first time takes minutes)");
    process::run_aloud(&mut release_build(names)?)
}

/// What builds these functions' release bootstraps.
pub fn release_build(names: &[String]) -> Result<Command> {
    let packages = names.iter().flat_map(|name| ["--package", name]);
    let mut build = deploy_tool("cargo-lambda")?;
    build.args(["lambda", "build", "--release", "--quiet"]).args(packages).stdout(std::io::stderr());
    Ok(build)
}

/// Builds a function as it is released, with its symbols, into another target folder.
pub fn build_profiled(narrator: &Narrator, name: &str, target: &Path) -> Result<()> {
    narrator.say(format_args!("building {name} with its symbols (the first time takes minutes)"));
    let mut build = release_build(&[name.to_owned()])?;
    process::run_aloud(build.env("CARGO_TARGET_DIR", target).env("CARGO_PROFILE_RELEASE_STRIP", "none"))
}

/// Builds the partners server and answers where it is.
pub fn partners() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    // The whole workspace's features, so that what the tests built serves.
    build.current_dir(root()).args(["build", "--workspace", "--bin", "partners", "--message-format", "json-render-diagnostics"]);
    let said = process::run(&mut build)?;
    let messages = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut executables = messages.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from));
    executables.next_back().context("cargo built no partners server")
}
