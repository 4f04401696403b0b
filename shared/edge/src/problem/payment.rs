//! What the gateway says against a payment, and what keeps it from being made.

use super::{Problem, ProblemType};
use domain::sale::Decline;
use domain::use_cases::pay::{DisputeFailure, PayFailure, UpdateFailure};

impl Problem {
    /// A declined payment, and why.
    pub fn declined(decline: Decline) -> Self {
        Self { decline: Some(decline), ..Self::new(ProblemType::PaymentDeclined) }
    }
}

impl From<PayFailure> for Problem {
    fn from(failure: PayFailure) -> Self {
        match failure {
            PayFailure::KeyReused => ProblemType::IdempotencyKeyReused.into(),
            PayFailure::OutcomeUnknown => Self::new(ProblemType::PaymentOutcomeUnknown)
                .detail("repeat the request with the same Idempotency-Key: the customer is charged once at most"),
            PayFailure::Failed(failure) => failure.into(),
        }
    }
}

impl From<UpdateFailure> for Problem {
    fn from(failure: UpdateFailure) -> Self {
        match failure {
            UpdateFailure::OtherAmount { .. } => {
                Self::new(ProblemType::AmountMismatch).detail(failure.to_string())
            }
            UpdateFailure::NoAnswer(_) => ProblemType::Unavailable.into(),
            UpdateFailure::Failed(failure) => failure.into(),
        }
    }
}

impl From<DisputeFailure> for Problem {
    fn from(failure: DisputeFailure) -> Self {
        match failure {
            DisputeFailure::NoAnswer(_) => ProblemType::Unavailable.into(),
            DisputeFailure::Failed(failure) => failure.into(),
        }
    }
}
