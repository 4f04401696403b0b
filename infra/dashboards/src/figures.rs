//! What was measured, and what a chart shows of it.

use crate::definition::{Line, Of};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The slices of time that a chart has.
pub(crate) const SLICES: usize = 30;

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
struct Point {
    namespace: String,
    metric: String,
    /// The dimension's value.
    of: String,
    at: Timestamp,
    value: f64,
}

/// What was measured between two moments.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    points: Vec<Point>,
}

/// A line of a chart: its name, and a value for each slice that has one.
pub(crate) type Drawn = (String, Vec<Option<f64>>);

impl Figures {
    /// Nothing yet.
    pub(crate) fn between(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to, points: Vec::new() }
    }

    /// Adds a measurement.
    pub(crate) fn add(
        &mut self,
        namespace: &str,
        metric: &str,
        of: &str,
        at: Timestamp,
        value: f64,
    ) {
        let [namespace, metric, of] = [namespace, metric, of].map(str::to_owned);
        self.points.push(Point { namespace, metric, of, at, value });
    }

    /// How long it was measured, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.to.duration_since(self.from).as_secs_f64()
    }

    /// What a chart shows of a line's definition: one line, or one for each value.
    pub(crate) fn of(&self, line: &Line) -> Vec<Drawn> {
        let mut by_name: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
        for point in &self.points {
            let of_line = point.namespace == line.namespace && point.metric == line.metric;
            let name = match &line.of {
                Of::One(one) if one == &point.of => name_of(line),
                Of::Each => point.of.clone(),
                Of::One(_) => continue,
            };
            if of_line {
                let slices = by_name.entry(name).or_insert_with(|| vec![Vec::new(); SLICES]);
                if let Some(slice) = slices.get_mut(self.slice(point.at)) {
                    slice.push(point.value);
                }
            }
        }
        let statistic = |slice: Vec<f64>| statistic(&line.statistic, slice);
        let drawn = by_name.into_iter();
        drawn.map(|(name, slices)| (name, slices.into_iter().map(statistic).collect())).collect()
    }

    /// In which slice of the time a moment is.
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of thirty slices"
    )]
    fn slice(&self, at: Timestamp) -> usize {
        let share = at.duration_since(self.from).as_secs_f64() / self.seconds();
        ((share.clamp(0.0, 1.0) * SLICES as f64) as usize).min(SLICES - 1)
    }
}

/// What a line of one metric is called beside others.
fn name_of(line: &Line) -> String {
    let Line { metric, of, statistic, .. } = line;
    match of {
        Of::One(one) if one.contains("Queue") || one.contains("DeadLetters") => {
            one.trim_end_matches(".QueueName").to_owned()
        }
        _ if statistic.starts_with('p') => format!("{metric} {statistic}"),
        _ => metric.clone(),
    }
}

/// A statistic as CloudWatch has it; of nothing there is none.
fn statistic(name: &str, mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    // Of what is counted there was none, then.
    let Some(last) = values.last().copied() else { return (name == "Sum").then_some(0.0) };
    Some(match (name, name.strip_prefix('p').and_then(|of| of.parse::<usize>().ok())) {
        ("Sum", _) => values.iter().sum(),
        (_, Some(percent)) => {
            let place = values.len().saturating_mul(percent).div_ceil(100).saturating_sub(1);
            values.get(place).copied().unwrap_or(last)
        }
        _ => last,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_search_finds_each_value_and_sums_by_slice() {
        let mut figures = Figures::between(at(0), at(30));
        for (of, second) in [("Lapsed", 0), ("Paid", 29), ("Lapsed", 0)] {
            figures.add("Ours", "Moved", of, at(second), 1.0);
        }
        let line = |of| Line {
            namespace: "Ours".to_owned(),
            metric: "Moved".to_owned(),
            of,
            statistic: "Sum".to_owned(),
        };
        let all = figures.of(&line(Of::Each));
        assert_eq!(all.len(), 2);
        assert_eq!(
            (all[0].0.as_str(), all[0].1[0], all[1].1[29]),
            ("Lapsed", Some(2.0), Some(1.0))
        );
        assert_eq!(figures.of(&line(Of::One("Nothing".to_owned()))), []);
    }

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let values = || (1..=100).map(f64::from).collect::<Vec<_>>();
        assert_eq!(statistic("p50", values()), Some(50.0));
        assert_eq!(statistic("p99", values()), Some(99.0));
        assert_eq!(statistic("Maximum", values()), Some(100.0));
        assert_eq!(statistic("p99", Vec::new()), None);
    }
}
