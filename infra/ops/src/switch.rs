//! What calls a function, on again; and a function back to the version before.

use crate::act::Act;
use crate::cloud::Cloud;
use anyhow::{Context, Result, bail};
use aws_sdk_eventbridge::types::RuleState;
use aws_sdk_lambda::types::{AliasRoutingConfiguration, EventSourceMappingConfiguration};
use std::collections::HashMap;

/// The alias that all callers go by.
pub(crate) const ALIAS: &str = "live";

/// Switches on what calls a function: its event source mappings, and the rule of its schedule.
pub(crate) async fn enable(cloud: &Cloud, function: &str, act: &Act) -> Result<()> {
    let (mappings, rule) = (mappings(cloud, function).await?, rule(cloud, function)?);
    if mappings.is_empty() && rule.is_none() {
        bail!("neither a mapping nor a schedule calls {function}: is it one that the API calls?");
    }
    let mut off = 0;
    for mapping in mappings.iter().filter(|mapping| !is_on(mapping)) {
        off += 1;
        let id = mapping.uuid().context("a mapping has no id")?;
        let state = mapping.state().unwrap_or_default();
        if state != "Disabled" {
            bail!("the mapping {id} of {function} is {state}: try again in a minute");
        }
        if act.begin(cloud, &format!("switch the mapping {id} of {function} on")).await? {
            let enabling = cloud.lambda().update_event_source_mapping().uuid(id).enabled(true);
            enabling.send().await.with_context(|| format!("the mapping {id} stays off"))?;
        }
    }
    if let Some(rule) = rule
        && !is_enabled(cloud, rule).await?
    {
        off += 1;
        if act.begin(cloud, &format!("enable the rule {rule} of {function}")).await? {
            let enabling = cloud.eventbridge().enable_rule().name(rule).send().await;
            enabling.with_context(|| format!("the rule {rule} stays off"))?;
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

/// Takes a function back to a version; without one it says which there are. A deploy that is under
/// way leaves a part of the calls to a later version: they are taken from it.
pub(crate) async fn roll_back(
    cloud: &Cloud,
    function: &str,
    to: Option<u64>,
    act: &Act,
) -> Result<()> {
    let (lambda, name) = (cloud.lambda(), physical(cloud, function)?);
    let alias = lambda.get_alias().function_name(name).name(ALIAS).send().await;
    let alias = alias.with_context(|| format!("{name} has no alias {ALIAS}"))?;
    let live = alias.function_version().unwrap_or_default();
    let weights = alias.routing_config().and_then(|of| of.additional_version_weights());
    let shared = weights.is_some_and(|weights| !weights.is_empty());
    let Some(to) = to else {
        let pages = lambda.list_versions_by_function().function_name(name).into_paginator();
        let versions: Vec<_> = pages.items().send().try_collect().await?;
        for version in versions.iter().filter(|of| of.version() != Some("$LATEST")) {
            let (number, made) = (version.version(), version.last_modified());
            println!("{} of {}", number.unwrap_or_default(), made.unwrap_or_default());
        }
        let part = if shared { ", for a part of the calls" } else { "" };
        println!("live is {live}{part}");
        if !act.dry_run {
            bail!("to which of these? --to <version>");
        }
        return Ok(());
    };
    if live == to.to_string() && !shared {
        println!("version {to} of {function} is live already");
        return Ok(());
    }
    if act.begin(cloud, &format!("take all calls of {function} from {live} to {to}")).await? {
        // Else a part of the calls would go on to the later one.
        let whole = AliasRoutingConfiguration::builder()
            .set_additional_version_weights(Some(HashMap::new()))
            .build();
        let back = lambda.update_alias().function_name(name).name(ALIAS);
        let back = back.function_version(to.to_string()).routing_config(whole);
        // A deploy that came between has its own say.
        let back = back.set_revision_id(alias.revision_id().map(str::to_owned)).send().await;
        back.with_context(|| format!("{live} stays live: is there a version {to}?"))?;
        if shared {
            println!("a deploy is under way: stop it in CodeDeploy, or it goes on");
        }
        println!("a deploy finds its version where it left it: before the next one, caas check");
    }
    Ok(())
}

/// The functions whose live version is not the stack's own, with that.
pub(crate) async fn rolled_back(cloud: &Cloud) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for arn in cloud.versions() {
        let Some((function, version)) = arn.rsplit_once(':') else { continue };
        let name = function.rsplit(':').next().unwrap_or_default();
        let alias = cloud.lambda().get_alias().function_name(name).name(ALIAS).send().await;
        let alias = alias.with_context(|| format!("{name} has no alias {ALIAS}"))?;
        if alias.function_version() != Some(version) {
            let short = name.strip_prefix(&format!("{}-", cloud.stack)).unwrap_or(name);
            found.push((short.to_owned(), version.to_owned()));
        }
    }
    Ok(found)
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
