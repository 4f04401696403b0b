//! A sale goes to another account, as its customer's e-mail address was corrected.

use super::cancellation::{cancellation, is_busy, refused};
use super::client::{DynamoSales, delete, put};
use super::commit::SaleWrite;
use super::item::{item, key, text};
use super::register::{account_item, known};
use super::schema::{CUSTOMER, customer_pk, listed_sk};
use super::stored::details_item;
use domain::Sale;
use domain::ports::{Accounts, CommitError, CorrectionStore, Details, Moved, StoreError};

/// INVARIANT: the places of the parts that have a condition; the old account's is there at its last
/// sale.
const SALE_PART: usize = 0;
const ACCOUNT_PART: usize = 1;
const OLD_ACCOUNT_PART: usize = 5;

impl CorrectionStore for DynamoSales {
    async fn move_sale(
        &self,
        next: &Sale,
        details: &Details,
        Accounts { from, last, known: to }: Accounts<'_>,
    ) -> Result<Moved, CommitError> {
        let write = SaleWrite::of(next)?;
        let account = key(customer_pk(&next.customer), CUSTOMER);
        let account = match to {
            Some(id) => self.still_known(account, id)?,
            None => self.put_new(account_item(account, &details.customer, &next.zone()))?,
        };
        let listed = listed_sk(next.id);
        let mut parts = vec![
            self.sale_part(&write)?,
            account,
            put(self.put_part(details_item(next.id, details)?))?,
            delete(self.delete_part(key(customer_pk(from), &listed)))?,
            put(self.put_part(key(customer_pk(&next.customer), &listed)))?,
        ];
        if let Some(attempt) = last {
            let values = item([(":attempt", text(attempt.to_string()))]);
            let old = self
                .delete_part(key(customer_pk(from), CUSTOMER))
                .condition_expression("erasing = :attempt");
            parts.push(delete(old.set_expression_attribute_values(Some(values)))?);
        }
        let Err(error) = self.transact(parts).await else { return Ok(Moved::Done) };
        let reasons = cancellation(&error);
        if let Some(refused) = refused(reasons, SALE_PART) {
            return write.refused(refused.item()).map(|()| Moved::Done);
        }
        match refused(reasons, ACCOUNT_PART) {
            Some(refused) => match refused.item() {
                Some(found) => Ok(Moved::KnownCustomer(known(found)?)),
                None => Err(CommitError::Conflict),
            },
            None if refused(reasons, OLD_ACCOUNT_PART).is_some() || is_busy(reasons) => {
                Err(CommitError::Conflict)
            }
            None => Err(StoreError::from(error).into()),
        }
    }
}
