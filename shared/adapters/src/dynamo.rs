//! The table: sales, customers, sessions, vehicles, plans, answered requests and sent notifications.
//!
//! A decision is one conditional write. What a failed condition finds comes back with the failure, so that no branch
//! costs a read.

mod accounts;
mod client;
mod commit;
mod contacts;
mod customers;
mod erasure;
mod index;
mod lists;
mod notifications;
mod plans;
mod register;
mod reservations;
mod stream;
mod vehicles;

pub use plans::RememberedPlans;
pub use stream::{Image, UnreadableChange, change_from_stream};

use crate::aws::{Aws, Client};
pub(crate) use client::DYNAMODB;
use client::{AttributeValue, Fault, Reason};
use domain::ports::{CommitFault, Details, MOST_SALES_LISTED, NewSale, Registered, RequestKey, SaleStore, StoreFault};
use domain::vehicle::VehicleChange;
use domain::{BasePlatform, CustomerKey, DealershipId, Sale, SaleId, Vin};
use jiff::Timestamp;
use std::collections::BTreeMap;

type Item = BTreeMap<String, AttributeValue>;

const SALE: &str = "SALE";
const DETAILS: &str = "SALE#DETAILS";
/// How the key of a sale among its customer's begins.
const LISTED: &str = "SALE#";
const CUSTOMER: &str = "CUSTOMER";
const VEHICLE: &str = "VEHICLE";
const UNPAID: &str = "UNPAID";
const IDEMPOTENCY: &str = "IDEMPOTENCY";
const SESSION: &str = "SESSION";

/// A sale takes a vehicle: it is nobody's stock any more.
const TAKEN: &str = "SET #status = :status, sale_id = :sale, dealership_id = :dealership, \
                     sales = list_append(if_not_exists(sales, :none), :sales) REMOVE stock_of, stock_key";

/// A cancellation reason's code: somebody else writes the item at this moment.
const BUSY: &str = "TransactionConflict";
/// A cancellation reason's code: the item is not as the condition wants it.
const CONDITION: &str = "ConditionalCheckFailed";

/// The table. Implements [`SaleStore`], [`domain::ports::CustomerStore`],
/// [`domain::account::AccountStore`], [`domain::ports::PlanStore`], [`domain::ports::VehicleStore`], [`domain::ports::UnpaidReservations`],
/// [`domain::ports::ErasureStore`], [`domain::ports::SaleIndex`], [`domain::ports::NotificationLog`] and [`domain::ports::ContactStore`].
#[derive(Debug, Clone)]
pub struct DynamoSales {
    client: Client,
    table: String,
}

impl DynamoSales {
    /// The table of this name. Opens no connection.
    pub fn new(aws: &Aws, table: String) -> Self {
        Self { client: aws.client(&DYNAMODB), table }
    }
}

impl SaleStore for DynamoSales {
    async fn register(&self, new: NewSale<'_>) -> Result<Registered, StoreFault> {
        self.put_sale(new).await
    }

    async fn answered(&self, request: &RequestKey) -> Result<Option<Registered>, StoreFault> {
        self.answered_request(request).await
    }

    async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreFault> {
        // Without the projection half of the answer would be the state machine's token.
        let get = self.at(key(sale_pk(id), SALE)).projection("#version, #state").names(["version", "state"]);
        self.get_item(get.consistent()).await?.map(|item| read_sale(id, &item)).transpose()
    }

    async fn sale_with_details(&self, id: SaleId) -> Result<Option<(Sale, Details)>, StoreFault> {
        let query = self.find("PK = :pk AND begins_with(SK, :sale)").consistent();
        let query = query.projection("SK, #version, #state, details").names(["version", "state"]);
        let found = self.query(query.values(item([(":pk", text(sale_pk(id))), (":sale", text(SALE))]))).await?;
        let with_key = |sk: &str| found.iter().find(|item| string(item, "SK") == Some(sk));
        let (sale, details) = match (with_key(SALE), with_key(DETAILS)) {
            (Some(sale), Some(details)) => (sale, details),
            (None, None) => return Ok(None),
            _ => return Err(corrupt(id, "its items are incomplete")),
        };
        Ok(Some((read_sale(id, sale)?, read_details(id, details)?)))
    }

