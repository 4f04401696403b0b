//! Comments say something.

use crate::files::{no_faults, read, root, rust_files};
use anyhow::{Result, ensure};
use std::fs;

/// Protects who reads a name for the first time: its comment says what the name doesn't, and names
/// a rule of the business by its number, which `docs/requirements.md` has.
#[test]
fn comments_say_something_and_name_rules_that_there_are() -> Result<()> {
    let rules = read("docs/requirements.md")?;
    let mut files = Vec::new();
    for folder in ["functions", "shared"] {
        rust_files(&root().join(folder), &mut files)?;
    }
    let mut faults = Vec::new();
    for file in files {
        let path = file.strip_prefix(root())?.to_string_lossy().into_owned();
        let text = fs::read_to_string(&file)?;
        let short =
            doc_comments(&text).into_iter().filter(|doc| doc.split_whitespace().count() < 3);
        faults.extend(short.map(|doc| format!("{path}: {:?} says too little", doc.trim())));
        for line in text.lines().map(str::trim_start).filter(|line| line.starts_with("//")) {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let is_rule = |word: &&str| {
                let number = word.strip_prefix("R-").unwrap_or_default();
                !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            };
            let named =
                words.filter(is_rule).filter(|rule| !rules.contains(&format!("| {rule} |")));
            faults.extend(named.map(|rule| format!("{path}: there is no rule {rule}")));
            if line.to_lowercase().contains("seed:") {
                faults.push(format!("{path}: {line:?} names a source that isn't here"));
            }
        }
    }
    no_faults(faults)
}

/// Protects who looks for a cause at three in the morning: where an error's is dropped, a comment at
/// its statement says why.
#[test]
fn a_cause_that_is_dropped_has_its_reason_beside_it() -> Result<()> {
    let mut files = Vec::new();
    for folder in ["functions", "infra", "shared"] {
        rust_files(&root().join(folder), &mut files)?;
    }
    let (mut found, mut faults) = (0, Vec::new());
    for file in files {
        let path = file.strip_prefix(root())?.to_string_lossy().into_owned();
        if path.contains("/tests") {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.contains("map_err(|_|")) {
            found += 1;
            let above = lines.iter().take(at).rev().take(4);
            if !above.clone().any(|line| line.starts_with("//")) {
                faults.push(format!("{path}:{} drops a cause", at + 1));
            }
        }
    }
    ensure!(found > 10, "only {found} are looked at");
    no_faults(faults)
}

/// The text of each doc comment.
fn doc_comments(text: &str) -> Vec<String> {
    let (mut found, mut last) = (Vec::<String>::new(), "");
    for line in text.lines().map(str::trim_start) {
        let mark =
            ["///", "//!"].into_iter().find(|mark| line.starts_with(mark)).unwrap_or_default();
        if let Some(said) = line.strip_prefix(mark).filter(|_| !mark.is_empty()) {
            if mark != last {
                found.push(String::new());
            }
            if let Some(doc) = found.last_mut() {
                doc.push(' ');
                doc.push_str(said);
            }
        }
        last = mark;
    }
    found
}
