//! The sales that the schedule and the managers look at: unsettled money, open cases.

use super::ports::Ports;
use super::table::Row;
use crate::faults::Site;
use domain::ports::{OpenCases, StoreError, UnsettledSales};
use domain::sale::Sale;
use domain::{DealershipId, SaleId};
use jiff::Timestamp;

impl UnsettledSales for Ports<'_> {
    async fn unsettled(&self, before: Timestamp) -> Result<Vec<SaleId>, StoreError> {
        self.call(Site::StoreUnsettled, Err(StoreError::Unavailable), |state| {
            let due = |row: &&Row| row.sale.unsettled_since().is_some_and(|since| since <= before);
            Ok(state.sales.values().filter(due).map(|row| row.sale.id).collect())
        })
        .await
    }
}

impl OpenCases for Ports<'_> {
    async fn with_open_cases(&self, dealership: &DealershipId) -> Result<Vec<Sale>, StoreError> {
        self.call(Site::StoreCases, Err(StoreError::Unavailable), |state| {
            let ours = |row: &&Row| {
                row.sale.dealership == *dealership && row.sale.open_cases().next().is_some()
            };
            let mut found: Vec<Sale> =
                state.sales.values().filter(ours).map(|row| row.sale.clone()).collect();
            found.sort_by_key(|sale| sale.open_cases().map(|case| case.opened_at).min());
            Ok(found)
        })
        .await
    }

    async fn oldest_case(&self) -> Result<Option<Timestamp>, StoreError> {
        self.call(Site::StoreCases, Err(StoreError::Unavailable), |state| {
            let opened = |row: &Row| row.sale.open_cases().map(|case| case.opened_at).min();
            Ok(state.sales.values().filter_map(opened).min())
        })
        .await
    }
}
