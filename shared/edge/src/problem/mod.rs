//! Faults as HTTP tells them: RFC 9457 problem details, each kind with a type that stays.

mod account;
#[cfg(test)]
mod described;
mod kind;
mod payment;
mod registration;
mod sale;

pub use kind::{ProblemType, TYPE_BASE};

use crate::fault::Fault;
use domain::sale::Decline;
use serde_json::{Value, json};

/// A problem of one kind, with what is said of this occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemType,
    detail: Option<String>,
    errors: Vec<Fault>,
    decline: Option<Decline>,
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: ProblemType) -> Self {
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            decline: None,
            retry_after: kind.retry_after(),
        }
    }

    /// Says more about this one; for the client's eyes.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Every fault of a request.
    pub fn invalid(errors: Vec<Fault>) -> Self {
        Self { errors, ..Self::new(ProblemType::InvalidRequest) }
    }

    /// The same, with its faults at other places.
    #[must_use]
    pub fn at(self, errors: Vec<Fault>) -> Self {
        Self { errors, ..self }
    }

    /// Seconds after which a repeat makes sense.
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// The kind, and so the status and the type's URI.
    pub fn kind(&self) -> ProblemType {
        self.kind
    }

    /// What is said of this occurrence, for the client's eyes.
    pub fn said(&self) -> &str {
        self.detail.as_deref().unwrap_or_default()
    }

    /// Why the gateway or the bank said no.
    pub fn decline(&self) -> Option<Decline> {
        self.decline
    }

    /// The faults of an invalid request.
    pub fn errors(&self) -> &[Fault] {
        &self.errors
    }

    /// The JSON object, for the answer to `request_id`.
    pub fn body(&self, request_id: &str) -> Value {
        let mut body = json!({
            "type": self.kind.uri(),
            "title": self.kind.title(),
            "status": self.kind.status(),
            "request_id": request_id,
        });
        if let Some(members) = body.as_object_mut() {
            members.extend(self.detail.as_ref().map(|detail| ("detail".to_owned(), json!(detail))));
            members.extend(self.decline.map(|decline| ("decline".to_owned(), json!(decline))));
            if !self.errors.is_empty() {
                members.insert("errors".to_owned(), json!(self.errors));
            }
        }
        body
    }
}

impl From<ProblemType> for Problem {
    fn from(kind: ProblemType) -> Self {
        Self::new(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::plan::NotOffered;
    use domain::ports::StoreError;
    use domain::use_cases::pay::{PayError, PaymentUpdateError};
    use domain::use_cases::{ChangeError, register_sale};
    use domain::vehicle::NotInStock;

    #[test]
    fn failures_beside_rejections_have_theirs() {
        let table: [(Problem, ProblemType); 13] = [
            (ChangeError::NotFound.into(), ProblemType::SaleNotFound),
            (ChangeError::VehicleHeld.into(), ProblemType::VehicleHeld),
            (ChangeError::Contended.into(), ProblemType::Unavailable),
            (ChangeError::Store(StoreError::Unavailable).into(), ProblemType::Unavailable),
            (ChangeError::Store(StoreError::Corrupt).into(), ProblemType::InternalError),
            (register_sale::Error::KeyReused.into(), ProblemType::IdempotencyKeyReused),
            (register_sale::Error::NotOffered(NotOffered::Plan).into(), ProblemType::NotOffered),
            (
                register_sale::Error::NotInStock(NotInStock::Unknown).into(),
                ProblemType::VehicleNotFound,
            ),
            (register_sale::Error::NotInStock(NotInStock::Held).into(), ProblemType::VehicleHeld),
            (
                register_sale::Error::NotInStock(NotInStock::OtherBuild).into(),
                ProblemType::VehicleDiffers,
            ),
            (PayError::KeyReused.into(), ProblemType::IdempotencyKeyReused),
            (PayError::OutcomeUnknown.into(), ProblemType::PaymentOutcomeUnknown),
            (
                PaymentUpdateError::OtherAmount { reported: 1, asked: 2 }.into(),
                ProblemType::AmountMismatch,
            ),
        ];
        for (problem, kind) in table {
            assert_eq!(problem.kind(), kind);
        }
    }

    #[test]
    fn members_appear_only_where_they_say_something() {
        let body = Problem::declined(Decline::InsufficientFunds).body("r-1");
        assert_eq!(body["decline"], "insufficient_funds");
        assert!(body.get("errors").is_none() && body.get("detail").is_none());
        let body = Problem::invalid(vec![Fault::new("/plan", "is required")]).body("r-1");
        assert_eq!(body["errors"], json!([{ "pointer": "/plan", "detail": "is required" }]));
    }
}
