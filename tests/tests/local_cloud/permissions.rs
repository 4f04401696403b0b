//! Granted is used: each action of a function's role was called in this run, and each call is one
//! that its role has. Roles are enforced in these tests: a permission that is taken away is missed.

use crate::{Shared, World, trial, trial_of_all};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use proxy::{Call, Target};
use serde_json::Value;
use stack::demo::{key, sale};
use stack::{Settings, Stack};
use std::collections::{BTreeMap, BTreeSet};
use tools::narrator::Narrator;
use tools::template::{FUNCTION, Template};

pub(crate) fn trials(worlds: &Shared) -> Vec<Trial> {
    vec![
        trial_of_all(worlds, "granted_is_used", granted_is_used),
        trial(worlds, "a_missing_permission_is_missed", a_missing_permission_is_missed),
    ]
}

/// Lambda's own poller calls these in the function's name.
const OF_LAMBDA: [&str; 9] = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:DescribeStream",
    "dynamodb:ListStreams",
    // What was given up, which here is kept in a queue.
    "s3:PutObject",
    "s3:ListBucket",
];

/// What an undisturbed run of these tests has no reason for, by function.
const NOT_IN_THIS_RUN: [(&str, &[&str]); 10] = [
    // What can't be understood goes to people.
    ("relay-events", &["sqs:SendMessage"]),
    // After a conflict the sale is read again.
    ("place-factory-order", &["dynamodb:GetItem"]),
    ("register-vehicle", &["dynamodb:GetItem"]),
    // A session's use is written down once an hour.
    ("list-expedientes", &["dynamodb:UpdateItem"]),
    ("get-expediente", &["dynamodb:UpdateItem"]),
    ("log-out", &["dynamodb:UpdateItem"]),
    ("get-preferences", &["dynamodb:UpdateItem"]),
    // Money on its way is asked for at the deadline.
    ("unassign-vehicle", &["secretsmanager:GetSecretValue"]),
    // A señal that nobody pays, a factory that is silent: `FAULTS=singles` waits for both.
    ("lapse-sale", &["dynamodb:GetItem", "dynamodb:UpdateItem", "secretsmanager:GetSecretValue"]),
    (
        "check-factory-order",
        &["dynamodb:GetItem", "dynamodb:UpdateItem", "secretsmanager:GetSecretValue"],
    ),
];

async fn granted_is_used(worlds: &[&World]) -> Result<()> {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in worlds
        .iter()
        .flat_map(|world| world.stack.calls())
        .filter(|call| call.target == Target::Cloud && call.function != "-")
    {
        used.entry(call.function.clone()).or_default().extend(actions(&call));
    }
    // The schedule looks at all of the index of open cases, and its role lets it scan nothing else.
    let scans = used.iter().any(|(function, actions)| {
        function != "reconcile-payments" && actions.contains("dynamodb:Scan")
    });
    ensure!(!scans, "the table was scanned");
    let template = Template::read()?;
    let mut faults = Vec::new();
    for function in template.of_kind(FUNCTION) {
        let folder = function.folder().context("no code")?;
        let granted = granted(&template, &format!("{}Role", function.id))?;
        let used = used.get(folder).cloned().unwrap_or_default();
        let excused = NOT_IN_THIS_RUN
            .iter()
            .find(|(name, _)| *name == folder)
            .map_or(&[][..], |(_, actions)| actions);
        let idle = granted.iter().filter(|action| {
            !used.contains(*action)
                && !OF_LAMBDA.contains(&action.as_str())
                && !excused.contains(&action.as_str())
        });
        faults.extend(idle.map(|action| format!("{folder} may {action}, and never did")));
        faults.extend(
            used.difference(&granted)
                .map(|action| format!("{folder} did {action}, which its role doesn't have")),
        );
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// The IAM actions of a call; a transaction needs its parts', and none of its own.
fn actions(call: &Call) -> Vec<String> {
    let part = |kind: &String| format!("dynamodb:{kind}Item");
    let action = match call.operation.split_once('.') {
        Some(("DynamoDB", "TransactWriteItems")) => return call.parts.iter().map(part).collect(),
        Some(("DynamoDB", name)) => format!("dynamodb:{name}"),
        Some(("SES", name)) => format!("ses:{name}"),
        Some(("EventBridge", name)) => format!("events:{name}"),
        Some(("SNS", name)) => format!("sns:{name}"),
        Some(("SQS", name)) => format!("sqs:{}", name.split('/').next().unwrap_or(name)),
        Some(("StepFunctions", name)) => format!("states:{name}"),
        Some(("SecretsManager", name)) => format!("secretsmanager:{name}"),
        _ => call.operation.clone(),
    };
    vec![action]
}

fn granted(template: &Template, role: &str) -> Result<BTreeSet<String>> {
    let role = template.resource(role).with_context(|| format!("there is no {role}"))?;
    let policies = role.property("/Policies").and_then(Value::as_array).context("no policies")?;
    let statements = policies
        .iter()
        .filter_map(|policy| policy.pointer("/PolicyDocument/Statement")?.as_array())
        .flatten();
    let mut granted = BTreeSet::new();
    for statement in statements {
        match statement.get("Action").context("no action")? {
            Value::String(action) => granted.extend([action.clone()]),
            Value::Array(actions) => {
                granted.extend(actions.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            other => anyhow::bail!("no action: {other:?}"),
        }
    }
    Ok(granted)
}

/// The same template on a second stack, where a registration may not count the reservations that
/// are unpaid.
async fn a_missing_permission_is_missed(_: &World) -> Result<()> {
    let without = Some("dynamodb:UpdateItem".to_owned());
    let stack =
        Stack::start(&Settings { without, ..Settings::default() }, &Narrator::default()).await?;
    let (api, body) = (stack.api("MAD-01", &["sales"]).await?, sale("denied@example.com"));
    let answer = api.post("/sales", &key(), &body).await?;
    ensure!(answer.status == 503, "{answer:?}");
    Ok(())
}
