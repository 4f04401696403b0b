//! An order at the factory, and how far its vehicle is.

use axum::Json;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::UnboundedSender;

/// How far a vehicle is; in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Milestone {
    InProduction,
    QualityCheck,
    ReadyForShipment,
    InTransit,
    AtDealership,
    AvailableForCustomer,
}

impl Milestone {
    const ALL: [Self; 6] = [
        Self::InProduction,
        Self::QualityCheck,
        Self::ReadyForShipment,
        Self::InTransit,
        Self::AtDealership,
        Self::AvailableForCustomer,
    ];

    /// The one after `status`.
    pub(crate) fn after(status: Option<Self>) -> Option<Self> {
        Self::ALL.into_iter().find(|milestone| Some(*milestone) > status)
    }
}

/// What an order says: these five fields and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderBody {
    customer_id: String,
    pub(crate) base_platform: String,
    options: Vec<String>,
    delivery_location: Map<String, Value>,
    pub(crate) order_date: OrderDate,
}

/// A date, or a time with its offset; kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct OrderDate {
    text: String,
    pub(crate) date: Date,
}

impl TryFrom<String> for OrderDate {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let date = text
            .parse::<Timestamp>()
            .map(|time| time.to_zoned(TimeZone::UTC).date())
            .or_else(|_| text.parse());
        // Whoever typed it is told the form, not how it failed.
        date.map(|date| Self { text, date })
            .map_err(|_| "order_date must be a date, or a time with its offset")
    }
}

impl From<OrderDate> for String {
    fn from(date: OrderDate) -> Self {
        date.text
    }
}

/// An order, as the ledger shows it.
#[derive(Clone, Serialize)]
pub(crate) struct Order {
    #[serde(rename = "order_id")]
    pub(crate) id: String,
    /// The sale's id, which the webhooks carry.
    pub(crate) reference: String,
    /// The idempotency key: the reference again.
    pub(crate) key: String,
    pub(crate) at: Timestamp,
    /// How often it was placed.
    pub(crate) calls: u32,
    pub(crate) status: Option<Milestone>,
    pub(crate) estimated_delivery: Date,
    /// Known from the start, told from `AtDealership` on.
    pub(crate) vin: String,
    pub(crate) body: OrderBody,
    /// Takes the place of each webhook that is to be delivered.
    #[serde(skip)]
    pub(crate) outbox: UnboundedSender<usize>,
}

impl Order {
    /// The vehicle, as far as the factory tells of it at this milestone.
    pub(crate) fn vehicle_at(&self, status: Option<Milestone>) -> Option<&str> {
        (status >= Some(Milestone::AtDealership)).then_some(&self.vin)
    }

    /// As the factory reports it.
    pub(crate) fn report(&self) -> Value {
        let Self { id, reference, status, estimated_delivery, .. } = self;
        let vehicle_id = self.vehicle_at(*status);
        json!({
            "order_id": id, "reference": reference, "status": status, "vehicle_id": vehicle_id,
            "estimated_delivery": estimated_delivery,
        })
    }

    /// As the factory answers who placed it.
    pub(crate) fn receipt(&self) -> Json<Value> {
        Json(json!({ "order_id": self.id, "estimated_delivery": self.estimated_delivery }))
    }
}
