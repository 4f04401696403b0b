//! The vehicle's registration with the authority: the documents for it, the request, its answer,
//! and what happens after a refusal.

#[cfg(test)]
mod tests;

use super::payments::counts_on;
use crate::country::DocumentKind;
use crate::sale::{CaseKind, Closure, Event, PaymentKind, Registration, Rejection, Sale, Stage};

/// Puts documents on file, as long as the authority may still ask for them.
pub(super) fn record_documents(
    sale: &Sale,
    kinds: Vec<DocumentKind>,
) -> Result<Vec<Event>, Rejection> {
    if sale.registration().is_some() {
        return Err(Rejection::AlreadyRegistered);
    }
    if sale.status().is_lost() {
        return Err(Rejection::Ended(sale.status()));
    }
    Ok(kinds.into_iter().map(|kind| Event::DocumentRecorded { kind }).collect())
}

/// Stores the intent to register, once the sale is paid in full and the documents are on file.
pub(super) fn request(sale: &Sale) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::PaymentReceived { .. } if sale.is_on_hold() => Err(Rejection::PaymentReversed),
        Stage::PaymentReceived { .. } if sale.refusal().is_some() => {
            Err(Rejection::RegistrationRefused)
        }
        // Not with a vehicle that may be another one.
        Stage::PaymentReceived { registration_requested_at: None, .. }
            if sale.has_open_case(CaseKind::VehicleUnclear) =>
        {
            Err(Rejection::VehicleUnclear)
        }
        Stage::PaymentReceived { registration_requested_at: None, .. }
            if !sale.missing_documents().is_empty() =>
        {
            Err(Rejection::DocumentsMissing(sale.missing_documents()))
        }
        Stage::PaymentReceived { registration_requested_at: None, .. } => {
            Ok(vec![Event::RegistrationRequested])
        }
        _ if counts_on(sale, PaymentKind::Balance) => Ok(vec![]),
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Err(Rejection::NotDue(sale.status())),
    }
}

/// The authority's no, which counts only while it is asked.
pub(super) fn refuse(sale: &Sale, reason: String) -> Vec<Event> {
    match sale.stage {
        Stage::PaymentReceived { registration_requested_at: Some(_), .. } => {
            vec![Event::RegistrationRefused { reason }]
        }
        _ => vec![],
    }
}

/// A manager has the authority asked again.
pub(super) fn resubmit(sale: &Sale, closure: Closure) -> Result<Vec<Event>, Rejection> {
    match &sale.stage {
        Stage::PaymentReceived { refusal, .. } => match sale.missing_documents() {
            missing if !missing.is_empty() => Err(Rejection::DocumentsMissing(missing)),
            _ if refusal.is_some() => Ok(vec![
                Event::RegistrationResubmitted,
                Event::CaseClosed { kind: CaseKind::RegistrationRefused, closure: Some(closure) },
            ]),
            // It is with the authority.
            _ => Ok(vec![]),
        },
        _ if sale.registration().is_some() => Err(Rejection::AlreadyRegistered),
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Err(Rejection::NotDue(sale.status())),
    }
}

/// The authority's yes: the vehicle may be prepared, unless the bank took a payment back.
pub(super) fn confirm(sale: &Sale, registration: Registration) -> Result<Vec<Event>, Rejection> {
    match sale.stage {
        Stage::PaymentReceived { registration_requested_at: Some(_), .. } => {
            // The authority's answer is a fact; the delivery is still ours to hold back.
            let deliverable = (!sale.is_on_hold()).then_some(Event::PreparedForDelivery);
            Ok([Event::VehicleRegistered { registration }].into_iter().chain(deliverable).collect())
        }
        Stage::VehicleRegistered { .. } if sale.is_on_hold() => Err(Rejection::PaymentReversed),
        Stage::VehicleRegistered { .. } => Ok(vec![Event::PreparedForDelivery]),
        Stage::ReadyForDelivery { .. } | Stage::HandedOver { .. } => Ok(vec![]),
        _ if sale.status().is_lost() => Err(Rejection::Ended(sale.status())),
        _ => Err(Rejection::NotDue(sale.status())),
    }
}
