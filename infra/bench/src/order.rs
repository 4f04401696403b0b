//! A whole order on the local stack, from its registration to the delivery: what it makes the
//! services do, and what AWS asks for that. The table's stream tells each write of an item, the
//! proxies tell which ones were parts of a transaction.

use super::operation::size;
use anyhow::{Context, Result, bail, ensure};
use proxy::{Call, Target};
use serde::Deserialize;
use serde_json::{Value, json};
use stack::demo::{Ending, Story, Teller, settings, since};
use stack::{Stack, eventually};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tools::narrator::Narrator;

/// Public prices, with their date and where they are from.
const PRICES: &str = include_str!("prices.json");
/// By this function the story looks whether something has happened, which is no part of the order.
const LOOKS: &str = "get-sale";
/// How long the services have to come to rest.
const PATIENCE: Duration = Duration::from_mins(1);

/// What an order takes.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    /// Of the state machine, in all.
    pub(super) transitions: u64,
    /// Of the state machine, for the six milestones: those between the order's placing and the
    /// final payment's wait.
    pub(super) milestone_transitions: u64,
    /// Of the table, its indexes' among them.
    pub(super) write_units: u64,
    /// Of the table by the kind of item, each with the units of its index entries.
    pub(super) written: BTreeMap<String, u64>,
    /// Of the indexes alone.
    pub(super) index_units: u64,
    /// Of the table. Every read is consistent, and of items that are 4 KiB together at most.
    pub(super) read_units: u64,
    /// Of AWS services by functions.
    pub(super) aws_calls: u64,
    /// Of gateway, factory and registry.
    pub(super) partner_calls: u64,
    /// Of functions: by API Gateway, by the stream, by the queues, by the state machine.
    pub(super) invocations: u64,
    /// That API Gateway takes.
    pub(super) requests: u64,
    /// That the queues carry.
    pub(super) messages: u64,
    /// To the customer.
    pub(super) mails: u64,
    /// On the event bus.
    pub(super) events: u64,
    /// That the functions log, as `CloudWatch` counts it.
    pub(super) logged_bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Prices {
    date: String,
    region: String,
    dollars_a_million: BTreeMap<String, f64>,
    assumed: BTreeMap<String, f64>,
}

