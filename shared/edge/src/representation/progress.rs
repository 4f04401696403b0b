//! How far a sale is: the factory's order, and what has happened in it so far.

use domain::sale::{Estimate, Fact, FactKind};
use domain::{OrderId, Reason, Sale, Status};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// The order at the factory, and when it says that the vehicle comes.
#[derive(Debug, Serialize)]
pub(super) struct OrderView<'a> {
    order_id: &'a OrderId,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_delivery: Option<Date>,
    /// What was expected, oldest first, where it moved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    estimates: Vec<EstimateView<'a>>,
}

#[derive(Debug, Serialize)]
struct EstimateView<'a> {
    date: Date,
    at: Timestamp,
    /// Why it moved there, in the factory's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Reason>,
}

impl<'a> OrderView<'a> {
    /// Of a sale whose order is placed.
    pub(super) fn of(sale: &'a Sale) -> Option<Self> {
        let order = sale.order()?;
        let moved = sale.estimates.iter().filter(|_| sale.estimates.len() > 1);
        let view = |known: &'a Estimate| EstimateView {
            date: known.0,
            at: known.1,
            reason: known.2.as_ref(),
        };
        let estimates = moved.map(view).collect();
        Some(Self { order_id: &order.id, estimated_delivery: sale.estimate(), estimates })
    }
}

/// Something that happened, and the status that the sale got by it.
#[derive(Debug, Serialize)]
pub(super) struct EventView {
    #[serde(rename = "type")]
    kind: FactKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    at: Timestamp,
}

impl EventView {
    /// Everything that happened in the sale, in order.
    pub(super) fn all(sale: &Sale) -> Vec<Self> {
        let event = |fact: &Fact| Self { kind: fact.0, status: fact.0.status(), at: fact.1 };
        sale.facts.iter().map(event).collect()
    }
}
