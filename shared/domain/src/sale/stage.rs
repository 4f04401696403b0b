//! Where a sale stands, with what is known from there on: from its registration to the hand-over,
//! or to one of the ends at which the customer gets no vehicle.

use super::{Milestone, Order};
use crate::{EmployeeId, Plate, Reason, RegistrationId, Vin};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a sale stands, with what is known from there on. [`Status`] is its name alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Registered by an employee; the señal is awaited.
    SaleRegistered {
        /// The last moment at which a señal payment may begin.
        #[serde(with = "crate::time::millis")]
        pay_signal_by: Timestamp,
    },
    /// The señal is captured; the factory order is next.
    ReservationPaid {
        /// When the order was about to be sent, in milliseconds: the stored intent, and its
        /// `order_date`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order_requested_at: Option<i64>,
    },
    /// The factory confirmed the order.
    OrderPlaced {
        /// The factory's order, whose id each further report has to name.
        order: Order,
    },
    /// The factory builds and ships.
    Manufacturing {
        /// The factory's order, whose id each further report has to name.
        order: Order,
        /// The furthest point reached: `InProduction` to `InTransit`.
        milestone: Milestone,
    },
    /// The vehicle is physically at the dealership.
    VehicleReady {
        /// The factory's order, whose id each further report has to name.
        order: Order,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
    },
    /// The customer was told to pay the balance.
    FinalPaymentPending {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The last moment at which a final payment may begin.
        #[serde(with = "crate::time::millis")]
        pay_by: Timestamp,
    },
    /// Paid in full; registration with the authorities is next.
    PaymentReceived {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// When the registration was about to be sent, in milliseconds: the stored intent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        registration_requested_at: Option<i64>,
        /// Why the authority refused, until a manager has it asked again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal: Option<String>,
    },
    /// The authority registered the vehicle.
    VehicleRegistered {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The authority's answer.
        registration: Registration,
    },
    /// The dealership may deliver: it prepares the vehicle, and arranges a day and a place.
    ReadyForDelivery {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The authority's answer.
        registration: Registration,
    },
    /// All that was prepared and arranged: the delivery subsystem's from here on, and closed for
    /// this one.
    HandedOver {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The authority's answer.
        registration: Registration,
    },
    /// The deadline passed unpaid.
    PaymentFailed {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
    },
    /// The customer lost the vehicle, which is stock now; the señal is forfeit.
    SinAsignar {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle that was lost.
        vehicle: Vin,
    },
    /// The señal was not paid in time.
    Lapsed,
    /// The factory refused the order; the señal is refunded.
    OrderRejected {
        /// What the factory said.
        reason: String,
    },
    /// A manager cancelled it, before the factory order or once the factory cancelled that; a señal
    /// that was paid is refunded. When: see its fact.
    Cancelled {
        /// The manager, by the id in the token (`sub`).
        by: EmployeeId,
        /// The manager's own words, up to 200 characters; they may name the customer.
        reason: Reason,
    },
}

/// What the authority answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The authority's id.
    pub id: RegistrationId,
    /// The plate that the authority gave the vehicle, as the authority writes it.
    pub plate: Plate,
}

/// The name of a [`Stage`], as the API and the mails give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is described at its stage")]
pub enum Status {
    SaleRegistered,
    ReservationPaid,
    OrderPlaced,
    Manufacturing,
    VehicleReady,
    FinalPaymentPending,
    PaymentReceived,
    VehicleRegistered,
    ReadyForDelivery,
    HandedOver,
    PaymentFailed,
    SinAsignar,
    Lapsed,
    OrderRejected,
    Cancelled,
}

impl Status {
    /// Every status, in the order of the diagram.
    pub const ALL: [Self; 15] = [
        Self::SaleRegistered,
        Self::ReservationPaid,
        Self::OrderPlaced,
        Self::Manufacturing,
        Self::VehicleReady,
        Self::FinalPaymentPending,
        Self::PaymentReceived,
        Self::VehicleRegistered,
        Self::ReadyForDelivery,
        Self::HandedOver,
        Self::PaymentFailed,
        Self::SinAsignar,
        Self::Lapsed,
        Self::OrderRejected,
        Self::Cancelled,
    ];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SaleRegistered => "SaleRegistered",
            Self::ReservationPaid => "ReservationPaid",
            Self::OrderPlaced => "OrderPlaced",
            Self::Manufacturing => "Manufacturing",
            Self::VehicleReady => "VehicleReady",
            Self::FinalPaymentPending => "FinalPaymentPending",
            Self::PaymentReceived => "PaymentReceived",
            Self::VehicleRegistered => "VehicleRegistered",
            Self::ReadyForDelivery => "ReadyForDelivery",
            Self::HandedOver => "HandedOver",
            Self::PaymentFailed => "PaymentFailed",
            Self::SinAsignar => "SinAsignar",
            Self::Lapsed => "Lapsed",
            Self::OrderRejected => "OrderRejected",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Those in which something is awaited that has a date ([`Sale::due_at`]).
    ///
    /// [`Sale::due_at`]: super::Sale::due_at
    pub const WITH_DATES: [Self; 4] =
        [Self::SaleRegistered, Self::OrderPlaced, Self::Manufacturing, Self::FinalPaymentPending];

    /// Parses a name. `None`: no status has it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether nothing more is to be done here: lost, or the delivery subsystem's.
    pub fn is_over(self) -> bool {
        self.is_lost() || self == Self::HandedOver
    }

    /// Whether the sale is over without a delivery.
    pub fn is_lost(self) -> bool {
        matches!(
            self,
            Self::PaymentFailed
                | Self::SinAsignar
                | Self::Lapsed
                | Self::OrderRejected
                | Self::Cancelled
        )
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
