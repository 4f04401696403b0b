//! The template's metric filters, done to the lines that the functions logged.

use crate::figures::Figures;
use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::Value;
use stack::Stack;
use tools::template::Template;

/// What a filter counts.
#[derive(Debug)]
struct Filter {
    /// The field of a line, and what it has to be.
    field: String,
    wanted: String,
    metric: String,
    /// A number, or `$.field`.
    value: String,
    /// Where a line says the dimension's value: `$.field`.
    of: Option<String>,
}

/// Counts what the filters find, as CloudWatch does.
pub(crate) async fn count(stack: &Stack, template: &Template, figures: &mut Figures) -> Result<()> {
    let filters = template.of_kind("AWS::Logs::MetricFilter").map(|resource| {
        let text = |pointer: &str| {
            let text = resource.property(pointer).and_then(Value::as_str);
            text.map(str::to_owned).with_context(|| format!("{} has no {pointer}", resource.id))
        };
        let (field, wanted) =
            pattern(&text("/FilterPattern")?).context("a pattern of one field")?;
        let metric = text("/MetricTransformations/0/MetricName")?;
        let value = text("/MetricTransformations/0/MetricValue")?;
        let of = text("/MetricTransformations/0/Dimensions/0/Value").ok();
        Ok(Filter { field, wanted, metric, value, of })
    });
    let filters = filters.collect::<Result<Vec<_>>>()?;
    let logged = stack.cloud.logged().await?;
    for line in logged.values().flatten() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        let Some(at) = line
            .pointer("/timestamp")
            .and_then(Value::as_str)
            .and_then(|at| at.parse::<Timestamp>().ok())
        else {
            continue;
        };
        for filter in filters
            .iter()
            .filter(|filter| line.get(&filter.field).is_some_and(|found| *found == filter.wanted))
        {
            let of = filter.of.as_deref().and_then(|of| line.get(of.trim_start_matches("$.")));
            let of = of.and_then(Value::as_str);
            let number = match filter.value.strip_prefix("$.") {
                Some(field) => line.get(field).and_then(Value::as_f64),
                None => filter.value.parse().ok(),
            };
            let Some(number) = number else { continue };
            figures.add("AWS::StackName", &filter.metric, of.unwrap_or_default(), at, number);
        }
    }
    Ok(())
}

/// `{ $.field = "text" }`.
fn pattern(text: &str) -> Option<(String, String)> {
    let (field, wanted) = text.strip_prefix("{ $.")?.strip_suffix("\" }")?.split_once(" = \"")?;
    Some((field.to_owned(), wanted.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_a_field_and_what_it_has_to_be() {
        let read = pattern("{ $.message = \"a sale moved\" }");
        assert_eq!(read, Some(("message".to_owned(), "a sale moved".to_owned())));
        assert_eq!(pattern("{ $.level = ERROR }"), None);
    }
}
