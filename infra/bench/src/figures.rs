//! Figures: what was measured, what it should be, and what it was when it was last committed.

use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// How much worse than the committed one a counted figure may be: what two runs may differ by.
const TOLERANCE: f64 = 0.03;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    /// Machine instructions.
    Instructions,
    /// Bytes.
    Bytes,
    /// Calls of a service.
    Calls,
    /// Transitions of the state machine.
    Transitions,
    /// Read or write units of the table.
    Units,
    /// US dollars.
    Dollars,
    /// How many times as much.
    Times,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Operations a second.
    PerSecond,
}

impl Unit {
    /// Whether the machine and what else runs on it leave the figure alone.
    fn is_counted(self) -> bool {
        matches!(
            self,
            Self::Instructions | Self::Bytes | Self::Calls | Self::Transitions | Self::Units
        )
    }

    /// Whether more is better.
    fn more_is_better(self) -> bool {
        matches!(self, Self::Times | Self::PerSecond)
    }

    fn show(self, value: f64) -> String {
        let scaled = |scale: f64, unit: &str| format!("{:.2} {unit}", value / scale);
        match self {
            Self::Instructions if value >= 1e6 => scaled(1e6, "M"),
            Self::Instructions => scaled(1e3, "k"),
            Self::Bytes => scaled(1e6, "MB"),
            Self::Calls | Self::Transitions => format!("{value:.0}"),
            Self::Units => format!("{value:.1}"),
            Self::Dollars => format!("${value:.2}"),
            Self::Times => format!("{value:.0}x"),
            Self::Milliseconds => format!("{value:.2} ms"),
            Self::Seconds => format!("{value:.0} s"),
            Self::PerSecond => format!("{value:.0}/s"),
        }
    }
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Figure {
    /// Its table.
    pub(super) group: String,
    /// Of what.
    pub(super) of: String,
    /// What it is measured in.
    pub(super) unit: Unit,
    /// The figure.
    pub(super) value: f64,
    /// What it must reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bar: Option<f64>,
    /// What it would better reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stretch: Option<f64>,
}

impl Figure {
    /// A figure that needn't reach anything.
    #[expect(clippy::cast_precision_loss, reason = "figures are far below 2^52")]
    pub(super) fn counted(group: &str, of: impl Into<String>, unit: Unit, value: u64) -> Self {
        Self::new(group, of, unit, value as f64)
    }

    /// A figure that needn't reach anything.
    pub(super) fn new(group: &str, of: impl Into<String>, unit: Unit, value: f64) -> Self {
        Self { group: group.to_owned(), of: of.into(), unit, value, bar: None, stretch: None }
    }

    /// What it must reach, and what it would better reach.
    #[must_use]
    pub(super) fn within(self, bar: f64, stretch: f64) -> Self {
        Self { bar: Some(bar), stretch: Some(stretch), ..self }
    }

    fn reaches(&self, bound: f64) -> bool {
        if self.unit.more_is_better() { self.value >= bound } else { self.value <= bound }
    }

    fn verdict(&self) -> &'static str {
        match (self.bar, self.stretch) {
            (_, Some(stretch)) if self.reaches(stretch) => "stretch",
            (Some(bar), _) if self.reaches(bar) => "met",
            (Some(_), _) => "**missed**",
            _ => "",
        }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} {}", self.of, self.unit.show(self.value), self.verdict())
    }
}

/// A run's figures, and what they were measured on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Report {
    /// The day.
    pub(super) date: String,
    /// Processor and system.
    pub(super) machine: String,
    /// The processor's architecture: counts of another one are other counts.
    pub(super) architecture: String,
    /// What built and measured.
    pub(super) versions: Vec<String>,
    /// The figures.
    pub(super) figures: Vec<Figure>,
}

impl Report {
    /// What a group has figures of.
    pub(super) fn measured(&self, group: &str) -> impl Iterator<Item = &str> {
        self.figures
            .iter()
            .filter(move |figure| figure.group == group)
            .map(|figure| figure.of.as_str())
    }

    /// Each counted figure of `now` that is worse than here, in words.
    pub(super) fn regressions(&self, now: &[Figure]) -> Vec<String> {
        let worse = |figure: &&Figure| figure.unit.is_counted();
        let compared = now.iter().filter(worse).filter_map(|figure| {
            let known = self
                .figures
                .iter()
                .find(|known| known.group == figure.group && known.of == figure.of)?;
            let show = |value| figure.unit.show(value);
            (figure.value > known.value * (1.0 + TOLERANCE)).then(|| {
                format!(
                    "{}, {}: {} where {} is committed",
                    figure.group,
                    figure.of,
                    show(figure.value),
                    show(known.value)
                )
            })
        });
        compared.collect()
    }

    /// As a page.
    pub(super) fn page(&self) -> String {
        let mut page = format!(
            "# Benchmarks\n\nWritten by `cargo xtask bench`; don't edit. {}, {}, {}.\n\n\
             Instructions are counted by valgrind's cachegrind over the whole process, dynamic loader included. Those of an operation \
             are what one more event takes in a running process, from the Runtime API's event to its answer, with recorded answers of the \
             services. Times are this machine's.\n",
            self.date,
            self.machine,
            self.versions.join(", ")
        );
        let mut group = "";
        for figure in &self.figures {
            if figure.group != group {
                group = &figure.group;
                let _ = write!(
                    page,
                    "\n## {group}\n\n| of | figure | bar | stretch | |\n| --- | ---: | ---: | ---: | --- |\n"
                );
            }
            let bound =
                |bound: Option<f64>| bound.map(|bound| figure.unit.show(bound)).unwrap_or_default();
            let (value, bar, stretch) =
                (figure.unit.show(figure.value), bound(figure.bar), bound(figure.stretch));
            let _ = writeln!(
                page,
                "| {} | {value} | {bar} | {stretch} | {} |",
                figure.of,
                figure.verdict()
            );
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(unit: Unit, value: f64) -> Report {
        let figures = vec![Figure::new("Cold start", "get-sale", unit, value).within(1.5e6, 0.6e6)];
        Report {
            date: String::new(),
            machine: String::new(),
            architecture: String::new(),
            versions: Vec::new(),
            figures,
        }
    }

    #[test]
    fn three_percent_is_noise_and_more_is_a_regression() {
        let committed = report(Unit::Instructions, 1e6);
        assert!(committed.regressions(&report(Unit::Instructions, 1.03e6).figures).is_empty());
        assert_eq!(
            committed.regressions(&report(Unit::Instructions, 1.04e6).figures),
            ["Cold start, get-sale: 1.04 M where 1.00 M is committed"]
        );
    }

    #[test]
    fn one_call_more_is_a_regression_and_a_slow_machine_is_none() {
        assert_eq!(
            report(Unit::Calls, 3.0).regressions(&report(Unit::Calls, 4.0).figures).len(),
            1
        );
        assert!(
            report(Unit::Milliseconds, 1.0)
                .regressions(&report(Unit::Milliseconds, 9.0).figures)
                .is_empty()
        );
    }

    #[test]
    fn figures_say_whether_they_reach_their_bar() {
        let verdict = |value| report(Unit::Instructions, value).figures[0].verdict();
        assert_eq!([0.5e6, 1e6, 2e6].map(verdict), ["stretch", "met", "**missed**"]);
        let times = Figure::new("Warm", "get-sale", Unit::Times, 30.0).within(20.0, 50.0);
        assert_eq!(times.verdict(), "met");
    }
}
