//! What a sale refuses, and what fails around it.

use super::{Problem, ProblemType};
use crate::fault::Fault;
use domain::ports::StoreError;
use domain::sale::Rejection;
use domain::use_cases::ChangeError;

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let kind = match &rejection {
            Rejection::NotDue(_) => ProblemType::PaymentNotDue,
            Rejection::Ended(_) => ProblemType::SaleEnded,
            Rejection::AlreadyPaid => ProblemType::AlreadyPaid,
            // Only the workflow's own commands are answered with `StillWaiting`; for a client it
            // would be the same.
            Rejection::PaymentInProgress | Rejection::StillWaiting => {
                ProblemType::PaymentInProgress
            }
            Rejection::TooManyAttempts => ProblemType::TooManyAttempts,
            Rejection::DeadlinePassed(_) => ProblemType::DeadlinePassed,
            Rejection::DocumentsMissing(_) => ProblemType::DocumentsMissing,
            Rejection::AlreadyRegistered => ProblemType::AlreadyRegistered,
            Rejection::NoCase => ProblemType::CaseNotFound,
            Rejection::ClosesItself => ProblemType::CaseClosesItself,
            // Only the workflow's own tasks are answered so, and so.
            Rejection::RegistrationRefused | Rejection::VehicleUnclear => {
                ProblemType::RegistrationNotDue
            }
            Rejection::PaymentReversed => ProblemType::PaymentReversed,
            Rejection::OrderIsPlaced => ProblemType::OrderAlreadyPlaced,
            Rejection::PurchaseOpen => ProblemType::PurchaseOpen,
            Rejection::PartnerHasCustomer(_) => ProblemType::PartnerHasCustomer,
            Rejection::RegistrationUnderWay => ProblemType::RegistrationUnderWay,
            Rejection::NoDeadline(_) => ProblemType::NoDeadline,
            Rejection::TooManyExtensions => ProblemType::TooManyExtensions,
            Rejection::NotLater(after) => {
                return Self::invalid(vec![Fault::new(
                    "/pay_by",
                    format!("must be later than {after}"),
                )]);
            }
            Rejection::TooLate(latest) => {
                return Self::invalid(vec![Fault::new(
                    "/pay_by",
                    format!("must be {latest} at the latest"),
                )]);
            }
            Rejection::DeliveryNotDue(_) => ProblemType::DeliveryNotDue,
            Rejection::HandedOver => ProblemType::HandedOver,
            Rejection::TooManyArrangements => ProblemType::TooManyArrangements,
            Rejection::DateOutOfRange(earliest, latest) => {
                return Self::invalid(vec![Fault::new(
                    "/appointment/date",
                    format!("must be from {earliest} to {latest}"),
                )]);
            }
            Rejection::HourGone(_) => {
                let gone = rejection.to_string();
                return Self::invalid(vec![Fault::new("/appointment/time", gone)]);
            }
            Rejection::DayGone(_) => ProblemType::DayGone,
            Rejection::UnknownAttempt => ProblemType::PaymentNotFound,
            Rejection::UnknownOrder(_) => ProblemType::OrderNotFound,
        };
        Self::new(kind).detail(rejection.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(fault: StoreError) -> Self {
        match fault {
            StoreError::Unavailable => ProblemType::Unavailable.into(),
            StoreError::Corrupt => ProblemType::InternalError.into(),
        }
    }
}

impl From<ChangeError> for Problem {
    fn from(failure: ChangeError) -> Self {
        match failure {
            ChangeError::Rejected(rejection) => rejection.into(),
            ChangeError::NotFound => ProblemType::SaleNotFound.into(),
            ChangeError::VehicleHeld => ProblemType::VehicleHeld.into(),
            ChangeError::Contended => ProblemType::Unavailable.into(),
            ChangeError::Store(fault) => fault.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{OrderId, Status};
    use jiff::Timestamp;

    #[test]
    fn every_rejection_has_its_problem() {
        let table = [
            (Rejection::NotDue(Status::Manufacturing), "payment-not-due", 409),
            (Rejection::Ended(Status::Lapsed), "sale-ended", 409),
            (Rejection::AlreadyPaid, "already-paid", 409),
            (Rejection::PaymentInProgress, "payment-in-progress", 409),
            (Rejection::TooManyAttempts, "too-many-attempts", 409),
            (Rejection::DeadlinePassed(Timestamp::UNIX_EPOCH), "deadline-passed", 409),
            (Rejection::UnknownAttempt, "payment-not-found", 404),
            (Rejection::StillWaiting, "payment-in-progress", 409),
            (Rejection::UnknownOrder(OrderId::parse("F-1").unwrap()), "order-not-found", 404),
            (Rejection::PaymentReversed, "payment-reversed", 409),
            (
                Rejection::DocumentsMissing(vec![domain::country::DocumentKind::Identity]),
                "documents-missing",
                409,
            ),
            (Rejection::RegistrationRefused, "registration-not-due", 409),
            (Rejection::AlreadyRegistered, "already-registered", 409),
            (Rejection::DeliveryNotDue(Status::PaymentReceived), "delivery-not-due", 409),
            (Rejection::HandedOver, "handed-over", 409),
            (Rejection::TooManyArrangements, "too-many-arrangements", 409),
            (
                Rejection::DateOutOfRange(jiff::civil::Date::MIN, jiff::civil::Date::MAX),
                "invalid-request",
                422,
            ),
            (Rejection::HourGone(jiff::civil::Time::midnight()), "invalid-request", 422),
            (Rejection::DayGone(jiff::civil::Date::MIN), "day-gone", 409),
            (Rejection::NoCase, "case-not-found", 404),
            (Rejection::ClosesItself, "case-closes-itself", 409),
            (Rejection::OrderIsPlaced, "order-already-placed", 409),
            (Rejection::PurchaseOpen, "purchase-open", 409),
            (Rejection::PartnerHasCustomer("factory"), "partner-has-customer", 409),
            (Rejection::RegistrationUnderWay, "registration-under-way", 409),
            (Rejection::NoDeadline(Status::Manufacturing), "no-deadline", 409),
            (Rejection::TooManyExtensions, "too-many-extensions", 409),
            (Rejection::NotLater(Timestamp::UNIX_EPOCH), "invalid-request", 422),
            (Rejection::TooLate(Timestamp::UNIX_EPOCH), "invalid-request", 422),
        ];
        for (rejection, slug, status) in table {
            let body = Problem::from(rejection.clone()).body("r-1");
            assert_eq!(
                body["type"],
                format!("https://caas.example/problems/{slug}"),
                "{rejection:?}"
            );
            assert_eq!(body["status"], status, "{rejection:?}");
        }
    }
}
