//! What strangers, customers, other dealerships and partners' impostors try, as tables of cases
//! over HTTP. Each case asserts the status, the problem's type, that no item of the table changed,
//! and that the answer tells nothing it shouldn't.

mod access;
mod account;
mod bodies;
mod canaries;
mod flow;
mod hostile;
mod keys;
mod webhooks;

use crate::conformance::Checked;
use crate::{Shared, World, trial};
use anyhow::{Context, Result, ensure};
use edge::{Callers, Operation};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Map, Value, json};
use stack::api::{Answer, Api};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "abuse_of_functions", access::functions),
        trial(world, "abuse_of_objects", access::objects),
        trial(world, "abuse_by_mass_assignment", bodies::mass_assignment),
        trial(world, "abuse_by_malformed_input", bodies::malformed),
        trial(world, "abuse_of_webhooks", webhooks::webhooks),
        trial(world, "abuse_of_sessions", account::sessions),
        trial(world, "abuse_of_log_in_and_activation", account::log_in_and_activation),
        trial(world, "abuse_of_idempotency_keys", keys::keys),
        trial(world, "abuse_by_partners", hostile::partners),
        trial(world, "abuse_of_the_business_flow", flow::business_flow),
        trial(world, "abuse_by_injection", bodies::injection),
        trial(world, "canaries_stay_where_they_belong", canaries::canaries),
    ]
}

/// What a case sends, and the answer that it has to get.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case {
    /// What it is, for who reads a failure.
    pub(super) name: String,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    /// The statuses that will do.
    pub(super) status: Vec<u16>,
    /// The problem's type; empty: the API gateway may answer by itself.
    pub(super) problem: &'static str,
}

impl Case {
    pub(super) fn new(
        name: impl Into<String>,
        method: &'static str,
        path: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
            status: Vec::new(),
            problem: "",
        }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(super) fn key(self) -> Self {
        self.header("idempotency-key", stack::demo::key())
    }

    pub(super) fn json(self, body: &Value) -> Self {
        self.text("application/json", body.to_string())
    }

    pub(super) fn text(mut self, kind: &str, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", kind)
    }

    /// The answer that it has to get.
    pub(super) fn gets(mut self, status: u16, problem: &'static str) -> Self {
        self.status = vec![status];
        self.problem = problem;
        self
    }

    /// The API gateway or the function refuses it; by either's words.
    pub(super) fn gets_one_of(mut self, status: &[u16]) -> Self {
        self.status = status.to_vec();
        self
    }

    /// All that is sent, but for fresh keys: two cases that are the same here are one.
    fn sent(&self) -> (&'static str, &str, Vec<&(String, String)>, Option<&String>) {
        let headers = self
            .headers
            .iter()
            .filter(|(name, value)| !(name == "idempotency-key" && value.starts_with("k-")));
        (self.method, &self.path, headers.collect(), self.body.as_ref())
    }
}

/// How many cases were run.
static CASES: AtomicUsize = AtomicUsize::new(0);

/// Says how many cases a table had, and all so far.
fn count(table: &str, cases: usize) {
    let all = CASES.fetch_add(cases, Ordering::Relaxed) + cases;
    eprintln!("abuse: {table}: {cases} cases ({all} so far)");
}

/// Runs a table: at least `least` cases, no two of them the same.
pub(super) async fn run(
    world: &World,
    table: &str,
    least: usize,
    cases: Vec<Case>,
    secrets: &[&str],
) -> Result<()> {
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let sent: BTreeSet<_> = cases.iter().map(Case::sent).collect();
    ensure!(
        names.len() == cases.len(),
        "two cases of {table} have one name: {:?}",
        repeated(&cases)
    );
    if sent.len() != cases.len() {
        let mut seen = BTreeSet::new();
        let twice: Vec<&str> = cases
            .iter()
            .filter(|case| !seen.insert(case.sent()))
            .map(|case| case.name.as_str())
            .collect();
        anyhow::bail!("cases of {table} send what others do: {twice:?}");
    }
    ensure!(cases.len() >= least, "{table} has {} cases only", cases.len());
    let api = Checked {
        api: Api::new(world.stack.api_url.clone(), None)?,
        description: &world.description,
    };
    let mut faults = Vec::new();
    let mut before = quiet(world).await?;
    for case in &cases {
        let answer = send(&api, case).await;
        let after = items(world).await?;
        let verdict = answer.and_then(|answer| judge(case, &answer, secrets));
        faults.extend(verdict.err().map(|fault| format!("{}: {fault:#}", case.name)));
        let changed: Vec<&String> = after
            .iter()
            .filter(|(key, item)| before.get(*key) != Some(item))
            .map(|(key, _)| key)
            .collect();
        let gone: Vec<&String> = before.keys().filter(|key| !after.contains_key(*key)).collect();
        if !changed.is_empty() || !gone.is_empty() {
            faults.push(format!("{}: changed {changed:?}, removed {gone:?}", case.name));
        }
        before = after;
    }
    count(table, cases.len());
    ensure!(
        faults.is_empty(),
        "{} of {} cases of {table}:\n{}",
        faults.len(),
        cases.len(),
        faults.join("\n")
    );
    Ok(())
}