/// What a million orders cost, service by service, in dollars; the last is the mail.
pub(super) fn cost(order: &Order) -> Result<(String, Vec<(&'static str, f64)>)> {
    let Prices { date, region, dollars_a_million, assumed } = serde_json::from_str(PRICES)?;
    let price = |name: &str| {
        dollars_a_million.get(name).copied().with_context(|| format!("no price of a {name}"))
    };
    let assume = |name: &str| {
        assumed.get(name).copied().with_context(|| format!("nothing is assumed of {name}"))
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of one order")]
    let count = |count: u64| count as f64;
    let calls = count(order.aws_calls.saturating_add(order.partner_calls));
    let seconds = (count(order.invocations) * assume("milliseconds_an_invocation")?
        + calls * assume("milliseconds_a_call")?)
        / 1e3;
    let megabytes = count(order.logged_bytes) / 1e6;
    let services = vec![
        ("Step Functions", count(order.transitions) * price("transition")?),
        (
            "DynamoDB",
            count(order.write_units) * price("write_unit")?
                + count(order.read_units) * price("read_unit")?,
        ),
        // 256 MB of memory.
        (
            "Lambda",
            count(order.invocations) * price("invocation")?
                + seconds * 0.25 * price("gigabyte_second")?,
        ),
        ("API Gateway", count(order.requests) * price("request")?),
        ("SQS", count(order.messages) * assume("requests_a_message")? * price("message_request")?),
        ("EventBridge", count(order.events) * price("event")?),
        ("CloudWatch Logs", megabytes * price("logged_megabyte")?),
        ("SES", count(order.mails) * price("mail")?),
    ];
    Ok((format!("list prices of {region}, {date}"), services))
}

/// A stack of its own, on which orders are taken through their lives, one after the other.
pub(super) struct Orders<'a> {
    stack: Stack,
    narrator: &'a Narrator,
    taken: u32,
}

impl<'a> Orders<'a> {
    pub(super) async fn start(narrator: &'a Narrator) -> Result<Self> {
        let stack = Stack::start(&settings(), narrator).await?;
        // The first one has the functions read their secrets and the plan, which the next million
        // orders don't.
        Teller::new(&stack, narrator, "warm@example.com").await?.tell(Ending::Paid).await?;
        at_rest(&stack).await?;
        Ok(Self { stack, narrator, taken: 0 })
    }

    /// What the next order takes.
    pub(super) async fn next(&mut self) -> Result<Order> {
        let stack = &self.stack;
        self.taken += 1;
        let customer = format!("order-{}@example.com", self.taken);
        let mut stream = Stream::latest(stack).await?;
        let (before, logged) = (stack.calls(), logged_bytes(stack).await?);
        let story = Teller::new(stack, self.narrator, &customer).await?.tell(Ending::Paid).await?;
        at_rest(stack).await?;
        let calls: Vec<Call> = since(&before, stack.calls())
            .into_iter()
            .filter(|call| call.function != LOOKS)
            .collect();
        let records = stream.read().await?;
        let logged_bytes = logged_bytes(stack).await?.saturating_sub(logged);
        Ok(Order { logged_bytes, ..count(stack, &story, &calls, &records).await? })
    }
}

/// Bytes of all lines that functions logged so far, with the 26 that `CloudWatch` adds to each.
/// Lambda's own lines aren't JSON here, and aren't written at AWS: the template wants its warnings
/// only.
async fn logged_bytes(stack: &Stack) -> Result<u64> {
    let logged = stack.cloud.logged().await?;
    let looks = format!("\"function\":\"{LOOKS}\"");
    let lines = logged.values().flatten().filter(|line| !line.contains(&looks));
    let bytes: usize =
        lines.filter(|line| line.starts_with('{')).map(|line| line.len().saturating_add(26)).sum();
    Ok(u64::try_from(bytes)?)
}

/// Nothing has been called for a while.
async fn at_rest(stack: &Stack) -> Result<()> {
    let mut quiet = (0, 0_u32);
    eventually(PATIENCE, "the services are at rest", async || {
        let calls = stack.calls().len();
        quiet = if quiet.0 == calls { (calls, quiet.1.saturating_add(1)) } else { (calls, 0) };
        Ok((quiet.1 >= 20).then_some(()))
    })
    .await
}

/// The table's stream, from a moment on.
struct Stream<'a> {
    stack: &'a Stack,
    iterators: Vec<String>,
}

impl<'a> Stream<'a> {
    async fn latest(stack: &'a Stack) -> Result<Self> {
        let table = table(stack).await?;
        let arn = table
            .get("LatestStreamArn")
            .and_then(Value::as_str)
            .context("the table has no stream")?;
        let described = ask(stack, "DescribeStream", json!({ "StreamArn": arn })).await?;
        let shards = described
            .pointer("/StreamDescription/Shards")
            .and_then(Value::as_array)
            .context("no shards")?;
        let mut iterators = Vec::new();
        for shard in shards {
            let from = json!({ "StreamArn": arn, "ShardId": shard.get("ShardId"), "ShardIteratorType": "LATEST" });
            let answer = ask(stack, "GetShardIterator", from).await?;
            iterators.push(
                answer
                    .get("ShardIterator")
                    .and_then(Value::as_str)
                    .context("no iterator")?
                    .to_owned(),
            );
        }
        Ok(Self { stack, iterators })
    }

