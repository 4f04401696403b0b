//! Takes a customer's personal data out of the table. What only passes through it - sessions, attempts to log in, answered
//! requests - holds digests, and expires.

use super::client::Part;
use super::commit::SaleWrite;
use super::{
    CUSTOMER, DynamoSales, LISTED, cancellation, customer_pk, details_item, is_busy, item, key, listed_ids, listed_sk, refused,
    text,
};
use domain::ports::{CommitFault, Details, ErasureStore, StoreFault};
use domain::{AttemptId, CustomerKey, Sale, SaleId};

/// INVARIANT: the places of the parts that have a condition; the customer's is there at the last sale.
const SALE_PART: usize = 0;
const CUSTOMER_PART: usize = 3;

impl ErasureStore for DynamoSales {
    async fn begin_erasure(&self, customer: &CustomerKey, attempt: AttemptId) -> Result<(), StoreFault> {
        let values = item([(":attempt", text(attempt.to_string()))]);
        let found = self.update_customer(customer, "SET erasing = :attempt", "attribute_exists(PK)", values).await?;
        found.then_some(()).ok_or(StoreFault::Corrupt)
    }

    async fn every_sale_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreFault> {
        let query = self.find("PK = :pk AND begins_with(SK, :sale)").consistent().projection("SK");
        let values = item([(":pk", text(customer_pk(customer))), (":sale", text(LISTED))]);
        listed_ids(customer, &self.query_all(query.values(values)).await?)
    }

    async fn erase(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        last: Option<AttemptId>,
    ) -> Result<(), CommitFault> {
        let write = SaleWrite::of(next)?;
        let mut parts = vec![
            Part::Update(self.sale_update(next, &write)),
            Part::Put(self.put(details_item(next.id, details)?)),
            Part::Delete(self.at(key(customer_pk(customer), &listed_sk(next.id)))),
        ];
        parts.extend(last.map(|attempt| {
            let values = item([(":attempt", text(attempt.to_string()))]);
            Part::Delete(self.at(key(customer_pk(customer), CUSTOMER)).condition("erasing = :attempt").values(values))
        }));
        let Err(fault) = self.transact(&parts).await else { return Ok(()) };
        let reasons = cancellation(&fault);
        match refused(reasons, SALE_PART) {
            Some(refused) if write.is_in(refused.item.as_ref()) => Ok(()),
            Some(_) => Err(CommitFault::Conflict),
            None if refused(reasons, CUSTOMER_PART).is_some() || is_busy(reasons) => Err(CommitFault::Conflict),
            None => Err(fault.unavailable("TransactWriteItems").into()),
        }
    }
}
