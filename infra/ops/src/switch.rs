//! What calls a function, on again; and a function back to the version before.

use crate::act::Act;
use crate::cloud::Cloud;
use anyhow::{Context, Result, bail};
use aws_sdk_eventbridge::types::RuleState;
use aws_sdk_lambda::types::EventSourceMappingConfiguration;

/// The alias that all callers go by.
pub(crate) const ALIAS: &str = "live";

/// Switches on what calls a function: its event source mappings, and the rule of its schedule.
pub(crate) async fn enable(cloud: &Cloud, function: &str, act: &Act) -> Result<()> {
    let mut off = 0;
    for mapping in mappings(cloud, function).await?.iter().filter(|mapping| !is_on(mapping)) {
        off += 1;
        let id = mapping.uuid().context("a mapping has no id")?;
        if act.begin(cloud, &format!("switch the mapping {id} of {function} on")).await? {
            cloud.lambda().update_event_source_mapping().uuid(id).enabled(true).send().await?;
        }
    }
    let rules = cloud.eventbridge();
    if let Some(rule) = rule(cloud, function)?
        && !is_enabled(cloud, rule).await?
    {
        off += 1;
        if act.begin(cloud, &format!("enable the rule {rule} of {function}")).await? {
            rules.enable_rule().name(rule).send().await?;
        }
    }
    if off == 0 {
        println!("nothing that calls {function} is switched off");
    }
    Ok(())
}

/// What takes a stream's records or a queue's messages to a function. Those that read the stream of a
/// table that is gone are left out.
pub(crate) async fn mappings(
    cloud: &Cloud,
    function: &str,
) -> Result<Vec<EventSourceMappingConfiguration>> {
    let name = physical(cloud, function)?;
    let table = cloud.dynamodb().describe_table().table_name(cloud.resource("Table")?);
    let table = table.send().await.context("the table can't be described")?;
    let stream = table.table().and_then(|table| table.latest_stream_arn()).unwrap_or_default();
    let pages = cloud.lambda().list_event_source_mappings().into_paginator().items().send();
    let mut found: Vec<_> = pages.try_collect().await.context("mappings can't be listed")?;
    found.retain(|mapping| {
        let source = mapping.event_source_arn().unwrap_or_default();
        let called = mapping.function_arn().and_then(|arn| arn.split(':').nth(6));
        called == Some(name) && (source == stream || !source.contains(":table/"))
    });
    Ok(found)
}

/// Whether it calls its function.
pub(crate) fn is_on(mapping: &EventSourceMappingConfiguration) -> bool {
    mapping.state().is_some_and(|state| state.starts_with("Enabl"))
}

/// The rule of a function's schedule, where it has one.
pub(crate) fn rule<'a>(cloud: &'a Cloud, function: &str) -> Result<Option<&'a str>> {
    physical(cloud, function)?;
    Ok(cloud.resource(&format!("{}Schedule", logical(function))).ok())
}

/// Whether a rule does what it is there for.
pub(crate) async fn is_enabled(cloud: &Cloud, rule: &str) -> Result<bool> {
    let told = cloud.eventbridge().describe_rule().name(rule).send().await;
    Ok(told.with_context(|| format!("no rule {rule}"))?.state() == Some(&RuleState::Enabled))
}

/// Takes a function back to the version before the one that is live.
pub(crate) async fn roll_back(cloud: &Cloud, function: &str, act: &Act) -> Result<()> {
    let (lambda, name) = (cloud.lambda(), physical(cloud, function)?);
    let alias = lambda.get_alias().function_name(name).name(ALIAS).send().await;
    let alias = alias.with_context(|| format!("{name} has no alias {ALIAS}"))?;
    let number = |version: &str| version.parse::<u64>().ok();
    let live = alias.function_version().and_then(number);
    let live = live.with_context(|| format!("{ALIAS} of {name} is no published version"))?;
    let pages = lambda.list_versions_by_function().function_name(name).into_paginator().items();
    let versions: Vec<_> = pages.send().try_collect().await.context("no versions are listed")?;
    let published = versions.iter().filter_map(|of| number(of.version()?));
    let Some(before) = published.filter(|version| *version < live).max() else {
        bail!("{name} has no version before {live}: deploy one that works");
    };
    let deed = format!("take {function} from version {live} back to {before}");
    if act.begin(cloud, &deed).await? {
        // Else a part of the calls would go on to the later one.
        let whole = aws_sdk_lambda::types::AliasRoutingConfiguration::builder()
            .set_additional_version_weights(Some(std::collections::HashMap::new()))
            .build();
        let back = lambda.update_alias().function_name(name).name(ALIAS);
        back.function_version(before.to_string()).routing_config(whole).send().await?;
        println!("the next deploy makes its own version live again");
    }
    Ok(())
}

/// A function's name at AWS.
fn physical<'a>(cloud: &'a Cloud, function: &str) -> Result<&'a str> {
    cloud.resource(&logical(function)).with_context(|| {
        format!("{function} is no function of it: the log's lines name them, such as relay-events")
    })
}

/// A function's name in the template: `relay-events` is `RelayEvents` there.
fn logical(function: &str) -> String {
    let words = function.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or_default();
        first.to_uppercase() + rest
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_found_in_the_template() {
        assert_eq!(logical("relay-events"), "RelayEvents");
        let template = crate::runbook::template();
        for function in ["relay-events", "reconcile-payments", "issue-credentials"] {
            assert!(template.contains(&format!("\n  {}:\n", logical(function))), "{function}");
        }
        assert!(template.contains(&format!("AutoPublishAlias: {ALIAS}\n")));
    }
}
