//! Registration with the country's authority, in the dealership's name, after full payment only.

use super::commit::{ChangeError, commit};
use crate::SaleId;
use crate::ports::{RegistrationRequest, Registry, RegistryError, SaleStore};
use crate::sale::{Command, Rejection, Sale, Stage};
use jiff::{SignedDuration, Timestamp};

/// Why the vehicle is not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterVehicleError {
    /// The authority is working on it, refused, or gave no clear answer.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Registers the vehicle: intent, call, outcome. An authority that can't be reached for longer than
/// `patience` is a case for people, until it can be.
pub async fn register_vehicle(
    store: &impl SaleStore,
    registry: &impl Registry,
    id: SaleId,
    patience: SignedDuration,
    now: Timestamp,
) -> Result<Sale, RegisterVehicleError> {
    let (sale, details) = store
        .sale_with_details(id)
        .await
        .map_err(ChangeError::from)?
        .ok_or(ChangeError::NotFound)?;
    let sale = commit(store, sale, Command::RequestRegistration, now).await?;
    let vehicle = match &sale.stage {
        Stage::PaymentReceived { vehicle, .. } => vehicle,
        Stage::VehicleRegistered { registration, .. } => {
            let confirm = Command::ConfirmRegistration(registration.clone());
            return Ok(commit(store, sale, confirm, now).await?);
        }
        _ => return Ok(sale),
    };
    let request = RegistrationRequest {
        sale: sale.id,
        refusals: sale.refusals(),
        country: sale.country,
        dealership: sale.dealership.clone(),
        vehicle: vehicle.clone(),
        owner: details.customer.full_name,
        address: details.customer.address,
        tax_id: details.customer.tax_id,
        documents: details.documents,
    };
    let registration = match registry.register(&request).await {
        Err(RegistryError::Refused(reason)) => {
            commit(store, sale, Command::RefuseRegistration { reason }, now).await?;
            return Err(ChangeError::Rejected(Rejection::RegistrationRefused).into());
        }
        Err(fault @ RegistryError::PartnerError(_)) => {
            let asked_before = now.checked_sub(patience).unwrap_or(Timestamp::MIN);
            commit(store, sale, Command::MissAuthority { asked_before }, now).await?;
            return Err(fault.into());
        }
        Err(RegistryError::Pending) => {
            commit(store, sale, Command::HearAuthority, now).await?;
            return Err(RegistryError::Pending.into());
        }
        Ok(registration) => registration,
    };
    let sale = commit(store, sale, Command::ConfirmRegistration(registration), now).await?;
    match sale.stage {
        // Paid no longer: registered, and not to be delivered yet.
        Stage::VehicleRegistered { .. } => {
            Err(ChangeError::Rejected(Rejection::PaymentReversed).into())
        }
        _ => Ok(sale),
    }
}
