//! The table, and what it adds to DynamoDB's client: how its calls begin, and what their failures
//! mean.

use super::item::Item;
use crate::call_error::CallError;
use crate::clients::Aws;
use crate::random;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::{DeleteBuilder, PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{
    CancellationReason, Delete, KeysAndAttributes, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::ports::StoreError;
use std::time::Duration;

/// The table. Implements [`domain::ports::SaleStore`], [`domain::ports::CustomerStore`],
/// [`domain::account::AccountStore`], [`domain::ports::PlanStore`],
/// [`domain::ports::VehicleStore`], [`domain::ports::UnpaidReservations`],
/// [`domain::ports::ErasureStore`], [`domain::ports::SaleIndex`],
/// [`domain::ports::NotificationLog`], [`domain::ports::ContactStore`] and
/// [`domain::desk::DeskSessions`].
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

/// How often a call is sent that DynamoDB was too busy for.
pub(super) const TRIES: u32 = 4;

/// What is there comes back when the condition doesn't hold.
pub(super) const FOUND: ReturnValuesOnConditionCheckFailure =
    ReturnValuesOnConditionCheckFailure::AllOld;

/// Some 10 to 40 ms a turn, by chance, so that two that met don't meet again.
pub(super) async fn pause(turn: u32) {
    let mut chance = [0];
    random::fill(&mut chance);
    let millis = u64::from(turn)
        .saturating_mul(10_u64.saturating_add(u64::from(u8::from_be_bytes(chance)) / 8));
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// Why a write didn't happen, or may not have.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// With what was there instead, if it was asked for.
    #[error("the condition doesn't hold")]
    Condition(Option<Item>),
    /// A reason for each part of the transaction, in their order.
    #[error("the transaction was cancelled")]
    Cancelled(Vec<CancellationReason>),
    /// Another transaction writes the item at this moment.
    #[error("another transaction writes the item")]
    Busy,
    /// As the call failed.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// A write of one item fails for the same reasons, whichever it is.
macro_rules! of_one_item {
    ($($error:ident of $operation:literal),*) => {$(
        impl From<SdkError<$error, HttpResponse>> for WriteError {
            fn from(error: SdkError<$error, HttpResponse>) -> Self {
                let call = CallError::of($operation, &error);
                match error.into_service_error() {
                    $error::ConditionalCheckFailedException(failed) => Self::Condition(failed.item),
                    $error::TransactionConflictException(_) => Self::Busy,
                    _ => Self::Call(call),
                }
            }
        }
    )*};
}

of_one_item!(DeleteItemError of "DeleteItem", PutItemError of "PutItem", UpdateItemError of "UpdateItem");

impl From<SdkError<TransactWriteItemsError, HttpResponse>> for WriteError {
    fn from(error: SdkError<TransactWriteItemsError, HttpResponse>) -> Self {
        let call = CallError::of("TransactWriteItems", &error);
        match error.into_service_error() {
            TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                Self::Cancelled(cancelled.cancellation_reasons.unwrap_or_default())
            }
            _ => Self::Call(call),
        }
    }
}

/// Nobody expected it of this operation: it is logged, and the store is unavailable.
impl From<WriteError> for StoreError {
    fn from(error: WriteError) -> Self {
        match &error {
            WriteError::Call(call) => call.log(),
            WriteError::Condition(_) | WriteError::Busy => {
                tracing::warn!(%error, "a write was refused");
            }
            WriteError::Cancelled(reasons) => {
                let codes: Vec<_> = reasons.iter().filter_map(CancellationReason::code).collect();
                tracing::warn!(%error, reasons = codes.join(","), "a write was refused");
            }
        }
        Self::Unavailable
    }
}

/// A read that failed: logged, and the store is unavailable.
pub(super) fn unread<E>(
    operation: &'static str,
) -> impl FnOnce(SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata,
{
    move |error| {
        CallError::of(operation, &error).log();
        StoreError::Unavailable
    }
}

/// A request that lacks a part: a fault of this code, which no repeat mends.
fn unwritable(error: &BuildError) -> StoreError {
    tracing::error!(%error, "a write can't be expressed");
    StoreError::Corrupt
}

/// An update, as a part of a transaction.
pub(super) fn update(part: UpdateBuilder) -> Result<TransactWriteItem, StoreError> {
    Ok(TransactWriteItem::builder()
        .update(part.build().map_err(|error| unwritable(&error))?)
        .build())
}

/// A put, as a part of a transaction.
pub(super) fn put(part: PutBuilder) -> Result<TransactWriteItem, StoreError> {
    Ok(TransactWriteItem::builder().put(part.build().map_err(|error| unwritable(&error))?).build())
}

/// A deletion, as a part of a transaction.
pub(super) fn delete(part: DeleteBuilder) -> Result<TransactWriteItem, StoreError> {
    Ok(TransactWriteItem::builder()
        .delete(part.build().map_err(|error| unwritable(&error))?)
        .build())
}

impl DynamoSales {
    /// What begins a read of one item, which sees every write before it.
    pub(super) fn get_item(&self, key: Item) -> GetItemFluentBuilder {
        self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true)
    }

    pub(super) fn put_item(&self, item: Item) -> PutItemFluentBuilder {
        self.client.put_item().table_name(&self.table).set_item(Some(item))
    }

    pub(super) fn update_item(&self, key: Item) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.table).set_key(Some(key))
    }

    /// What begins a query of the table, or of an index of it.
    pub(super) fn find(&self, condition: &str, values: Item) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.table).key_condition_expression(condition);
        query.set_expression_attribute_values(Some(values))
    }

    /// What begins a look at all of a sparse index.
    pub(super) fn scan_index(&self, name: &str) -> ScanFluentBuilder {
        self.client.scan().table_name(&self.table).index_name(name)
    }

    /// What begins a transaction's put.
    pub(super) fn put_part(&self, item: Item) -> PutBuilder {
        Put::builder().table_name(&self.table).set_item(Some(item))
    }

    /// What begins a transaction's update.
    pub(super) fn update_part(&self, key: Item) -> UpdateBuilder {
        Update::builder().table_name(&self.table).set_key(Some(key))
    }

    /// What begins a transaction's deletion.
    pub(super) fn delete_part(&self, key: Item) -> DeleteBuilder {
        Delete::builder().table_name(&self.table).set_key(Some(key))
    }

    /// The whole item, if there is one.
    pub(super) async fn one(&self, key: Item) -> Result<Option<Item>, StoreError> {
        Ok(self.get_item(key).send().await.map_err(unread("GetItem"))?.item)
    }

    /// What begins a deletion.
    pub(super) fn delete(&self, key: Item) -> DeleteItemFluentBuilder {
        self.client.delete_item().table_name(&self.table).set_key(Some(key))
    }

    pub(super) async fn delete_item(&self, key: Item) -> Result<(), StoreError> {
        let deleted = self.delete(key).send().await;
        deleted.map(drop).map_err(|error| WriteError::from(error).into())
    }

    /// The items with these keys, in any order; those that aren't there are left out. DynamoDB
    /// answers a part of them when it is busy: what is left is asked for again.
    pub(super) async fn batch_get(
        &self,
        wanted: KeysAndAttributes,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut wanted = Some([(self.table.clone(), wanted)].into());
        for turn in 1..=TRIES {
            let answer = self.client.batch_get_item().set_request_items(wanted).send().await;
            let answer = answer.map_err(unread("BatchGetItem"))?;
            items.extend(answer.responses.into_iter().flatten().flat_map(|(_, found)| found));
            wanted = answer.unprocessed_keys.filter(|left| !left.is_empty());
            if wanted.is_none() {
                return Ok(items);
            }
            pause(turn).await;
        }
        tracing::warn!("a batch of reads was answered in part each time");
        Err(StoreError::Unavailable)
    }

    /// All parts, or none. The client gives the call a token of its own, the same at each attempt:
    /// DynamoDB carries it out once.
    pub(super) async fn transact(&self, parts: Vec<TransactWriteItem>) -> Result<(), WriteError> {
        Ok(self
            .client
            .transact_write_items()
            .set_transact_items(Some(parts))
            .send()
            .await
            .map(drop)?)
    }
}

/// The items of a query's first page.
pub(super) async fn page(query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
    Ok(query.send().await.map_err(unread("Query"))?.items.unwrap_or_default())
}

/// The items of all its pages.
pub(super) async fn all_pages(query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
    let items: Result<Vec<Item>, _> = query.into_paginator().items().send().collect().await;
    items.map_err(unread("Query"))
}
