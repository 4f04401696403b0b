//! A function as it was built for release.

use super::measure::Program;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use tools::Tools;
use tools::process::{metadata, run};
use tools::root::local;

/// A function's release build.
pub(super) struct Bootstrap(pub(super) PathBuf);

impl Bootstrap {
    /// What starts it.
    pub(super) fn program(&self) -> Program {
        Program(vec![self.0.clone().into_os_string()])
    }

    /// Its size in a zip as `sam package` makes it.
    pub(super) fn zipped(&self) -> Result<u64> {
        let zip = local().join("bench-run/bootstrap.zip");
        run(Command::new(Tools::Deploy.bin().join("python"))
            .args(["-m", "zipfile", "-c"])
            .arg(&zip)
            .arg(&self.0))?;
        Ok(std::fs::metadata(zip)?.len())
    }
}

/// The build of this function, if there is one.
pub(super) fn bootstrap(function: &str) -> Result<Bootstrap> {
    let metadata = metadata()?;
    let target = metadata
        .get("target_directory")
        .and_then(serde_json::Value::as_str)
        .context("cargo names no target folder")?;
    Ok(Bootstrap(Path::new(target).join("lambda").join(function).join("bootstrap")))
}
