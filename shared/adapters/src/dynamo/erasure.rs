//! Takes a customer's personal data out of the table. What only passes through it - sessions,
//! attempts to log in, answered requests - holds digests, and expires.

use super::cancellation::{cancellation, is_busy, refused};
use super::client::{DynamoSales, all_pages, delete, put};
use super::commit::SaleWrite;
use super::item::{item, key, text};
use super::schema::{CUSTOMER, LISTED, customer_pk, listed_sk};
use super::stored::{details_item, listed_ids};
use domain::ports::{CommitError, Details, ErasureStore, StoreError};
use domain::{AttemptId, CustomerKey, Sale, SaleId};

/// INVARIANT: the places of the parts that have a condition; the customer's is there at the last
/// sale.
const SALE_PART: usize = 0;
const CUSTOMER_PART: usize = 3;

impl ErasureStore for DynamoSales {
    async fn begin_erasure(
        &self,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), StoreError> {
        let values = item([(":attempt", text(attempt.to_string()))]);
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
        last: Option<AttemptId>,
    ) -> Result<(), CommitError> {
        let write = SaleWrite::of(next)?;
        let mut parts = vec![
            self.sale_part(&write)?,
            put(self.put_part(details_item(next.id, details)?))?,
            delete(self.delete_part(key(customer_pk(customer), &listed_sk(next.id))))?,
        ];
        if let Some(attempt) = last {
            let values = item([(":attempt", text(attempt.to_string()))]);
            let account = self
                .delete_part(key(customer_pk(customer), CUSTOMER))
                .condition_expression("erasing = :attempt");
            parts.push(delete(account.set_expression_attribute_values(Some(values)))?);
        }
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
