//! The erasure of a customer, sale by sale.

use super::ports::Ports;
use super::sale_store::replace_sale;
use super::world::State;
use crate::faults::Site;
use domain::ports::{CommitError, Details, ErasureStore, StoreError};
use domain::sale::Sale;
use domain::{AttemptId, CustomerKey, SaleId};

impl ErasureStore for Ports<'_> {
    async fn begin_erasure(
        &self,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), StoreError> {
        self.call(Site::ErasureBegin, Err(StoreError::Unavailable), |state| {
            let row = state.customers.get_mut(&customer.to_string()).ok_or(StoreError::Corrupt)?;
            row.erasing = Some(attempt);
            Ok(())
        })
        .await
    }

    async fn every_sale_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreError> {
        let list = |state: &mut State| {
            let theirs = state.sales.values().filter(|row| row.sale.customer == *customer);
            Ok(theirs.map(|row| row.sale.id).collect())
        };
        self.call(Site::StoreList, Err(StoreError::Unavailable), list).await
    }

    async fn erase(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), CommitError> {
        self.erase_under_mark(next, details, customer, attempt, |_| ()).await
    }

    async fn erase_last(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), CommitError> {
        let account_goes = |state: &mut State| drop(state.customers.remove(&customer.to_string()));
        self.erase_under_mark(next, details, customer, attempt, account_goes).await
    }
}

impl Ports<'_> {
    async fn erase_under_mark(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        attempt: AttemptId,
        account: impl Fn(&mut State),
    ) -> Result<(), CommitError> {
        self.call(Site::Erase, Err(StoreError::Unavailable.into()), |state| {
            let key = customer.to_string();
            let row = state.customers.get(&key);
            let marked = row.is_some_and(|row| row.erasing == Some(attempt));
            let Some(row) = state.sales.get_mut(&next.id) else {
                return Err(CommitError::Conflict);
            };
            if row.sale == *next {
                return Ok(());
            }
            if !marked || row.sale.version != next.version.saturating_sub(1) {
                return Err(CommitError::Conflict);
            }
            row.details = details.clone();
            replace_sale(state, next);
            account(state);
            Ok(())
        })
        .await
    }
}
