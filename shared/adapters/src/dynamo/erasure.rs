//! Takes a customer's personal data out of the table. What only passes through it - sessions,
//! attempts to log in, answered requests - holds digests, and expires.

use super::cancellation::{cancellation, is_busy, refused};
use super::client::{DynamoSales, all_pages, delete, put, update};
use super::commit::SaleWrite;
use super::item::{Item, item, key, text};
use super::schema::{CUSTOMER, LISTED, customer_pk, listed_sk};
use super::stored::{details_item, listed_ids};
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::ports::{CommitError, Details, ErasureStore, StoreError};
use domain::{AttemptId, CustomerKey, Sale, SaleId};

/// INVARIANT: the places of the parts that have a condition.
const SALE_PART: usize = 0;
const CUSTOMER_PART: usize = 3;

impl ErasureStore for DynamoSales {
    async fn begin_erasure(
        &self,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), StoreError> {
        let values = mark(attempt);
        let found = self
            .update_customer(customer, "SET erasing = :attempt", "attribute_exists(PK)", values)
            .await?;
        found.then_some(()).ok_or(StoreError::Corrupt)
    }

    async fn every_sale_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreError> {
        let values = item([(":pk", text(customer_pk(customer))), (":sale", text(LISTED))]);
        let query = self.find("PK = :pk AND begins_with(SK, :sale)", values).consistent_read(true);
        listed_ids(customer, &all_pages(query.projection_expression("SK")).await?)
    }

    async fn erase(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), CommitError> {
        let account = self
            .update_part(key(customer_pk(customer), CUSTOMER))
            .update_expression("SET erasing = :attempt")
            .condition_expression(MARKED)
            .set_expression_attribute_values(Some(mark(attempt)));
        self.erase_with(next, details, customer, update(account)?).await
    }

    async fn erase_last(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), CommitError> {
        let account = self
            .delete_part(key(customer_pk(customer), CUSTOMER))
            .condition_expression(MARKED)
            .set_expression_attribute_values(Some(mark(attempt)));
        self.erase_with(next, details, customer, delete(account)?).await
    }
}

/// The attempt's mark is still there.
const MARKED: &str = "erasing = :attempt";

fn mark(attempt: AttemptId) -> Item {
    item([(":attempt", text(attempt.to_string()))])
}

impl DynamoSales {
    async fn erase_with(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        account: TransactWriteItem,
    ) -> Result<(), CommitError> {
        let write = SaleWrite::of(next)?;
        let parts = vec![
            self.sale_part(&write)?,
            put(self.put_part(details_item(next.id, details)?))?,
            delete(self.delete_part(key(customer_pk(customer), &listed_sk(next.id))))?,
            account,
        ];
        let Err(error) = self.transact(parts).await else { return Ok(()) };
        let reasons = cancellation(&error);
        match refused(reasons, SALE_PART) {
            Some(refused) => write.refused(refused.item()),
            None if refused(reasons, CUSTOMER_PART).is_some() || is_busy(reasons) => {
                Err(CommitError::Conflict)
            }
            None => Err(StoreError::from(error).into()),
        }
    }
}
