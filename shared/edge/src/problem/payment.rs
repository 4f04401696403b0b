//! What the gateway says against a payment, and what keeps it from being made.

use super::{Problem, ProblemType};
use domain::sale::Decline;
use domain::use_cases::pay::{EndError, PayError, PaymentUpdateError};
use domain::use_cases::take_money_back::MoneyBackError;

impl Problem {
    /// A declined payment, and why.
    pub fn declined(decline: Decline) -> Self {
        Self { decline: Some(decline), ..Self::new(ProblemType::PaymentDeclined) }
    }
}

impl From<PayError> for Problem {
    fn from(failure: PayError) -> Self {
        match failure {
            PayError::NotTaken(decline) => Self::declined(decline),
            PayError::KeyReused => ProblemType::IdempotencyKeyReused.into(),
            PayError::OutcomeUnknown => Self::new(ProblemType::PaymentOutcomeUnknown)
                .detail("repeat the request with the same Idempotency-Key: the customer is charged once at most"),
            PayError::Failed(failure) => failure.into(),
        }
    }
}

impl From<EndError> for Problem {
    fn from(failure: EndError) -> Self {
        match failure {
            EndError::PartnerError(_) => Self::new(ProblemType::Unavailable)
                .detail("a payment that waits for the customer could not be ended: try again"),
            EndError::Failed(failure) => failure.into(),
        }
    }
}

impl From<PaymentUpdateError> for Problem {
    fn from(failure: PaymentUpdateError) -> Self {
        match failure {
            PaymentUpdateError::OtherAmount { .. } => {
                Self::new(ProblemType::AmountMismatch).detail(failure.to_string())
            }
            PaymentUpdateError::PartnerError(_) => ProblemType::Unavailable.into(),
            PaymentUpdateError::Failed(failure) => failure.into(),
        }
    }
}

impl From<MoneyBackError> for Problem {
    fn from(failure: MoneyBackError) -> Self {
        match failure {
            MoneyBackError::PartnerError(_) => ProblemType::Unavailable.into(),
            MoneyBackError::Failed(failure) => failure.into(),
        }
    }
}
