//! Sales that become another account's.

use super::ports::Ports;
use super::sale_store::replace_sale;
use super::table::CustomerRow;
use crate::faults::Site;
use domain::ports::{Accounts, CommitError, CorrectionStore, Details, Moved, StoreError};
use domain::sale::Sale;

impl CorrectionStore for Ports<'_> {
    async fn move_sale(
        &self,
        next: &Sale,
        details: &Details,
        Accounts { from, last, known }: Accounts<'_>,
    ) -> Result<Moved, CommitError> {
        self.call(Site::StoreMove, Err(StoreError::Unavailable.into()), |state| {
            let (old, new) = (from.to_string(), next.customer.to_string());
            let Some(row) = state.sales.get(&next.id) else {
                return Err(CommitError::Conflict);
            };
            if row.sale == *next {
                return Ok(Moved::Done);
            }
            if row.sale.version != next.version.saturating_sub(1) {
                return Err(CommitError::Conflict);
            }
            match (state.customers.get(&new), known) {
                (Some(there), known) if known != Some(there.id) => {
                    return Ok(Moved::KnownCustomer(there.named()));
                }
                (None, Some(_)) => return Err(CommitError::Conflict),
                _ => {}
            }
            let marked = state.customers.get(&old).is_some_and(|row| row.erasing == last);
            if last.is_some() && !marked {
                return Err(CommitError::Conflict);
            }
            if last.is_some() {
                state.customers.remove(&old);
            }
            let contact = state.contact.clone();
            let account = state.customers.entry(new);
            account
                .or_insert_with(|| CustomerRow::new(&details.customer, next.zone(), contact))
                .erasing = None;
            if let Some(row) = state.sales.get_mut(&next.id) {
                row.details = details.clone();
            }
            replace_sale(state, next);
            Ok(Moved::Done)
        })
        .await
    }
}
