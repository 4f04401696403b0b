//! The runbook against the template and the commands.

use crate::Cli;
use clap::Parser;
use std::collections::BTreeMap;

const RUNBOOK: &str = include_str!("../../../docs/runbook.md");
/// What a page says, in this order.
const PARTS: [&str; 4] = ["**Meaning.**", "**Look.**", "**Repair.**", "**Verify.**"];

/// The template as it is written.
pub(crate) fn template() -> &'static str {
    include_str!("../../template.yaml")
}

/// The runbook's pages about alarms, by alarm.
fn pages() -> BTreeMap<&'static str, &'static str> {
    let pages = RUNBOOK.split("\n### ").skip(1).filter_map(|page| page.split_once('\n'));
    pages.map(|(title, page)| (title.trim(), page)).collect()
}

#[test]
fn each_alarm_has_its_page_and_each_page_its_alarm() {
    let lines: Vec<&str> = template().lines().collect();
    let alarms = lines.windows(2).filter_map(|two| match two {
        [name, kind]
            if kind.contains("AWS::CloudWatch::Alarm") || kind.contains("AWS::Budgets::Budget") =>
        {
            name.trim().strip_suffix(':')
        }
        _ => None,
    });
    let mut alarms: Vec<&str> = alarms.collect();
    alarms.sort_unstable();
    let pages = pages();
    assert!(alarms.len() > 10);
    assert_eq!(pages.keys().copied().collect::<Vec<_>>(), alarms);
    for (alarm, page) in pages {
        let places: Vec<_> = PARTS.iter().map(|part| page.find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{alarm}: {places:?}");
        assert!(page.contains("caas "), "{alarm}: no command");
    }
}

#[test]
fn each_command_of_the_runbook_exists() {
    let quoted = RUNBOOK.split('`').skip(1).step_by(2).filter(|quoted| quoted.starts_with("caas "));
    let mut commands = 0;
    for command in quoted {
        let filled = command
            .replace("<function>", "relay-events")
            .replace("<version>", "7")
            .replace("<sale>", "0195a0c0-0000-7000-8000-000000000001")
            .replace("<moment>", "2026-11-28T10:15:00Z");
        let words = filled.replace("\"…\"", "because");
        let parsed = Cli::try_parse_from(words.split_whitespace());
        assert!(parsed.is_ok(), "{command}: {}", parsed.unwrap_err());
        commands += 1;
    }
    assert!(commands > 20);
}
