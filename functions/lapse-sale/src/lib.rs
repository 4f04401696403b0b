//! Task of the workflow: the wait for the señal timed out; decides again from the table.

use domain::SaleId;
use domain::ports::{PaymentGateway, SaleStore};
use domain::use_cases::{ChangeError, time_out};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Lets the sale lapse unless money came or is on its way; answers where the workflow goes.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    sale: SaleId,
    now: Timestamp,
) -> Result<Value, ChangeError> {
    let next = time_out::lapse_sale(store, gateway, sale, now).await?;
    Ok(json!({ "next": next }))
}
