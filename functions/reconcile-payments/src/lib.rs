//! On a schedule: settles payments and refunds that the gateway should have told or made by now,
//! and opens cases.

use domain::ports::{OpenCases, PaymentGateway, SaleStore, StoreError, UnsettledSales};
use domain::use_cases::reconcile::{Patience, Report, reconcile_payments};
use jiff::Timestamp;

/// One run of the schedule; what it can't settle comes again in the next. How long the oldest case
/// has been open is in the log, from where an alarm has it.
pub async fn handle(
    store: &(impl SaleStore + UnsettledSales + OpenCases),
    gateway: &impl PaymentGateway,
    patience: Patience,
    now: Timestamp,
) -> Result<Report, StoreError> {
    let report = reconcile_payments(store, gateway, patience, now).await?;
    let oldest =
        store.oldest_case().await?.map_or(0, |opened| now.duration_since(opened).as_secs());
    tracing::info!(oldest_seconds = oldest, "cases are open");
    Ok(report)
}
