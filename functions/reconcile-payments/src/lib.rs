//! On a schedule: settles payments and refunds that the gateway should have told or made by now,
//! and opens cases.

use domain::ports::{PaymentGateway, SaleStore, StoreError, UnsettledSales};
use domain::use_cases::reconcile::{Patience, Report, reconcile_payments};
use jiff::Timestamp;

/// One run of the schedule; what it can't settle comes again in the next.
pub async fn handle(
    store: &(impl SaleStore + UnsettledSales),
    gateway: &impl PaymentGateway,
    patience: Patience,
    now: Timestamp,
) -> Result<Report, StoreError> {
    reconcile_payments(store, gateway, patience, now).await
}
