//! What the partners saw and did, in the order in which it happened. It only grows, so a place in
//! it stays good.

use crate::order::Order;
use crate::partner::Partner;
use crate::registration::Registration;
use crate::webhook::Webhook;
use jiff::Timestamp;
use serde::Serialize;

/// Everything since the start.
#[derive(Default, Serialize)]
pub(crate) struct Ledger {
    pub(crate) orders: Vec<Order>,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) calls: Vec<Call>,
}

/// One call to a partner, whatever came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Call {
    pub(crate) partner: Partner,
    /// Such as `POST /factory/orders`.
    pub(crate) operation: String,
    /// The sale, as far as the call names one.
    pub(crate) reference: Option<String>,
    /// `null` as long as there is no answer, and for good when it was lost.
    pub(crate) http_status: Option<u16>,
    pub(crate) at: Timestamp,
}

impl Ledger {
    /// Answers the call's place.
    pub(crate) fn note(&mut self, call: Call) -> usize {
        self.calls.push(call);
        self.calls.len() - 1
    }

    /// The order with this id.
    pub(crate) fn order(&self, order_id: &str) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == order_id)
    }
}