    /// All records up to now: what was written to each item, old and new.
    async fn read(&mut self) -> Result<Vec<Record>> {
        let mut records = Vec::new();
        for iterator in &mut self.iterators {
            loop {
                let answer =
                    ask(self.stack, "GetRecords", json!({ "ShardIterator": iterator })).await?;
                let page = answer.get("Records").and_then(Value::as_array).context("no records")?;
                records.extend(page.iter().map(Record::of));
                match answer.get("NextShardIterator").and_then(Value::as_str) {
                    Some(next) if !page.is_empty() => next.clone_into(iterator),
                    _ => break,
                }
            }
        }
        Ok(records)
    }
}

async fn ask(stack: &Stack, operation: &str, body: Value) -> Result<Value> {
    stack.cloud.json("dynamodb", &format!("DynamoDBStreams_20120810.{operation}"), body).await
}

async fn table(stack: &Stack) -> Result<Value> {
    let name = json!({ "TableName": stack.output("TableName")? });
    let mut described =
        stack.cloud.json("dynamodb", "DynamoDB_20120810.DescribeTable", name).await?;
    described.get_mut("Table").map(Value::take).context("no table")
}

/// One write of an item.
#[derive(Debug)]
struct Record {
    key: String,
    old: Value,
    new: Value,
}

impl Record {
    fn of(record: &Value) -> Self {
        let image =
            |name: &str| record.pointer(&format!("/dynamodb/{name}")).cloned().unwrap_or_default();
        let part = |name: &str| {
            record
                .pointer(&format!("/dynamodb/Keys/{name}/S"))
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        Self {
            key: format!("{} {}", part("PK"), part("SK")),
            old: image("OldImage"),
            new: image("NewImage"),
        }
    }

    /// The kind of item: its key without what tells one of a kind from another.
    fn kind(&self) -> String {
        let parts = self.key.split(' ').filter_map(|part| part.split('#').next());
        parts.collect::<Vec<_>>().join(" ")
    }

    /// Whether the state machine left its token: it writes to the table by itself.
    fn is_token(&self) -> bool {
        let token = |image: &Value| image.get("task_token").cloned();
        self.old.get("version") == self.new.get("version") && token(&self.old) != token(&self.new)
    }

    /// A unit for each KiB that is begun of the larger of before and after.
    fn units(&self) -> u64 {
        units(size(&self.old).max(size(&self.new)))
    }

    /// What an index costs: an entry that comes, goes or changes is a write, one that moves is two.
    fn index_units(&self, index: &Index) -> u64 {
        match (index.entry(&self.old), index.entry(&self.new)) {
            (Some(old), Some(new)) if old == new => 0,
            (Some(old), Some(new)) if index.key(&old) == index.key(&new) => {
                units(size(&old).max(size(&new)))
            }
            (old, new) => [old, new].into_iter().flatten().map(|entry| units(size(&entry))).sum(),
        }
    }
}

fn units(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(1024).max(1)).unwrap_or(u64::MAX)
}

/// A global secondary index.
#[derive(Debug)]
struct Index {
    keys: Vec<String>,
    /// The attributes in it; `None`: all.
    projected: Option<Vec<String>>,
}

