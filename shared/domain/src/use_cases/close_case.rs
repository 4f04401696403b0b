//! A manager closes a case that the system can't settle.

use super::commit::{ChangeError, commit};
use crate::ports::SaleStore;
use crate::sale::{CaseKind, Closure, Command, Sale};
use crate::{DealershipId, SaleId, Vin};
use jiff::Timestamp;

/// A manager's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The manager's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// The kind of the case; at most one of a kind is open.
    pub kind: CaseKind,
    /// The vehicle that stands at the dealership, where that is what the case is about; else the
    /// sale keeps its own.
    pub vehicle: Option<Vin>,
    /// Who, and why.
    pub closure: Closure,
}

/// Closes, once. What a reversed payment held up goes on when the workflow asks again.
pub async fn close_case(
    store: &impl SaleStore,
    input: Input,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let Input { sale, dealership, kind, vehicle, closure } = input;
    let sale = store
        .sale(sale)
        .await?
        .filter(|sale| sale.dealership == dealership)
        .ok_or(ChangeError::NotFound)?;
    let command = match vehicle.filter(|_| kind == CaseKind::VehicleUnclear) {
        Some(vehicle) => Command::AcceptVehicle { vehicle, closure },
        None => Command::CloseCase { kind, closure },
    };
    commit(store, sale, command, now).await
}
