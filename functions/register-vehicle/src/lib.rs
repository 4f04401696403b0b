//! Task of the workflow: registers the paid vehicle with the country's authority, in the
//! dealership's name.

use domain::SaleId;
use domain::ports::{Registry, SaleStore};
use domain::use_cases::register_vehicle::{RegisterVehicleError, register_vehicle};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Registers the vehicle and answers where the sale stands. An authority that can't be reached for
/// longer than `patience` is a case.
pub async fn handle(
    store: &impl SaleStore,
    registry: &impl Registry,
    sale: SaleId,
    patience: SignedDuration,
    now: Timestamp,
) -> Result<Value, RegisterVehicleError> {
    let sale = register_vehicle(store, registry, sale, patience, now).await?;
    Ok(json!({ "status": sale.status() }))
}
