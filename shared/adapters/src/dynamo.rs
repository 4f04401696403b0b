//! The table: sales, customers, sessions, vehicles, plans, answered requests and sent
//! notifications.
//!
//! A decision is one conditional write. What a failed condition finds comes back with the failure,
//! so that no branch costs a read.

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
mod schema;
mod stream;
mod vehicles;

pub use plans::RememberedPlans;
pub use stream::{Image, UnreadableChange, change_from_stream};

use crate::clients::Aws;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use client::{WriteError, page, unread};
use domain::ports::{
    CommitFault, Details, MOST_SALES_LISTED, NewSale, Registered, RequestKey, SaleStore, StoreFault,
};
use domain::vehicle::VehicleChange;
use domain::{CustomerKey, Sale, SaleId};
use schema::{CUSTOMER, DETAILS, LISTED, SALE, customer_pk, sale_pk};
use std::collections::HashMap;

type Item = HashMap<String, AttributeValue>;

/// A sale takes a vehicle: it is nobody's stock any more.
const TAKEN: &str = "SET #status = :status, sale_id = :sale, dealership_id = :dealership, \
                     sales = list_append(if_not_exists(sales, :none), :sales) REMOVE stock_of, stock_key";

/// A cancellation reason's code: somebody else writes the item at this moment.
const BUSY: &str = "TransactionConflict";
/// A cancellation reason's code: the item is not as the condition wants it.
const CONDITION: &str = "ConditionalCheckFailed";

/// The table. Implements [`SaleStore`], [`domain::ports::CustomerStore`],
/// [`domain::account::AccountStore`], [`domain::ports::PlanStore`],
/// [`domain::ports::VehicleStore`], [`domain::ports::UnpaidReservations`],
/// [`domain::ports::ErasureStore`], [`domain::ports::SaleIndex`],
/// [`domain::ports::NotificationLog`] and [`domain::ports::ContactStore`].
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

    async fn answered(&self, request: &RequestKey) -> Result<Option<Registered>, StoreFault> {
        self.answered_request(request).await
    }

    async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreFault> {
        // Without the projection half of the answer would be the state machine's token.
        let get = self.get_item(key(sale_pk(id), SALE)).projection_expression("#version, #state");
        let get = get.set_expression_attribute_names(Some(names(["version", "state"])));
        let found = get.send().await.map_err(unread("GetItem"))?.item;
        found.map(|item| read_sale(id, &item)).transpose()
    }

    async fn sale_with_details(&self, id: SaleId) -> Result<Option<(Sale, Details)>, StoreFault> {
        let values = item([(":pk", text(sale_pk(id))), (":sale", text(SALE))]);
        let query = self.find("PK = :pk AND begins_with(SK, :sale)", values).consistent_read(true);
        let query = query.projection_expression("SK, #version, #state, details");
        let found =
            page(query.set_expression_attribute_names(Some(names(["version", "state"])))).await?;
        let with_key = |sk: &str| found.iter().find(|item| string(item, "SK") == Some(sk));
        let (sale, details) = match (with_key(SALE), with_key(DETAILS)) {
            (Some(sale), Some(details)) => (sale, details),
            (None, None) => return Ok(None),
            _ => return Err(corrupt(id, "its items are incomplete")),
        };
        Ok(Some((read_sale(id, sale)?, read_details(id, details)?)))
    }

    async fn sales_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreFault> {
        // An id begins with the moment at which it was made: the order of the keys is the order of
        // the sales.
        let values = item([(":pk", text(customer_pk(customer))), (":sale", text(LISTED))]);
        let query = self.find("PK = :pk AND begins_with(SK, :sale)", values).consistent_read(true);
        let query = query
            .scan_index_forward(false)
            .limit(MOST_SALES_LISTED.into())
            .projection_expression("SK");
        listed_ids(customer, &page(query).await?)
    }

    async fn commit(
        &self,
        next: &Sale,
        vehicle: Option<&VehicleChange>,
    ) -> Result<(), CommitFault> {
        match vehicle {
            None => self.update_sale(next).await,
            Some(change) => self.update_sale_and_vehicle(next, change).await,
        }
    }

    async fn commit_with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitFault> {
        self.update_sale_and_details(next, details, None).await
    }

    async fn commit_with_customer(
        &self,
        next: &Sale,
        details: &Details,
    ) -> Result<(), CommitFault> {
        let values = item([
            (":name", text(details.customer.full_name.as_str())),
            (":language", text(details.customer.language.code())),
        ]);
        let customer = self.update_part(key(customer_pk(&next.customer), CUSTOMER));
        let customer = customer.update_expression("SET full_name = :name, #language = :language");
        let customer = customer.set_expression_attribute_names(Some(names(["language"])));
        let customer = customer.set_expression_attribute_values(Some(values));
        let customer = client::update(customer.condition_expression("attribute_exists(PK)"))?;
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
        text(
            serde_json::to_string(details)
                .map_err(|_| corrupt(id, "its details can't be written"))?,
        ),
    );
    Ok(item)
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

fn list<const N: usize>(values: [AttributeValue; N]) -> AttributeValue {
    AttributeValue::L(values.into())
}

/// A set of one string, to add or to take away.
fn set_of(value: String) -> AttributeValue {
    AttributeValue::Ss(vec![value])
}

/// `#name` for each name: half of the plain words one would use are reserved.
fn names<const N: usize>(names: [&str; N]) -> HashMap<String, String> {
    names.into_iter().map(|name| (format!("#{name}"), name.to_owned())).collect()
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

fn read_details(id: SaleId, item: &Item) -> Result<Details, StoreFault> {
    let details = string(item, "details").and_then(|json| serde_json::from_str(json).ok());
    details.ok_or_else(|| corrupt(id, "its details can't be read"))
}

fn corrupt(sale: SaleId, why: &'static str) -> StoreFault {
    tracing::error!(%sale, why, "a sale's item is broken");
    StoreFault::Corrupt
}

/// Why a transaction was cancelled, a reason for each of its parts; none if it was not cancelled
/// but failed.
fn cancellation(error: &WriteError) -> &[CancellationReason] {
    match error {
        WriteError::Cancelled(reasons) => reasons,
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
