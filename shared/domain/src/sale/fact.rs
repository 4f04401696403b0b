//! What the sale remembers of what happened to it: the customer's timeline.

use super::{Milestone, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to the sale, and when that was committed. The sale keeps its facts in
/// order for ever: they are the customer's timeline, and what [`effects`] looks at to see what is
/// owed. An [`Event`] is what a decision changes; only the events that somebody outside hears of
/// leave a fact.
///
/// [`effects`]: super::effects()
/// [`Event`]: super::Event
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact(pub FactKind, #[serde(with = "crate::time::millis")] pub Timestamp);

/// What can have happened to a sale. Milestones keep the factory's names; of the others, those that
/// give the sale another status ([`FactKind::status`]) have that status's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the business's diagrams name them (docs/requirements.md); the rest say what they are"
)]
pub enum FactKind {
    SaleRegistered,
    ReservationPaid,
    OrderPlaced,
    InProduction,
    QualityCheck,
    ReadyForShipment,
    InTransit,
    AtDealership,
    AvailableForCustomer,
    PaymentReceived,
    RegistrationRefused,
    VehicleRegistered,
    ReadyForDelivery,
    DeliveryArranged,
    HandedOver,
    PaymentFailed,
    SinAsignar,
    Lapsed,
    OrderRejected,
    RefundDue,
    Refunded,
    Cancelled,
    DeadlineExtended,
    PaymentReversed,
    PaymentReinstated,
    DeadlineReminder,
    EstimateMoved,
    PaymentAsked,
}

impl FactKind {
    /// The status that the sale has after this; `None` where it stays as it was.
    pub fn status(self) -> Option<Status> {
        Some(match self {
            Self::SaleRegistered => Status::SaleRegistered,
            Self::ReservationPaid => Status::ReservationPaid,
            Self::OrderPlaced => Status::OrderPlaced,
            Self::InProduction | Self::QualityCheck | Self::ReadyForShipment | Self::InTransit => {
                Status::Manufacturing
            }
            Self::AtDealership => Status::VehicleReady,
            Self::AvailableForCustomer => Status::FinalPaymentPending,
            Self::PaymentReceived => Status::PaymentReceived,
            Self::VehicleRegistered => Status::VehicleRegistered,
            Self::ReadyForDelivery => Status::ReadyForDelivery,
            Self::HandedOver => Status::HandedOver,
            Self::PaymentFailed => Status::PaymentFailed,
            Self::SinAsignar => Status::SinAsignar,
            Self::Lapsed => Status::Lapsed,
            Self::OrderRejected => Status::OrderRejected,
            Self::Cancelled => Status::Cancelled,
            Self::RegistrationRefused
            | Self::DeliveryArranged
            | Self::RefundDue
            | Self::Refunded
            | Self::DeadlineExtended
            | Self::DeadlineReminder
            | Self::EstimateMoved
            | Self::PaymentAsked
            | Self::PaymentReversed
            | Self::PaymentReinstated => return None,
        })
    }
}

impl From<Milestone> for FactKind {
    fn from(milestone: Milestone) -> Self {
        match milestone {
            Milestone::InProduction => Self::InProduction,
            Milestone::QualityCheck => Self::QualityCheck,
            Milestone::ReadyForShipment => Self::ReadyForShipment,
            Milestone::InTransit => Self::InTransit,
            Milestone::AtDealership => Self::AtDealership,
            Milestone::AvailableForCustomer => Self::AvailableForCustomer,
        }
    }
}
