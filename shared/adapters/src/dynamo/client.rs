//! DynamoDB's API as far as the table needs it. A call is a [`Request`] with DynamoDB's own parameters, begun by
//! [`DynamoSales::at`], [`DynamoSales::put`] or [`DynamoSales::find`]; as a part of a transaction it is the same in a [`Part`].

use super::{DynamoSales, Item};
use crate::aws::{CallFault, Protocol, Service};
use crate::log;
use crate::random;
use domain::ports::StoreFault;
use hyper::body::Bytes;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) const DYNAMODB: Service = Service {
    host: "dynamodb",
    signed_as: "dynamodb",
    protocol: Protocol::Json { target: "DynamoDB_20120810", content_type: "application/x-amz-json-1.0" },
};

/// How often a call is sent that DynamoDB was too busy for.
pub(super) const TRIES: u32 = 4;

/// Some 10 to 40 ms a turn, by chance, so that two that met don't meet again.
pub(super) async fn pause(turn: u32) {
    let mut chance = [0];
    random::fill(&mut chance);
    let millis = u64::from(turn).saturating_mul(10_u64.saturating_add(u64::from(u8::from_be_bytes(chance)) / 8));
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// An attribute's value, of the types that the table uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum AttributeValue {
    /// A string.
    S(String),
    /// A number, as its text.
    N(String),
    /// A list.
    L(Vec<AttributeValue>),
    /// A set of strings.
    #[serde(rename = "SS")]
    Strings(Vec<String>),
}

/// What an operation is asked: its parameters, under DynamoDB's names.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Request<'a> {
    table_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclusive_start_key: Option<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_condition_expression: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projection_expression: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition_expression: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_expression: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    expression_attribute_names: BTreeMap<String, Cow<'static, str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    expression_attribute_values: Item,
    #[serde(skip_serializing_if = "Option::is_none")]
    consistent_read: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scan_index_forward: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_values_on_condition_check_failure: Option<&'static str>,
}

impl DynamoSales {
    /// What begins a `GetItem`, `UpdateItem`, `DeleteItem` or a condition on one item.
    pub(super) fn at(&self, key: Item) -> Request<'_> {
        Request { key: Some(key), ..self.request() }
    }

    /// What begins a `PutItem`.
    pub(super) fn put(&self, item: Item) -> Request<'_> {
        Request { item: Some(item), ..self.request() }
    }

    /// What begins a `Query`.
    pub(super) fn find(&self, key_condition: &'static str) -> Request<'_> {
        Request { key_condition_expression: Some(key_condition), ..self.request() }
    }

    fn request(&self) -> Request<'_> {
        Request { table_name: &self.table, ..Request::default() }
    }
}

impl<'a> Request<'a> {
    /// `IndexName`.
    pub(super) fn index(self, name: &'static str) -> Self {
        Self { index_name: Some(name), ..self }
    }

    /// `ExclusiveStartKey`: from the item after this one on.
    pub(super) fn after(self, start: Option<Item>) -> Self {
        Self { exclusive_start_key: start, ..self }
    }

    /// `ProjectionExpression`.
    pub(super) fn projection(self, expression: &'static str) -> Self {
        Self { projection_expression: Some(expression), ..self }
    }

    /// `ConditionExpression`.
    pub(super) fn condition(self, expression: &'static str) -> Self {
        Self { condition_expression: Some(expression), ..self }
    }

    /// `UpdateExpression`.
    pub(super) fn update(self, expression: impl Into<Cow<'a, str>>) -> Self {
        Self { update_expression: Some(expression.into()), ..self }
    }