    async fn sales_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreFault> {
        // An id begins with the moment at which it was made: the order of the keys is the order of the sales.
        let query = self.find("PK = :pk AND begins_with(SK, :sale)").consistent().descending().limit(MOST_SALES_LISTED.into());
        let values = item([(":pk", text(customer_pk(customer))), (":sale", text(LISTED))]);
        listed_ids(customer, &self.query(query.projection("SK").values(values)).await?)
    }

    async fn commit(&self, next: &Sale, vehicle: Option<&VehicleChange>) -> Result<(), CommitFault> {
        match vehicle {
            None => self.update_sale(next).await,
            Some(change) => self.update_sale_and_vehicle(next, change).await,
        }
    }

    async fn commit_with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitFault> {
        self.update_sale_and_details(next, details, None).await
    }

    async fn commit_with_customer(&self, next: &Sale, details: &Details) -> Result<(), CommitFault> {
        let values =
            item([(":name", text(details.customer.full_name.as_str())), (":language", text(details.customer.language.code()))]);
        let update = self.at(key(customer_pk(&next.customer), CUSTOMER)).update("SET full_name = :name, #language = :language");
        let customer = update.names(["language"]).condition("attribute_exists(PK)").values(values);
        self.update_sale_and_details(next, details, Some(customer)).await
    }
}

impl DynamoSales {
    /// What was captured with the sale.
    async fn captured(&self, id: SaleId) -> Result<Details, StoreFault> {
        let found = self.one(key(sale_pk(id), DETAILS)).await?;
        read_details(id, &found.ok_or_else(|| corrupt(id, "it has no details"))?)
    }
}

/// The item of what was captured with a sale.
fn details_item(id: SaleId, details: &Details) -> Result<Item, StoreFault> {
    let mut item = key(sale_pk(id), DETAILS);
    item.insert(
        "details".to_owned(),
        text(serde_json::to_string(details).map_err(|_| corrupt(id, "its details can't be written"))?),
    );
    Ok(item)
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

fn dealership_pk(id: &DealershipId) -> String {
    format!("DEALERSHIP#{id}")
}

/// The sales that a query of a customer's list found.
fn listed_ids(customer: &CustomerKey, found: &[Item]) -> Result<Vec<SaleId>, StoreFault> {
    let listed = found.iter().map(|item| {
        let id = string(item, "SK").and_then(|sk| SaleId::parse(sk.strip_prefix(LISTED)?).ok());
        id.ok_or_else(|| {
            tracing::error!(%customer, "a customer's list of sales is broken");
            StoreFault::Corrupt
        })
    });
    listed.collect()
}

/// Where a vehicle is in its dealership's stock: by platform, the oldest first.
fn stock_key(platform: &BasePlatform, since: Timestamp) -> String {
    format!("{}#{:015}", platform.as_str(), since.as_millisecond())
}

fn key(pk: String, sk: &str) -> Item {
    item([("PK", text(pk)), ("SK", text(sk))])
}

fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
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
        AttributeValue::L(_) | AttributeValue::Strings(_) => None,
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

fn read_details(id: SaleId, item: &Item) -> Result<Details, StoreFault> {
    let details = string(item, "details").and_then(|json| serde_json::from_str(json).ok());
    details.ok_or_else(|| corrupt(id, "its details can't be read"))
}

fn corrupt(sale: SaleId, why: &'static str) -> StoreFault {
    tracing::error!(%sale, why, "a sale's item is broken");
    StoreFault::Corrupt
}

/// Why a transaction was cancelled, a reason for each of its parts; none if it was not cancelled but failed.
fn cancellation(fault: &Fault) -> &[Reason] {
    match fault {
        Fault::Cancelled(reasons) => reasons,
        _ => &[],
    }
}

/// Whether any part met another transaction.
fn is_busy(reasons: &[Reason]) -> bool {
    reasons.iter().any(|reason| reason.code == BUSY)
}

/// The part at `place`, if its condition doesn't hold; its `item` is what was found instead.
fn refused(reasons: &[Reason], place: usize) -> Option<&Reason> {
    reasons.get(place).filter(|reason| reason.code == CONDITION)
}
