//! Task of the workflow: asks the factory how far an order is that it has been silent about for too
//! long.

use domain::SaleId;
use domain::ports::{Factory, SaleStore};
use domain::use_cases::follow_factory::{CheckOrderError, Settings, check_factory_order};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Asks, takes the answer in, and answers where the sale stands.
pub async fn handle(
    store: &impl SaleStore,
    factory: &impl Factory,
    settings: Settings,
    sale: SaleId,
    now: Timestamp,
) -> Result<Value, CheckOrderError> {
    let sale = check_factory_order(store, factory, sale, settings, now).await?;
    Ok(json!({ "status": sale.status() }))
}
