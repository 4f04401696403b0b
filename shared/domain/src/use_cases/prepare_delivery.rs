//! The dealership prepares a vehicle for its customer, and arranges when and where that is.

use super::commit::{ChangeError, commit};
use crate::ports::SaleStore;
use crate::sale::{CheckKind, Command, Sale, Slot};
use crate::{DealershipId, EmployeeId, SaleId};
use jiff::Timestamp;

/// An employee's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The employee's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// The employee, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// What of the checklist is done.
    pub checks: Vec<CheckKind>,
    /// When and where, if that is to be set.
    pub appointment: Option<Slot>,
}

/// Records each once. With the last of it the sale is handed over to the delivery subsystem.
pub async fn prepare_delivery(
    store: &impl SaleStore,
    input: Input,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let Input { sale, dealership, by, checks, appointment } = input;
    let sale = store
        .sale(sale)
        .await?
        .filter(|sale| sale.dealership == dealership)
        .ok_or(ChangeError::NotFound)?;
    let local = now.to_zoned(sale.zone().time_zone()).datetime();
    commit(store, sale, Command::PrepareDelivery { by, checks, appointment, local }, now).await
}
