//! The machine and the tools that measure: what they are, and what day it is there.

use anyhow::Result;
use std::process::Command;
use tools::process::run;

/// Whether instructions can be counted here.
pub(super) fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok()
}

/// The first line of what a program says of its version.
pub(super) fn version(program: &str) -> Result<String> {
    Ok(run(Command::new(program).arg("--version"))?
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned())
}

/// Cores, processor and system: other ones execute other instructions, of another C library and of
/// other code paths.
pub(super) fn machine() -> Result<String> {
    let processor = std::fs::read_to_string("/proc/cpuinfo")?;
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or("an unnamed processor");
    let system = std::fs::read_to_string("/etc/os-release")?;
    let system =
        system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("Linux");
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "{} x {}, {}",
        cores,
        processor.trim_start_matches(['\t', ' ', ':']),
        system.trim_matches('"')
    ))
}

/// The day, for a report.
pub(super) fn today() -> String {
    #[expect(clippy::disallowed_methods, reason = "a report says when it was made")]
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}
