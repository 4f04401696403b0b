//! The tools that come from Python's and Node's registries, pinned in `infra/local/requirements`,
//! each set in a virtual environment of the project's own.

use crate::narrator::Narrator;
use crate::process;
use crate::root::{local, root};
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A set of tools: a file of `infra/local/requirements`, a folder of `.local`.
#[derive(Debug, Clone, Copy)]
pub enum Tools {
    /// What installs the others: uv, in seconds, where pip takes two minutes for the local cloud
    /// and SAM alone.
    Installer,
    /// The local cloud and the payment gateway.
    Cloud,
    /// What builds, checks and deploys.
    Deploy,
    /// What looks for trouble in dependencies.
    Audit,
    /// What the functions are measured against.
    Bench,
    /// The payment gateway's official client, which the local gateway is tried with.
    Gateway,
    /// What the portal is tried in: a browser, and what judges pages in it.
    Browser,
}

impl Tools {
    fn name(self) -> &'static str {
        match self {
            Self::Installer => "installer",
            Self::Cloud => "cloud",
            Self::Deploy => "deploy",
            Self::Audit => "audit",
            Self::Bench => "bench",
            Self::Gateway => "gateway",
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
        let is_installed =
            || std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted);
        if is_installed() {
            return Ok(());
        }
        // Who comes second waits, and finds it done.
        std::fs::create_dir_all(local())?;
        let lock = File::create(local().join(format!("installing-{}", self.name())))?;
        lock.lock()?;
        if is_installed() {
            return Ok(());
        }
        if matches!(self, Self::Installer) {
            install_by_pip(&folder, &pins)?;
            return Ok(std::fs::write(marker, wanted)?);
        }
        Self::Installer.install(narrator)?;
        narrator.say(format_args!("installing the tools of {} (once)", self.name()));
        if let Err(error) = self.install_by_uv(&folder, &pins) {
            narrator.say(format_args!(
                "uv can't install them, so pip does, which takes a minute or two: {error:#}"
            ));
            install_by_pip(&folder, &pins)?;
        }
        let node = match self {
            Self::Installer | Self::Cloud | Self::Audit | Self::Gateway => None,
            Self::Deploy => Some(requirements),
            Self::Bench | Self::Browser => Some(requirements.join(self.name())),
        };
        if let Some(requirements) = node {
            for file in ["package.json", "package-lock.json"] {
                std::fs::copy(requirements.join(file), folder.join(file))?;
            }
            process::run(
                deploy_tool("npm")?
                    .args(["ci", "--no-fund", "--no-audit", "--prefix"])
                    .arg(&folder),
            )?;
        }
        if matches!(self, Self::Browser) {
            let mut unpack = Command::new(folder.join("bin/python"));
            unpack.arg(root().join("infra/local/unpack_browser.py"));
            let packed = folder.join("node_modules/@sparticuz/chromium/bin");
            process::run(unpack.arg(packed).arg(folder.join("chromium")))
                .context("the browser can't be unpacked")?;
        }
        Ok(std::fs::write(marker, wanted)?)
    }

    fn install_by_uv(self, folder: &Path, pins: &Path) -> Result<()> {
        let uv = || {
            let mut uv = Command::new(Self::Installer.bin().join("uv"));
            uv.env("UV_CACHE_DIR", Self::Installer.folder().join("cache"))
                .args(["--quiet", "--no-config"]);
            // Who has told pip where packages are need not tell uv.
            let of_pip = [
                ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
                ("PIP_FIND_LINKS", "UV_FIND_LINKS"),
                ("PIP_CERT", "SSL_CERT_FILE"),
            ];
            uv.envs(of_pip.into_iter().filter_map(|(pip, uv)| Some((uv, std::env::var_os(pip)?))));
            uv
        };
        process::run(uv().args(["venv", "--clear", "--python"]).arg(python()?).arg(folder))?;
        let mut install = uv();
        install
            .args(["pip", "install", "--python"])
            .arg(folder.join("bin/python"))
            .arg("--requirements")
            .arg(pins);
        if matches!(self, Self::Bench) {
            // As Lambda's own packages are; else the first start that is measured would compile
            // them.
            install.arg("--compile-bytecode");
        }
        process::run(&mut install).map(drop)
    }
}

fn install_by_pip(folder: &Path, pins: &Path) -> Result<()> {
    process::run(Command::new(python()?).args(["-m", "venv", "--clear"]).arg(folder))
        .context("no virtual environment: on Debian and Ubuntu, install python3-venv")?;
    let mut pip = Command::new(folder.join("bin/pip"));
    process::run(
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(pins),
    )
    .map(drop)
}

/// A Python of 3.11 or later.
fn python() -> Result<&'static str> {
    let recent = "import sys; sys.exit(sys.version_info < (3, 11))";
    let found = ["python3", "python3.13", "python3.12", "python3.11"].into_iter().find(|python| {
        Command::new(python)
            .args(["-c", recent])
            .output()
            .is_ok_and(|output| output.status.success())
    });
    match found {
        Some(python) => Ok(python),
        None => bail!("Python 3.11 or later is needed: install python3 and python3-venv"),
    }
}

/// `sam` with an environment that is just what it needs.
pub fn sam() -> Result<Command> {
    deploy_tool("sam")
}

/// A program of [`Tools::Deploy`], which finds the others there.
pub fn deploy_tool(program: &str) -> Result<Command> {
    let bin = Tools::Deploy.bin();
    let mut command = Command::new(bin.join(program));
    let path = std::env::join_paths(
        std::iter::once(bin)
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )?;
    command.current_dir(root()).env("PATH", path).env("SAM_CLI_TELEMETRY", "0");
    // Plain cargo builds for the machine's own architecture, and needs no zig.
    command.env("CARGO_LAMBDA_COMPILER", "cargo");
    process::without_our_crate(&mut command);
    for variable in ["AWS_PROFILE", "AWS_SESSION_TOKEN"] {
        command.env_remove(variable);
    }
    Ok(command)
}
