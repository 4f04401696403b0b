//! Child processes, each with all that it starts, ended when dropped.

use crate::root::root;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a process may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process in a group of its own; what it says goes to a log file.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it with exactly the environment that `command` names, and its output in
    /// `folder/<name>.log`. Its standard input stays open as long as we are there, and says
    /// nothing.
    pub fn start(name: &'static str, command: &mut Command, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let output =
            || -> Result<File> { Ok(OpenOptions::new().create(true).append(true).open(&log)?) };
        command.process_group(0).stdin(Stdio::piped()).stdout(output()?).stderr(output()?);
        let child = command.spawn().with_context(|| {
            format!("{name} can't be started: {}", command.get_program().display())
        })?;
        Ok(Self { name, child, log })
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Fails, with the end of its log, if it has ended.
    pub fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(20).collect();
            bail!(
                "{} ended ({status}):\n{}",
                self.name,
                tail.into_iter().rev().collect::<Vec<_>>().join("\n")
            );
        }
        Ok(())
    }

    fn group(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }

    /// Ends it and all that it started: asks first, so that it can put away what it keeps.
    pub fn stop(&mut self) {
        let Some(group) = self.group() else { return };
        let _ = kill_process_group(group, Signal::TERM);
        let began = crate::narrator::now();
        while began.elapsed() < PATIENCE {
            // Reaps the child itself; the group is gone once nobody in it is left.
            let _ = self.child.try_wait();
            if test_kill_process_group(group).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kill();
    }

    /// Ends it and all that it started, without warning.
    pub fn kill(&mut self) {
        if let Some(group) = self.group() {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Cargo, in the project's folder.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    without_our_crate(&mut cargo);
    cargo
}

/// What cargo knows of the workspace: its crates, their targets and dependencies, the target folder.
pub fn metadata() -> Result<Value> {
    let known = run(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    serde_json::from_str(&known).context("what cargo says of the workspace")
}

/// The workspace's crates in [`metadata`].
pub fn packages(metadata: &Value) -> Result<&Vec<Value>> {
    metadata.get("packages").and_then(Value::as_array).context("cargo names no packages")
}

/// Keeps back what cargo says of the crate that runs this, as `cargo run` and `cargo test` do:
/// build scripts that look at it would build again whatever they build.
pub(crate) fn without_our_crate(command: &mut Command) {
    let of_our_crate = std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || name == "CARGO_PRIMARY_PACKAGE"
    });
    for variable in of_our_crate {
        command.env_remove(variable);
    }
}

/// Runs a command to its end; fails with what it said if it fails.
pub fn run(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} can't be started", command.get_program().display()))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .concat();
        bail!("{} failed ({}):\n{said}", describe(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command to its end, its output going where ours goes.
pub fn run_aloud(command: &mut Command) -> Result<()> {
    eprintln!("==> {}", describe(command));
    let status = command
        .status()
        .with_context(|| format!("{} can't be started", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed ({status})", describe(command));
    }
    Ok(())
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}