impl Index {
    fn of(described: &Value) -> Result<Self> {
        let names = |list: &Value| -> Vec<String> {
            list.as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let schema = described
            .get("KeySchema")
            .and_then(Value::as_array)
            .context("an index without keys")?;
        let keys: Vec<String> = schema
            .iter()
            .filter_map(|key| Some(key.get("AttributeName")?.as_str()?.to_owned()))
            .collect();
        let more = described.pointer("/Projection/NonKeyAttributes").map(names).unwrap_or_default();
        let all = described.pointer("/Projection/ProjectionType") == Some(&json!("ALL"));
        let table = ["PK", "SK"].map(str::to_owned);
        Ok(Self {
            projected: (!all).then(|| keys.iter().cloned().chain(table).chain(more).collect()),
            keys,
        })
    }

    /// What the index holds of an item, if it holds it.
    fn entry(&self, item: &Value) -> Option<Value> {
        let item =
            item.as_object().filter(|item| self.keys.iter().all(|key| item.contains_key(key)))?;
        let is_in = |name: &String| {
            self.projected.as_ref().is_none_or(|projected| projected.contains(name))
        };
        Some(
            item.iter()
                .filter(|(name, _)| is_in(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }

    fn key(&self, entry: &Value) -> Vec<Value> {
        self.keys.iter().map(|key| entry.get(key).cloned().unwrap_or_default()).collect()
    }
}

/// A request at the API shows by the first call that its function makes, once each: the sale is
/// registered, or read.
fn begins_a_request(call: &Call) -> bool {
    match call.function.as_str() {
        "register-sale" => call.operation == "DynamoDB.TransactWriteItems",
        "pay-signal"
        | "make-final-payment"
        | "prepare-delivery"
        | "receive-factory-update"
        | "receive-payment-update" => call.operation == "DynamoDB.GetItem",
        _ => false,
    }
}

async fn count(stack: &Stack, story: &Story, calls: &[Call], records: &[Record]) -> Result<Order> {
    let table = table(stack).await?;
    let described = table.get("GlobalSecondaryIndexes").and_then(Value::as_array);
    let indexes = described.into_iter().flatten().map(Index::of).collect::<Result<Vec<_>>>()?;
    let ours = |call: &&Call| call.target == Target::Cloud && call.function != "-";
    let of = |operation: &str| {
        calls.iter().filter(ours).filter(|call| call.operation.starts_with(operation)).count()
    };

    // Each item's writes came in the order of the calls.
    let mut parts: BTreeMap<&str, VecDeque<bool>> = BTreeMap::new();
    for call in calls.iter().filter(ours) {
        for key in &call.writes {
            parts.entry(key).or_default().push_back(!call.parts.is_empty());
        }
    }
    let mut order = Order::default();
    for record in records {
        let doubled = if record.is_token() {
            false
        } else {
            let next = parts.get_mut(record.key.as_str()).and_then(VecDeque::pop_front);
            next.with_context(|| format!("nobody called for a write of {}", record.key))?
        };
        let units = record.units() * if doubled { 2 } else { 1 };
        let index_units = indexes.iter().map(|index| record.index_units(index)).sum::<u64>();
        order.index_units += index_units;
        *order.written.entry(record.kind()).or_default() += units + index_units;
        ensure!(size(&record.new) <= 4096, "{} is larger than a read unit", record.key);
    }
    order.write_units = order.written.values().sum();
    if let Some((key, left)) = parts.iter().find(|(_, left)| !left.is_empty()) {
        bail!(
            "{} of the calls that wrote {key} are not in the table's stream: was a condition refused?",
            left.len()
        );
    }

    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let relayed = records.iter().filter(|record| record.key.ends_with(" SALE")).count();
    let waits = |state: &&String| state.starts_with("Await");
    let tasks = story.workflow.transitions.iter().filter(|state| !waits(state)).count();
    let place =
        |name: &str| story.workflow.transitions.iter().position(|state| state.starts_with(name));
    let (placed, due) = (place("PlaceFactoryOrder"), place("AwaitFinalPayment"));
    // Less the order's own state, and the one wait for all six.
    let between = placed.zip(due).map(|(placed, due)| due.saturating_sub(placed).saturating_sub(2));
    order.transitions = count(story.workflow.transitions.len());
    order.milestone_transitions = count(between.context("the workflow went another way")?);
    order.read_units = count(of("DynamoDB.GetItem").saturating_add(of("DynamoDB.Query")));
    order.aws_calls = count(calls.iter().filter(ours).count());
    order.partner_calls = count(
        calls.iter().filter(|call| call.target != Target::Cloud && call.function != "-").count(),
    );
    order.messages = count(of("SQS.SendMessage"));
    order.mails = count(of("SES.SendEmail"));
    order.events = count(of("EventBridge.PutEvents"));
    order.requests = count(calls.iter().filter(ours).filter(|call| begins_a_request(call)).count());
    order.invocations = order.requests + count(relayed) + order.messages + count(tasks);
    Ok(order)
}