fn repeated(cases: &[Case]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    cases.iter().map(|case| case.name.as_str()).filter(|name| !seen.insert(*name)).collect()
}

async fn send(api: &Checked<'_>, case: &Case) -> Result<Answer> {
    let headers: Vec<(&str, &str)> =
        case.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let method = Method::from_bytes(case.method.as_bytes())?;
    // What only the API gateway answers is not described.
    if case.problem.is_empty() {
        api.api.send(method, &case.path, &headers, case.body.clone()).await
    } else {
        api.send(method, &case.path, &headers, case.body.clone()).await
    }
}

fn judge(case: &Case, answer: &Answer, secrets: &[&str]) -> Result<()> {
    ensure!(
        case.status.contains(&answer.status),
        "{:?} was expected, not {} {}",
        case.status,
        answer.status,
        answer.body
    );
    if !case.problem.is_empty() {
        let kind = answer.text("/type").rsplit('/').next().unwrap_or_default();
        ensure!(kind == case.problem, "{} was expected, not {kind}: {}", case.problem, answer.body);
    }
    let told = format!("{}{:?}", answer.body, answer.headers).to_lowercase();
    let inner = [
        "panicked",
        "dynamodb",
        "arn:aws",
        "traceback",
        "rustc",
        ".rs:",
        "caas-sales-local",
        "$argon2",
    ];
    let leaked: Vec<&&str> =
        inner.iter().chain(secrets).filter(|text| told.contains(&text.to_lowercase())).collect();
    ensure!(leaked.is_empty(), "the answer tells {leaked:?}");
    Ok(())
}

/// The table's items, without what an attempt may leave: the counters of attempts to log in.
pub(crate) async fn items(world: &World) -> Result<BTreeMap<String, Map<String, Value>>> {
    let mut found = BTreeMap::new();
    let mut start = Value::Null;
    loop {
        let mut scan =
            json!({ "TableName": world.stack.output("TableName")?, "ConsistentRead": true });
        if !start.is_null() {
            scan["ExclusiveStartKey"] = start;
        }
        let mut answer = world.stack.cloud.json("dynamodb", "DynamoDB_20120810.Scan", scan).await?;
        for item in answer["Items"].as_array().context("no items")? {
            let part = |name: &str| {
                item.pointer(&format!("/{name}/S"))
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            if !part("SK").starts_with("ATTEMPTS#") {
                found.insert(
                    format!("{} {}", part("PK"), part("SK")),
                    item.as_object().cloned().unwrap_or_default(),
                );
            }
        }
        start = answer["LastEvaluatedKey"].take();
        if start.is_null() {
            return Ok(found);
        }
    }
}

/// The table once nothing moves in it any more.
async fn quiet(world: &World) -> Result<BTreeMap<String, Map<String, Value>>> {
    let mut last = items(world).await?;
    let mut still = 0;
    stack::eventually(crate::PATIENCE, "the table is quiet", async || {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        let now = items(world).await?;
        let is_still = now == last && !now.values().any(is_under_way);
        still = if is_still { still + 1 } else { 0 };
        last = now;
        Ok((still >= 5).then(|| last.clone()))
    })
    .await
}

/// Whether something is still to be done with an item by itself: credentials to be sent, the
/// workflow's token to be stored.
fn is_under_way(item: &Map<String, Value>) -> bool {
    let is_owed = item.get("credentials_state").and_then(|state| state.get("S")?.as_str());
    is_owed == Some("owed") || (item.contains_key("awaits") && !item.contains_key("task_token"))
}

/// An operation, as the table of who may call what and the API's description have it.
pub(super) struct Call {
    pub(super) operation: Operation,
    pub(super) method: &'static str,
    path: String,
    /// The description's example.
    pub(super) body: Option<Value>,
}

/// Every operation, so that a new one is tried without a word here.
pub(super) fn calls(world: &World) -> Result<Vec<Call>> {
    let call = |operation: Operation| {
        let (method, path, body) = world.description.operation(operation.as_str())?;
        let method =
            ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().find(|known| *known == method);
        Ok(Call { operation, method: method.context("a method that nobody knows")?, path, body })
    };
    Operation::all().map(call).collect()
}

/// Those that employees call about a sale, or to make one.
pub(super) fn employee_calls(world: &World) -> Result<Vec<Call>> {
    let mut calls = calls(world)?;
    calls.retain(|call| {
        matches!(call.operation.callers(), Callers::Employees(_))
            && !call.path.replace("{sale_id}", "").contains('{')
    });
    Ok(calls)
}

impl Call {
    pub(super) fn name(&self) -> &'static str {
        self.operation.as_str()
    }

    /// Whether a sale is in its path.
    pub(super) fn is_about_a_sale(&self) -> bool {
        self.path.contains("{sale_id}")
    }

    /// Its path, with this sale's id; whatever else is in it is an `x`.
    pub(super) fn path(&self, sale: &str) -> String {
        let path = self.path.replace("{sale_id}", sale);
        let segments =
            path.split('/').map(|segment| if segment.starts_with('{') { "x" } else { segment });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The call, about this sale.
    pub(super) fn case(&self, name: impl Into<String>, sale: &str) -> Case {
        let case = Case::new(name, self.method, self.path(sale));
        match &self.body {
            Some(body) => case.key().json(body),
            None => case,
        }
    }
}
