//! Task of the workflow: asks the factory how far an order is that it has been silent about for too
//! long.

use domain::SaleId;
use domain::ports::{Factory, SaleStore};
use domain::use_cases::follow_factory::{CheckOrderError, check_factory_order};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Asks, takes the answer in, and answers where the sale stands.
pub async fn handle(
    store: &impl SaleStore,
    factory: &impl Factory,
    final_payment_window: SignedDuration,
    sale: SaleId,
    now: Timestamp,
) -> Result<Value, CheckOrderError> {
    let sale = check_factory_order(store, factory, sale, final_payment_window, now).await?;
    Ok(json!({ "status": sale.status() }))
}
