//! What the template says against what is really there, after a deploy: an emulator, or a change of
//! ours, can lose a route, an authorizer, a stream or an alarm without a word.

use crate::stack::Stack;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use tools::template::Template;

/// Fails with everything that is missing.
pub async fn check(stack: &Stack, template: &Template) -> Result<()> {
    let mut missing = Vec::new();
    missing.extend(routes(stack, template).await?);
    missing.extend(throttles(stack, template).await?);
    missing.extend(table(stack).await?);
    missing.extend(event_sources(stack, template).await?);
    missing.extend(alarms(stack, template).await?);
    if !missing.is_empty() {
        bail!("the deployed stack is not what the template says:\n  {}", missing.join("\n  "));
    }
    Ok(())
}

fn items<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

async fn routes(stack: &Stack, template: &Template) -> Result<Vec<String>> {
    let api = format!("/v2/apis/{}", stack.output("ApiId")?);
    let routes = stack.cloud.get("apigateway", &format!("{api}/routes")).await?;
    let authorizers = stack.cloud.get("apigateway", &format!("{api}/authorizers")).await?;
    let issuer = format!("{}/issuer", stack.partners.url());
    let authorizer = items(&authorizers, "items").iter().find(|authorizer| {
        authorizer.pointer("/jwtConfiguration/issuer").and_then(Value::as_str) == Some(&issuer)
    });
    let authorizer = authorizer.and_then(|authorizer| authorizer.get("authorizerId"));
    let mut missing: Vec<String> = authorizer
        .is_none()
        .then(|| "the authorizer of employees".to_owned())
        .into_iter()
        .collect();
    for route in template.of_kind("AWS::ApiGatewayV2::Route") {
        let wanted = |name: &str| route.property(&format!("/{name}")).and_then(Value::as_str);
        let found = items(&routes, "items")
            .iter()
            .find(|found| found.get("routeKey").and_then(Value::as_str) == wanted("RouteKey"));
        let is = |name: &str| found.and_then(|found| found.get(name));
        let right = is("authorizationType").and_then(Value::as_str) == wanted("AuthorizationType")
            && (wanted("AuthorizationType") != Some("JWT") || is("authorizerId") == authorizer);
        if !right {
            missing.push(format!(
                "route {} with its authorizer",
                wanted("RouteKey").unwrap_or(route.id)
            ));
        }
    }
    Ok(missing)
}

async fn throttles(stack: &Stack, template: &Template) -> Result<Vec<String>> {
    let stages = stack
        .cloud
        .get("apigateway", &format!("/v2/apis/{}/stages", stack.output("ApiId")?))
        .await?;
    let stage = items(&stages, "items").first();
    let limited = |settings: Option<&Value>| {
        // The local cloud keeps the template's spelling, AWS has its own.
        let keys = || {
            settings
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(name, _)| name.to_ascii_lowercase())
        };
        ["throttlingratelimit", "throttlingburstlimit"]
            .iter()
            .all(|limit| keys().any(|key| key == *limit))
    };
    let wanted = template.of_kind("AWS::ApiGatewayV2::Stage").next();
    let routes = wanted
        .and_then(|stage| stage.property("/RouteSettings"))
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let own = |route: &str| stage.and_then(|stage| stage.get("routeSettings")?.get(route));
    let routes = routes.map(|(route, _)| route).filter(|route| !limited(own(route)));
    let default = !limited(stage.and_then(|stage| stage.get("defaultRouteSettings")));
    Ok(default
        .then(|| "the stage's throttle".to_owned())
        .into_iter()
        .chain(routes.map(|route| format!("the throttle of {route}")))
        .collect())
}

async fn table(stack: &Stack) -> Result<Vec<String>> {
    let name = json!({ "TableName": stack.output("TableName")? });
    let table =
        stack.cloud.json("dynamodb", "DynamoDB_20120810.DescribeTable", name.clone()).await?;
    let ttl = stack.cloud.json("dynamodb", "DynamoDB_20120810.DescribeTimeToLive", name).await?;
    let text = |value: &Value, pointer: &str| {
        value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let facts = [
        (
            "the table's stream",
            text(&table, "/Table/StreamSpecification/StreamViewType") == "NEW_AND_OLD_IMAGES",
        ),
        (
            "the table's time to live",
            text(&ttl, "/TimeToLiveDescription/AttributeName") == "expires_at",
        ),
        (
            "the table's time to live, enabled",
            text(&ttl, "/TimeToLiveDescription/TimeToLiveStatus").starts_with("ENABL"),
        ),
    ];
    Ok(facts.into_iter().filter(|(_, there)| !there).map(|(what, _)| what.to_owned()).collect())
}

async fn event_sources(stack: &Stack, template: &Template) -> Result<Vec<String>> {
    let mappings = stack.cloud.get("lambda", "/2015-03-31/event-source-mappings/").await?;
    let enabled = items(&mappings, "EventSourceMappings").iter().filter(|mapping| {
        let state = mapping.get("State").and_then(Value::as_str).unwrap_or_default();
        state.starts_with("Enabl") && !items(mapping, "FunctionResponseTypes").is_empty()
    });
    let functions: Vec<&str> =
        enabled.filter_map(|mapping| mapping.get("FunctionArn")?.as_str()).collect();
    let mut missing = Vec::new();
    for mapping in template.of_kind("AWS::Lambda::EventSourceMapping") {
        let function = mapping.property("/FunctionName/Ref").and_then(Value::as_str);
        let function = function.and_then(|function| template.resource(function));
        // The function's name is `${AWS::StackName}-<operation>`.
        let folder = function.and_then(|function| function.folder());
        if !folder.is_some_and(|folder| functions.iter().any(|arn| arn.ends_with(folder))) {
            missing.push(format!("{}, enabled, with partial answers", mapping.id));
        }
    }
    Ok(missing)
}

async fn alarms(stack: &Stack, template: &Template) -> Result<Vec<String>> {
    let all = json!({ "MaxRecords": 100 });
    let alarms =
        stack.cloud.json("monitoring", "GraniteServiceVersion20100801.DescribeAlarms", all).await?;
    let there: Vec<&str> = items(&alarms, "MetricAlarms")
        .iter()
        .filter_map(|alarm| alarm.get("AlarmDescription")?.as_str())
        .collect();
    // Those that reckon with several figures are for AWS alone.
    let wanted = template
        .of_kind("AWS::CloudWatch::Alarm")
        .filter(|alarm| alarm.whole.get("Condition").is_none());
    let descriptions = wanted.filter_map(|alarm| alarm.property("/AlarmDescription")?.as_str());
    Ok(descriptions
        .filter(|description| !there.contains(description))
        .map(|description| format!("the alarm '{description}'"))
        .collect())
}