    /// `#name` for each name: half of the plain words one would use are reserved.
    pub(super) fn names<const N: usize>(self, names: [&'static str; N]) -> Self {
        let expression_attribute_names = names.into_iter().map(|name| (format!("#{name}"), name.into())).collect();
        Self { expression_attribute_names, ..self }
    }

    /// `#alias` for an attribute whose name is data.
    pub(super) fn name(mut self, alias: &str, name: String) -> Self {
        self.expression_attribute_names.insert(format!("#{alias}"), name.into());
        self
    }

    /// `ExpressionAttributeValues`, as `:name`.
    pub(super) fn values(self, values: Item) -> Self {
        Self { expression_attribute_values: values, ..self }
    }

    /// A read that sees every write before it.
    pub(super) fn consistent(self) -> Self {
        Self { consistent_read: Some(true), ..self }
    }

    /// The last keys first.
    pub(super) fn descending(self) -> Self {
        Self { scan_index_forward: Some(false), ..self }
    }

    /// So many items at most.
    pub(super) fn limit(self, limit: u16) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// What is there comes back when the condition doesn't hold.
    pub(super) fn return_found(self) -> Self {
        Self { return_values_on_condition_check_failure: Some("ALL_OLD"), ..self }
    }
}

/// A part of a transaction.
#[derive(Debug, Serialize)]
pub(super) enum Part<'a> {
    /// As `PutItem`.
    Put(Request<'a>),
    /// As `UpdateItem`.
    Update(Request<'a>),
    /// As `DeleteItem`.
    Delete(Request<'a>),
}

/// What a read found.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    #[serde(default)]
    item: Option<Item>,
    #[serde(default)]
    items: Vec<Item>,
    /// There are more after this one.
    #[serde(default)]
    last_evaluated_key: Option<Item>,
}

/// Reads of several items.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    request_items: BTreeMap<String, Wanted>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Wanted {
    keys: Vec<Item>,
    projection_expression: &'static str,
    expression_attribute_names: BTreeMap<String, &'static str>,
}

/// What they found.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batched {
    #[serde(default)]
    responses: BTreeMap<String, Vec<Item>>,
    /// Not read yet.
    #[serde(default)]
    unprocessed_keys: BTreeMap<String, Left>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Left {
    keys: Vec<Item>,
}

/// Why a part of a transaction was not written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Reason {
    /// `None`: this part is not why.
    #[serde(default)]
    pub(super) code: String,
    /// What was there instead.
    #[serde(default)]
    pub(super) item: Option<Item>,
}

/// Why a call wasn't carried out.
#[derive(Debug)]
pub(super) enum Fault {
    /// The condition doesn't hold; what was there instead, if it was asked for.
    Condition(Option<Item>),
    /// A transaction was not written; a reason for each of its parts, in their order.
    Cancelled(Vec<Reason>),
    /// Another transaction writes the item at this moment.
    Busy,
    /// It failed.
    Failed(CallFault),
}

impl From<CallFault> for Fault {
    fn from(fault: CallFault) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        struct Detail {
            item: Option<Item>,
            cancellation_reasons: Vec<Reason>,
        }
        let CallFault::Refused(refusal) = &fault else { return Self::Failed(fault) };
        let detail = || serde_json::from_slice::<Detail>(&refusal.body).unwrap_or_default();
        match refusal.code.as_str() {
            "ConditionalCheckFailedException" => Self::Condition(detail().item),
            "TransactionCanceledException" => Self::Cancelled(detail().cancellation_reasons),
            "TransactionConflictException" => Self::Busy,
            _ => Self::Failed(fault),
        }
    }
}

impl Fault {
    /// Logs it: nobody expected it of this operation.
    pub(super) fn unavailable(&self, operation: &'static str) -> StoreFault {
        match self {
            Self::Failed(fault) => log::aws(operation, fault),
            Self::Condition(_) => tracing::warn!(operation, "a condition doesn't hold"),
            Self::Busy => tracing::warn!(operation, "another transaction writes the item"),
            Self::Cancelled(reasons) => {
                let codes: Vec<_> = reasons.iter().map(|reason| reason.code.as_str()).collect();
                tracing::warn!(operation, reasons = codes.join(","), "a transaction was cancelled");
            }
        }
        StoreFault::Unavailable
    }
}

