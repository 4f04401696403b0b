//! Checkout Sessions (<https://docs.stripe.com/api/checkout/sessions>), of one payment each.

use super::object::{Object, add};
use super::{Id, Metadata};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use strum::Display;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum SessionStatus {
    Open,
    Complete,
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentStatus {
    Paid,
    Unpaid,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) amount_total: i64,
    pub(crate) cancel_url: Option<String>,
    pub(crate) client_reference_id: Option<String>,
    pub(crate) currency: String,
    pub(crate) customer: Option<Id>,
    pub(crate) customer_details: Value,
    pub(crate) customer_email: Option<String>,
    pub(crate) expires_at: i64,
    pub(crate) locale: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) payment_intent: Option<Id>,
    pub(crate) payment_method_types: Vec<String>,
    pub(crate) payment_status: PaymentStatus,
    pub(crate) status: SessionStatus,
    pub(crate) success_url: String,
    pub(crate) own: SessionOwn,
}

/// What the gateway knows of a Checkout Session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SessionOwn {
    /// The page's address, while it is open.
    pub(crate) url: String,
    pub(crate) lines: Vec<Line>,
    /// What the payment gets from `payment_intent_data`.
    pub(crate) intent_metadata: Metadata,
    pub(crate) intent_description: Option<String>,
}

/// Something that is paid for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) quantity: i64,
    pub(crate) unit_amount: i64,
}

impl Session {
    /// Its lines, as `line_items` has them.
    pub(crate) fn line_items(&self) -> Vec<Value> {
        let item = |line: &Line| {
            let total = line.unit_amount * line.quantity;
            json!({
                "id": line.id, "object": "item", "amount_discount": 0, "amount_subtotal": total,
                "amount_tax": 0, "amount_total": total, "currency": self.currency,
                "description": line.name, "quantity": line.quantity,
                "price": {
                    "object": "price", "currency": self.currency, "type": "one_time",
                    "unit_amount": line.unit_amount,
                },
            })
        };
        self.own.lines.iter().map(item).collect()
    }
}

impl Object for Session {
    const OBJECT: &'static str = "checkout.session";
    const PREFIX: &'static str = "cs_test";
    const PARAM: &'static str = "session";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn complete(&self, shown: &mut Map<String, Value>) {
        let url = (self.status == SessionStatus::Open).then_some(&self.own.url);
        add(
            shown,
            [
                ("after_expiration", Value::Null),
                ("allow_promotion_codes", Value::Null),
                ("amount_subtotal", json!(self.amount_total)),
                ("automatic_tax", json!({ "enabled": false, "liability": null, "status": null })),
                ("billing_address_collection", Value::Null),
                ("client_secret", Value::Null),
                ("consent", Value::Null),
                ("custom_fields", json!([])),
                ("customer_creation", json!("if_required")),
                ("invoice", Value::Null),
                ("mode", json!("payment")),
                ("payment_link", Value::Null),
                ("payment_method_collection", json!("if_required")),
                ("payment_method_options", json!({})),
                ("recovered_from", Value::Null),
                ("setup_intent", Value::Null),
                ("shipping_options", json!([])),
                ("submit_type", Value::Null),
                ("subscription", Value::Null),
                (
                    "total_details",
                    json!({ "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 }),
                ),
                ("ui_mode", json!("hosted_page")),
                ("url", json!(url)),
            ],
        );
    }
}
