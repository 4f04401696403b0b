//! The factory's order of a sale's vehicle, and the milestones that the factory reports of it.

use crate::{OrderId, Reason};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The factory's order, once it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The factory's id.
    pub id: OrderId,
    /// When the factory expects to deliver; absent when it was learnt from a webhook that didn't
    /// say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_delivery: Option<Date>,
}

/// What the factory once expected: the day, since when, and why it moved there, in its own words
/// (R-138 of `docs/requirements.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate(
    pub Date,
    #[serde(with = "crate::time::millis")] pub Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub Option<Reason>,
);

/// What the factory expects now, as it tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The day of the delivery.
    pub date: Date,
    /// Why it is another day than before, if the factory said.
    pub reason: Option<Reason>,
    /// By how many days it may move before the customer is told, as the deployment sets it.
    pub tell_beyond: u16,
}

/// What the factory reports of an order that doesn't go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The order is cancelled: the model is withdrawn, the plant burnt down.
    Cancelled,
    /// The vehicle is held back for the moment.
    Held,
}

impl Order {
    /// Reads an estimate as the factory writes it: a day, or a moment of which the day counts.
    /// `None`: it can't be read, which holds up nothing.
    pub fn estimate(text: &str) -> Option<Date> {
        text.get(..10)?.parse().ok()
    }
}

/// The factory's six milestones, in their order (R-22 of `docs/requirements.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the business's diagram of states names them (docs/requirements.md)"
)]
pub enum Milestone {
    InProduction,
    QualityCheck,
    ReadyForShipment,
    InTransit,
    AtDealership,
    AvailableForCustomer,
}

impl Milestone {
    /// All six, in order.
    pub const ALL: [Self; 6] = [
        Self::InProduction,
        Self::QualityCheck,
        Self::ReadyForShipment,
        Self::InTransit,
        Self::AtDealership,
        Self::AvailableForCustomer,
    ];
}
