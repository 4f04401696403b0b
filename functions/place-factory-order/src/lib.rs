//! Task of the workflow: places the factory order once the señal is paid (R-18 of
//! `docs/requirements.md`).

use domain::SaleId;
use domain::ports::{Factory, SaleStore};
use domain::use_cases::place_order::{PlaceOrderError, place_factory_order};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Places the order and answers where the sale stands.
pub async fn handle(
    store: &impl SaleStore,
    factory: &impl Factory,
    sale: SaleId,
    patience: SignedDuration,
    now: Timestamp,
) -> Result<Value, PlaceOrderError> {
    let sale = place_factory_order(store, factory, sale, patience, now).await?;
    Ok(json!({ "status": sale.status() }))
}
