//! The table: sales, customers, sessions, vehicles, answered requests and sent notifications.
//!
//! A decision is one conditional write. What a failed condition finds comes back with the failure, so that no branch
//! costs a read.

mod accounts;
mod commit;
mod customers;
mod lists;
mod notifications;
mod register;
mod stream;

pub use stream::{Image, UnreadableChange, change_from_stream};

use crate::aws::Aws;
use crate::log;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use domain::ports::{CommitFault, Details, MOST_SALES_LISTED, NewSale, Registered, SaleStore, StoreFault};
use domain::vehicle::VehicleChange;
use domain::{CustomerKey, Sale, SaleId, Vin};
use std::collections::HashMap;

type Item = HashMap<String, AttributeValue>;

const SALE: &str = "SALE";
const DETAILS: &str = "SALE#DETAILS";
/// How the key of a sale among its customer's begins.
const LISTED: &str = "SALE#";
const CUSTOMER: &str = "CUSTOMER";
const VEHICLE: &str = "VEHICLE";
const IDEMPOTENCY: &str = "IDEMPOTENCY";
const SESSION: &str = "SESSION";

/// A cancellation reason's code: somebody else writes the item at this moment.
const BUSY: &str = "TransactionConflict";
/// A cancellation reason's code: the item is not as the condition wants it.
const CONDITION: &str = "ConditionalCheckFailed";

/// The table. Implements [`SaleStore`], [`domain::ports::CustomerStore`],
/// [`domain::account::AccountStore`] and [`domain::ports::NotificationLog`].
#[derive(Debug, Clone)]
pub struct DynamoSales {
    client: Client,
    table: String,
}

impl DynamoSales {
    /// The table of this name. Opens no connection.
    pub fn new(aws: &Aws, table: String) -> Self {
        Self { client: Client::new(aws.config()), table }
    }
}

impl SaleStore for DynamoSales {
    async fn register(&self, new: NewSale<'_>) -> Result<Registered, StoreFault> {
        self.put_sale(new).await
    }

    async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreFault> {
        // Without the projection half of the answer would be the state machine's token.
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key(sale_pk(id), SALE))).consistent_read(true);
        let call = call.projection_expression("#version, #state").set_expression_attribute_names(Some(names(["version", "state"])));
        let found = call.send().await.map_err(|fault| unavailable("GetItem", &fault))?;
        found.item.map(|item| read_sale(id, &item)).transpose()
    }

    async fn sale_with_details(&self, id: SaleId) -> Result<Option<(Sale, Details)>, StoreFault> {
        let call = self.client.query().table_name(&self.table).consistent_read(true);
        let call = call.key_condition_expression("PK = :pk AND begins_with(SK, :sale)");
        let call = call.expression_attribute_values(":pk", text(sale_pk(id))).expression_attribute_values(":sale", text(SALE));
        let found = call.send().await.map_err(|fault| unavailable("Query", &fault))?;
        let with_key = |sk: &str| found.items().iter().find(|item| string(item, "SK") == Some(sk));
        let (sale, details) = match (with_key(SALE), with_key(DETAILS)) {
            (Some(sale), Some(details)) => (sale, details),
            (None, None) => return Ok(None),
            _ => return Err(corrupt(id, "its items are incomplete")),
        };
        let parsed = string(details, "details").and_then(|json| serde_json::from_str(json).ok());
        Ok(Some((read_sale(id, sale)?, parsed.ok_or_else(|| corrupt(id, "its details can't be read"))?)))
    }

    async fn sales_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreFault> {
        // An id begins with the moment at which it was made: the order of the keys is the order of the sales.
        let call = self.client.query().table_name(&self.table).consistent_read(true).scan_index_forward(false);
        let call = call.key_condition_expression("PK = :pk AND begins_with(SK, :sale)").limit(MOST_SALES_LISTED.into());
        let call = call.expression_attribute_values(":pk", text(customer_pk(customer)));
        let call = call.expression_attribute_values(":sale", text(LISTED)).projection_expression("SK");
        let found = call.send().await.map_err(|fault| unavailable("Query", &fault))?;
        let listed = found.items().iter().map(|item| {
            let id = string(item, "SK").and_then(|sk| SaleId::parse(sk.strip_prefix(LISTED)?).ok());
            id.ok_or_else(|| {
                tracing::error!(%customer, "a customer's list of sales is broken");
                StoreFault::Corrupt
            })
        });
        listed.collect()
    }

    async fn commit(&self, next: &Sale, vehicle: Option<&VehicleChange>) -> Result<(), CommitFault> {
        match vehicle {
            None => self.update_sale(next).await,
            Some(change) => self.update_sale_and_vehicle(next, change).await,
        }
    }
}

