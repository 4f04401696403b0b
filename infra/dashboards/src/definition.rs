//! What the template says of its dashboards.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tools::template::Template;

/// A dashboard.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dashboard {
    /// What its name ends with: `business`.
    pub(crate) name: String,
    pub(crate) widgets: Vec<Widget>,
}

/// One of its charts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Widget {
    pub(crate) title: String,
    /// Whether its lines are drawn one on the other.
    pub(crate) is_stacked: bool,
    pub(crate) lines: Vec<Line>,
}

/// A metric of a chart: one line, or one for each value of the dimension that it is searched by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) namespace: String,
    pub(crate) metric: String,
    pub(crate) of: Of,
    pub(crate) statistic: String,
}

/// Of what a metric is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Of {
    /// This one: a dimension's value, or nothing at all.
    One(String),
    /// Each that there is.
    Each,
}

/// The dashboards. What the template refers to goes by the name that the template has for it.
pub(crate) fn dashboards(template: &Template) -> Result<Vec<Dashboard>> {
    let found = template.of_kind("AWS::CloudWatch::Dashboard").map(|resource| {
        let text = |pointer| resource.property(pointer).and_then(Value::as_str);
        let name = text("/DashboardName/Fn::Sub").context("a dashboard has no name")?;
        let body = text("/DashboardBody/Fn::Sub").context("a dashboard has no body")?;
        let body: Value = serde_json::from_str(&named(body)).context("a dashboard is no JSON")?;
        let widgets = body
            .pointer("/widgets")
            .and_then(Value::as_array)
            .context("a dashboard has no widgets")?;
        Ok(Dashboard {
            name: name.rsplit('-').next().unwrap_or(name).to_owned(),
            widgets: widgets.iter().map(widget).collect::<Result<_>>()?,
        })
    });
    found.collect()
}

/// `${Name}` as `Name`.
fn named(text: &str) -> String {
    let mut parts = text.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| match part.split_once('}') {
        Some((name, rest)) => all + name + rest,
        None => all + part,
    })
}

fn widget(widget: &Value) -> Result<Widget> {
    let properties = widget.get("properties").context("a widget has no properties")?;
    let title = properties
        .pointer("/title")
        .and_then(Value::as_str)
        .context("a widget has no title")?
        .to_owned();
    let statistic = properties.pointer("/stat").and_then(Value::as_str).unwrap_or("Average");
    let metrics = properties.pointer("/metrics").and_then(Value::as_array);
    let metrics = metrics.with_context(|| format!("{title} has no metrics"))?;
    let (mut lines, mut before): (Vec<Line>, Vec<String>) = Default::default();
    for metric in metrics.iter().filter_map(Value::as_array) {
        let searched =
            metric.first().and_then(|first| first.pointer("/expression").and_then(Value::as_str));
        if let Some(search) = searched {
            lines.push(self::searched(search).with_context(|| format!("{title}: {search}"))?);
            continue;
        }
        let texts: Vec<&str> = metric.iter().filter_map(Value::as_str).collect();
        before = spelt_out(&texts, &before);
        let own = metric.last().and_then(|last| last.pointer("/stat").and_then(Value::as_str));
        let [namespace, metric, rest @ ..] = before.as_slice() else { continue };
        lines.push(Line {
            namespace: namespace.clone(),
            metric: metric.clone(),
            of: Of::One(rest.last().cloned().unwrap_or_default()),
            statistic: own.unwrap_or(statistic).to_owned(),
        });
    }
    ensure!(!lines.is_empty(), "{title} shows nothing");
    Ok(Widget { title, is_stacked: properties.get("stacked") == Some(&Value::Bool(true)), lines })
}

/// Short for the metric before: `.` is what it has there, `...` all that it has before the rest
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>).
fn spelt_out(texts: &[&str], before: &[String]) -> Vec<String> {
    if let ["...", rest @ ..] = texts {
        let kept = before.len().saturating_sub(rest.len());
        let rest = rest.iter().map(|text| (*text).to_owned());
        return before.iter().take(kept).cloned().chain(rest).collect();
    }
    let known = |place: usize| before.get(place).cloned().unwrap_or_default();
    let each = texts.iter().enumerate();
    each.map(|(place, text)| if *text == "." { known(place) } else { (*text).to_owned() }).collect()
}

/// `SEARCH('{namespace,dimension} MetricName="metric"', 'Sum', 86400)`.
fn searched(search: &str) -> Option<Line> {
    let (namespace, rest) = search.strip_prefix("SEARCH('{")?.split_once(',')?;
    let metric = rest.split_once("MetricName=\"")?.1.split('"').next()?;
    let statistic = rest.rsplit('\'').nth(1)?;
    Some(Line {
        namespace: namespace.to_owned(),
        metric: metric.to_owned(),
        of: Of::Each,
        statistic: statistic.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_metric_may_be_short_for_the_one_before() {
        let read = widget(&json!({ "properties": { "title": "API", "stat": "Sum", "metrics": [
            ["AWS/ApiGateway", "Count", "ApiId", "Api"],
            [".", "5xx", ".", "."],
            ["...", "Other", { "stat": "p95" }],
        ] } }));
        let lines = read.unwrap().lines;
        let told = |line: &Line| (line.metric.clone(), line.of.clone(), line.statistic.clone());
        let of = |of: &str| Of::One(of.to_owned());
        assert_eq!(told(&lines[1]), ("5xx".to_owned(), of("Api"), "Sum".to_owned()));
        assert_eq!(told(&lines[2]), ("5xx".to_owned(), of("Other"), "p95".to_owned()));
    }

    #[test]
    fn a_search_is_a_line_for_each() {
        let search = named("SEARCH('{${AWS::StackName},Status} MetricName=\"Moved\"', 'Sum', 60)");
        let line = searched(&search).unwrap();
        assert_eq!((line.namespace.as_str(), line.metric.as_str()), ("AWS::StackName", "Moved"));
        assert_eq!((line.of, line.statistic.as_str()), (Of::Each, "Sum"));
    }
}
