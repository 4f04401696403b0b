//! What the dealership prepares and arranges before a delivery: a checklist, a date and a place.

use crate::EmployeeId;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

/// Something that is seen to before any vehicle is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// The maker's inspection before delivery: fluids, pressures, brakes, lights, software.
    PreDeliveryInspection,
    /// Transport protection is off, the vehicle is clean inside and out.
    Cleaning,
    /// The plates are on, and they are the registration's.
    PlatesMounted,
    /// Keys, manuals, certificate of conformity and registration papers are together.
    PapersAndKeys,
}

impl CheckKind {
    /// The whole checklist, in its order.
    pub const ALL: [Self; 4] =
        [Self::PreDeliveryInspection, Self::Cleaning, Self::PlatesMounted, Self::PapersAndKeys];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreDeliveryInspection => "pre_delivery_inspection",
            Self::Cleaning => "cleaning",
            Self::PlatesMounted => "plates_mounted",
            Self::PapersAndKeys => "papers_and_keys",
        }
    }

    /// Parses a name. `None`: the checklist has no such line.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A line of the checklist that is done: by whom, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The line of the checklist; each is done once.
    pub kind: CheckKind,
    /// The employee who ticked it, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// When it was ticked, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
}

/// Where a vehicle is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryPlace {
    /// At the dealership.
    Dealership,
    /// At the customer's address: the one captured for the delivery, or else the customer's own.
    CustomerAddress,
}

impl DeliveryPlace {
    /// Both places, from which [`Self::parse`] chooses.
    pub const ALL: [Self; 2] = [Self::Dealership, Self::CustomerAddress];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dealership => "dealership",
            Self::CustomerAddress => "customer_address",
        }
    }

    /// Parses a name. `None`: there is no such place.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == text)
    }
}

/// When and where the customer gets the vehicle, by the dealership's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The day of the delivery.
    pub date: Date,
    /// The hour; absent: during the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// Where the customer gets the vehicle on that day.
    pub place: DeliveryPlace,
}

impl Slot {
    /// Whether it is over when the dealership's clock shows this.
    pub fn is_over(&self, now: DateTime) -> bool {
        self.date < now.date()
            || (self.date == now.date() && self.time.is_some_and(|time| time < now.time()))
    }
}

/// A delivery as the dealership arranged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// When and where the customer gets the vehicle.
    #[serde(flatten)]
    pub slot: Slot,
    /// Who arranged it.
    pub by: EmployeeId,
}
