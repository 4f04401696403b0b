//! The committed figures, and how new ones are put beside them.

use super::figures::{Figure, Report};
use super::groups::GROUPS;
use super::machine::{machine, today, version};
use super::twins;
use anyhow::Result;
use std::path::PathBuf;
use tools::root::root;
use tools::{Tools, functions};

/// Writes the page and the figures, and prints one of them.
pub(super) fn write(report: &Report, as_json: bool) -> Result<()> {
    std::fs::create_dir_all(committed().with_file_name(""))?;
    let notes = std::fs::read_to_string(root().join("infra/bench/src/notes.md"))?;
    std::fs::write(committed().with_extension("md"), format!("{}\n{notes}", report.page()))?;
    let json = serde_json::to_string_pretty(report)?;
    std::fs::write(committed(), format!("{json}\n"))?;
    println!("{}", if as_json { json } else { report.page() });
    Ok(())
}

/// The committed figures, if there are any.
pub(super) fn known() -> Result<Option<Report>> {
    Ok(if committed().exists() {
        Some(serde_json::from_str(&std::fs::read_to_string(committed())?)?)
    } else {
        None
    })
}

/// These figures, and of the known ones those to `keep` that were not measured anew, if they are of
/// the same machine and tools.
pub(super) fn report(figures: Vec<Figure>, keep: impl Fn(&Figure) -> bool) -> Result<Report> {
    let python = Tools::Bench.bin().join("python").to_string_lossy().into_owned();
    let mut report = Report {
        date: today(),
        machine: machine()?,
        architecture: functions::architecture().to_owned(),
        versions: vec![
            version("rustc")?,
            version("valgrind")?,
            version(&python)?,
            format!("Node {}", version(&twins::node()?.to_string_lossy())?),
        ],
        figures,
    };
    if let Some(known) = known()?
        .filter(|known| known.machine == report.machine && known.versions == report.versions)
    {
        let is_new = |figure: &Figure| {
            !report.figures.iter().any(|new| new.group == figure.group && new.of == figure.of)
        };
        let is_ours = |figure: &Figure| GROUPS.contains(&figure.group.as_str());
        let kept: Vec<Figure> = known
            .figures
            .into_iter()
            .filter(|figure| is_ours(figure) && keep(figure) && is_new(figure))
            .collect();
        report.figures.extend(kept);
    }
    // A table keeps together, whoever measured its rows, and a row its place.
    report.figures.sort_by_key(|figure| GROUPS.iter().position(|group| *group == figure.group));
    Ok(report)
}

fn committed() -> PathBuf {
    root().join("docs/benchmarks.json")
}
