//! Error names that the state machine matches, and which failure has which. A test compares this
//! list with `statemachine/sale_lifecycle.asl.json`, both ways.

use crate::ports::{RegistryError, StoreError};
use crate::sale::Rejection;
use crate::use_cases::ChangeError;
use crate::use_cases::follow_factory::CheckOrderError;
use crate::use_cases::place_order::PlaceOrderError;
use crate::use_cases::register_vehicle::RegisterVehicleError;

/// A partner can't be reached or gave no clear answer: try again under the same key.
pub const PARTNER_UNAVAILABLE: &str = "PartnerUnavailable";
/// The table can't be reached, or others changed the sale too often meanwhile: try again.
pub const STORE_UNAVAILABLE: &str = "StoreUnavailable";
/// The sale is over (order refused, lapsed, cancelled or sin asignar): the workflow ends.
pub const SALE_ENDED: &str = "SaleEnded";
/// The step is not due yet: the workflow goes back to the wait before it.
pub const NOT_DUE: &str = "NotDue";
/// The authority is still working on it: ask again later.
pub const REGISTRATION_PENDING: &str = "RegistrationPending";
/// The authority refused, or would: the registration waits for the dealership.
pub const REGISTRATION_BLOCKED: &str = "RegistrationBlocked";
/// The bank took a payment back: order, registration and delivery wait for the dealership to settle
/// it.
pub const PAYMENT_REVERSED: &str = "PaymentReversed";
/// Our data is broken, or a partner's answer makes no sense: people must look.
pub const NEEDS_ATTENTION: &str = "NeedsAttention";

/// Every name. A test compares it with those that the state machine matches.
pub const ALL: [&str; 8] = [
    PARTNER_UNAVAILABLE,
    STORE_UNAVAILABLE,
    SALE_ENDED,
    NOT_DUE,
    REGISTRATION_PENDING,
    REGISTRATION_BLOCKED,
    PAYMENT_REVERSED,
    NEEDS_ATTENTION,
];

/// A failure that a task of the state machine can end with.
pub trait TaskError: std::error::Error {
    /// One of [`ALL`].
    fn task_error(&self) -> &'static str;
}

impl TaskError for ChangeError {
    fn task_error(&self) -> &'static str {
        match self {
            Self::Rejected(Rejection::Ended(_)) => SALE_ENDED,
            Self::Rejected(Rejection::NotDue(_)) => NOT_DUE,
            Self::Rejected(Rejection::PaymentReversed) => PAYMENT_REVERSED,
            Self::Rejected(
                Rejection::DocumentsMissing(_)
                | Rejection::RegistrationRefused
                | Rejection::VehicleUnclear,
            ) => REGISTRATION_BLOCKED,
            Self::Contended | Self::Store(StoreError::Unavailable) => STORE_UNAVAILABLE,
            Self::Rejected(_)
            | Self::NotFound
            | Self::VehicleHeld
            | Self::Store(StoreError::Corrupt) => NEEDS_ATTENTION,
        }
    }
}

impl TaskError for PlaceOrderError {
    fn task_error(&self) -> &'static str {
        match self {
            Self::PartnerError(_) => PARTNER_UNAVAILABLE,
            Self::Failed(failure) => failure.task_error(),
        }
    }
}

impl TaskError for CheckOrderError {
    fn task_error(&self) -> &'static str {
        match self {
            Self::PartnerError(_) => PARTNER_UNAVAILABLE,
            Self::Failed(failure) => failure.task_error(),
        }
    }
}

impl TaskError for RegisterVehicleError {
    fn task_error(&self) -> &'static str {
        match self {
            Self::Registry(RegistryError::Pending) => REGISTRATION_PENDING,
            Self::Registry(RegistryError::Refused(_)) => REGISTRATION_BLOCKED,
            Self::Registry(RegistryError::PartnerError(_)) => PARTNER_UNAVAILABLE,
            Self::Failed(failure) => failure.task_error(),
        }
    }
}
