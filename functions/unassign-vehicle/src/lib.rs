//! Task of the workflow: the wait for the balance timed out; decides again from the table (R-36 of
//! `docs/requirements.md`).

use domain::SaleId;
use domain::ports::{PaymentGateway, SaleStore};
use domain::use_cases::{ChangeError, time_out};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Unassigns the vehicle unless money came or is on its way, or reminds the customer as long as
/// `lead` before the deadline; answers where the workflow goes.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    sale: SaleId,
    lead: SignedDuration,
    now: Timestamp,
) -> Result<Value, ChangeError> {
    let next = time_out::unassign_vehicle(store, gateway, sale, lead, now).await?;
    Ok(json!({ "next": next }))
}