fn sale_pk(id: SaleId) -> String {
    format!("SALE#{id}")
}

/// In how many parts the index of unsettled sales is: each part takes a thousand writes a second.
const UNSETTLED_SHARDS: u8 = 8;

/// The part of the index of unsettled sales that a sale is in: by the random end of its id.
fn unsettled_shard(id: SaleId) -> String {
    let end = id.to_string().bytes().next_back().unwrap_or_default();
    format!("UNSETTLED#{}", end % UNSETTLED_SHARDS)
}

fn customer_pk(key: &CustomerKey) -> String {
    format!("CUSTOMER#{key}")
}

/// Of a sale among its customer's.
fn listed_sk(id: SaleId) -> String {
    format!("{LISTED}{id}")
}

fn vehicle_pk(vin: &Vin) -> String {
    format!("VEHICLE#{vin}")
}

fn key(pk: String, sk: &str) -> Item {
    item([("PK", text(pk)), ("SK", text(sk))])
}

fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// `#name` for each name: half of the plain words one would use are reserved.
fn names<const N: usize>(names: [&str; N]) -> HashMap<String, String> {
    names.into_iter().map(|name| (format!("#{name}"), name.to_owned())).collect()
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(format!("{value}"))
}

/// A string or a number, as its text.
fn string<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    match item.get(name)? {
        AttributeValue::S(value) | AttributeValue::N(value) => Some(value),
        _ => None,
    }
}

/// The state as it is stored: compact JSON, without the version.
fn state_of(sale: &Sale) -> Result<String, StoreFault> {
    serde_json::to_string(sale).map_err(|_| corrupt(sale.id, "it can't be written"))
}

fn parse_sale(version: &str, state: &str) -> Option<Sale> {
    let mut sale: Sale = serde_json::from_str(state).ok()?;
    sale.version = version.parse().ok()?;
    Some(sale)
}

fn read_sale(id: SaleId, item: &Item) -> Result<Sale, StoreFault> {
    let attributes = string(item, "version").zip(string(item, "state"));
    let sale = attributes.and_then(|(version, state)| parse_sale(version, state));
    sale.ok_or_else(|| corrupt(id, "its state can't be read"))
}

fn corrupt(sale: SaleId, why: &'static str) -> StoreFault {
    tracing::error!(%sale, why, "a sale's item is broken");
    StoreFault::Corrupt
}

fn unavailable<E: aws_smithy_types::error::metadata::ProvideErrorMetadata>(
    operation: &'static str,
    fault: &SdkError<E, HttpResponse>,
) -> StoreFault {
    log::aws(operation, fault);
    StoreFault::Unavailable
}

/// Why a transaction was cancelled, a reason for each of its parts; none if it was not cancelled but failed.
fn cancellation(fault: &SdkError<TransactWriteItemsError, HttpResponse>) -> &[CancellationReason] {
    match fault.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled.cancellation_reasons(),
        _ => &[],
    }
}

/// Whether any part met another transaction.
fn is_busy(reasons: &[CancellationReason]) -> bool {
    reasons.iter().any(|reason| reason.code() == Some(BUSY))
}

/// The part at `place`, if its condition doesn't hold; its `item` is what was found instead.
fn refused(reasons: &[CancellationReason], place: usize) -> Option<&CancellationReason> {
    reasons.get(place).filter(|reason| reason.code() == Some(CONDITION))
}