impl DynamoSales {
    /// The item, if there is one.
    pub(super) async fn get_item(&self, request: Request<'_>) -> Result<Option<Item>, StoreFault> {
        let found = self.client.call("GetItem", &request).await.and_then(|body| read(&body));
        found.map(|found| found.item).map_err(|fault| Fault::from(fault).unavailable("GetItem"))
    }

    /// The first page of the items.
    pub(super) async fn query(&self, request: Request<'_>) -> Result<Vec<Item>, StoreFault> {
        self.page(&request).await.map(|page| page.items)
    }

    /// The items of all pages.
    pub(super) async fn query_all(&self, mut request: Request<'_>) -> Result<Vec<Item>, StoreFault> {
        let mut items = Vec::new();
        loop {
            let page = self.page(&request).await?;
            items.extend(page.items);
            request.exclusive_start_key = page.last_evaluated_key;
            if request.exclusive_start_key.is_none() {
                return Ok(items);
            }
        }
    }

    async fn page(&self, request: &Request<'_>) -> Result<Found, StoreFault> {
        let found = self.client.call("Query", request).await.and_then(|body| read(&body));
        found.map_err(|fault| Fault::from(fault).unavailable("Query"))
    }

    /// The items with these keys, in any order; those that aren't there are left out. DynamoDB answers a part of them when it is
    /// busy: what is left is asked for again.
    pub(super) async fn batch_get(
        &self,
        keys: Vec<Item>,
        projection: &'static str,
        names: &[&'static str],
    ) -> Result<Vec<Item>, StoreFault> {
        let names = names.iter().map(|name| (format!("#{name}"), *name)).collect();
        let mut asked = Batch { request_items: BTreeMap::new() };
        let wanted = Wanted { keys, projection_expression: projection, expression_attribute_names: names };
        asked.request_items.insert(self.table.clone(), wanted);
        let mut items = Vec::new();
        for turn in 1..=TRIES {
            let answer = self.client.call("BatchGetItem", &asked).await;
            let answer = answer.and_then(|body| serde_json::from_slice(&body).map_err(|_| CallFault::NotUnderstood));
            let Batched { responses, mut unprocessed_keys } =
                answer.map_err(|fault| Fault::from(fault).unavailable("BatchGetItem"))?;
            items.extend(responses.into_values().flatten());
            let left = unprocessed_keys.remove(&self.table).map(|left| left.keys).unwrap_or_default();
            if left.is_empty() {
                return Ok(items);
            }
            asked.request_items.values_mut().for_each(|wanted| wanted.keys.clone_from(&left));
            pause(turn).await;
        }
        tracing::warn!("a batch of reads was answered in part each time");
        Err(StoreFault::Unavailable)
    }

    pub(super) async fn put_item(&self, request: Request<'_>) -> Result<(), Fault> {
        Ok(self.client.call("PutItem", &request).await.map(drop)?)
    }

    pub(super) async fn update_item(&self, request: Request<'_>) -> Result<(), Fault> {
        Ok(self.client.call("UpdateItem", &request).await.map(drop)?)
    }

    pub(super) async fn delete_item(&self, request: Request<'_>) -> Result<(), Fault> {
        Ok(self.client.call("DeleteItem", &request).await.map(drop)?)
    }

    /// All parts, or none. A token of its own makes it safe to send again: DynamoDB carries it out once.
    pub(super) async fn transact(&self, parts: &[Part<'_>]) -> Result<(), Fault> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Transaction<'a> {
            transact_items: &'a [Part<'a>],
            client_request_token: String,
        }
        let transaction = Transaction { transact_items: parts, client_request_token: random::call_token() };
        Ok(self.client.call("TransactWriteItems", &transaction).await.map(drop)?)
    }
}

fn read(body: &Bytes) -> Result<Found, CallFault> {
    serde_json::from_slice(body).map_err(|_| CallFault::NotUnderstood)
}
