//! The authorities that register vehicles.

use super::books::RegistryEntry;
use super::ports::Ports;
use super::story::short;
use crate::faults::Site;
use domain::ports::{PartnerError, RegistrationRequest, Registry, RegistryError};
use domain::sale::{Case, CaseKind, PaymentKind, PaymentOutcome, Registration, Stage};
use domain::{Plate, RegistrationId};

impl Registry for Ports<'_> {
    /// Every third sale's registration takes two more questions; Antarctica has no registry.
    async fn register(&self, request: &RegistrationRequest) -> Result<Registration, RegistryError> {
        self.call(Site::RegistryRegister, Err(PartnerError.into()), |state| {
            if request.country.to_string() == "AQ" {
                return Err(RegistryError::Refused("unknown country".to_owned()));
            }
            // Every fifth sale's first request is refused: a key gets the same answer each time.
            let key = request.key();
            let of_sale =
                state.sales.keys().position(|known| *known == request.sale).unwrap_or_default();
            if of_sale % 5 == 3 {
                state.refused.entry(request.sale).or_insert_with(|| key.clone());
            }
            if state.refused.get(&request.sale) == Some(&key) {
                return Err(RegistryError::Refused("a document can't be read".to_owned()));
            }
            if let Some(known) = state.registrations.get(&key) {
                return Ok(known.registration.clone());
            }
            let number = state.registrations.len();
            let calls = state.registration_calls.entry(request.sale).or_default();
            *calls = calls.saturating_add(1);
            if number % 3 == 1 && *calls < 3 {
                return Err(RegistryError::Pending);
            }
            // The name is made here.
            let id = RegistrationId::parse(&format!("R-{number}")).map_err(|_| PartnerError)?;
            // The name is made here.
            let plate = Plate::parse(&format!("{number:04} BCD")).map_err(|_| PartnerError)?;
            let balance_captured = state.payments.values().any(|payment| {
                payment.sale == request.sale
                    && payment.kind == PaymentKind::Balance
                    && !payment.is_refunded_by_us()
                    && matches!(payment.outcome, PaymentOutcome::Captured(_))
            });
            let unclear = state.sales.get(&request.sale).and_then(|row| {
                let unclear = |case: &&Case| case.kind == CaseKind::VehicleUnclear;
                let opened_at = row.sale.open_cases().find(unclear)?.opened_at.as_millisecond();
                let Stage::PaymentReceived { registration_requested_at, .. } = row.sale.stage
                else {
                    return None;
                };
                Some((opened_at, registration_requested_at?))
            });
            let registration = Registration { id, plate };
            let (vehicle, dealership) = (request.vehicle.clone(), request.dealership.clone());
            let entry = RegistryEntry {
                sale: request.sale,
                at: state.now,
                vehicle,
                dealership,
                registration: registration.clone(),
                balance_captured,
                unclear,
            };
            state.registrations.insert(key, entry);
            state.note("registry", || {
                format!("{}: registered {}", short(request.sale), request.vehicle)
            });
            Ok(registration)
        })
        .await
    }
}
