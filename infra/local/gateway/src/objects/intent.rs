//! PaymentIntents (<https://docs.stripe.com/api/payment_intents>), and the mandates that their
//! direct debits have (<https://docs.stripe.com/api/mandates>).

use super::object::{Object, add};
use super::{Id, Metadata};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use strum::Display;

/// Where a payment stands (<https://docs.stripe.com/payments/paymentintents/lifecycle>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    Succeeded,
    Canceled,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) allowed_payment_method_types: Option<Vec<String>>,
    pub(crate) amount: i64,
    pub(crate) amount_received: i64,
    pub(crate) automatic_payment_methods: Option<Value>,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) cancellation_reason: Option<String>,
    pub(crate) client_secret: String,
    pub(crate) currency: String,
    pub(crate) customer: Option<Id>,
    pub(crate) description: Option<String>,
    pub(crate) last_payment_error: Option<Value>,
    pub(crate) latest_charge: Option<Id>,
    pub(crate) metadata: Metadata,
    pub(crate) next_action: Option<Value>,
    pub(crate) payment_method: Option<Id>,
    pub(crate) payment_method_options: Value,
    pub(crate) payment_method_types: Vec<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) setup_future_usage: Option<String>,
    pub(crate) statement_descriptor: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    pub(crate) status: IntentStatus,
    pub(crate) own: Attempt,
}

/// What the gateway knows of the way that a payment takes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// What a bank transfer has brought so far.
    pub(crate) funded: i64,
    /// The open challenge: the secret part of its page's address.
    pub(crate) challenge: Option<String>,
    /// Where the customer goes back to from it.
    pub(crate) return_url: Option<String>,
    /// The Checkout Session that it belongs to.
    pub(crate) session: Option<Id>,
    pub(crate) mandate: Option<Id>,
    /// What a transfer is to be sent with.
    pub(crate) reference: Option<String>,
}

impl Intent {
    /// What a bank transfer still has to bring.
    pub(crate) fn remaining(&self) -> i64 {
        self.amount - self.own.funded
    }

    /// Whether it waits for money that the customer sends.
    pub(crate) fn awaits_transfer(&self) -> bool {
        self.status == IntentStatus::RequiresAction
            && self.own.challenge.is_none()
            && self
                .next_action
                .as_ref()
                .is_some_and(|next| next.get("display_bank_transfer_instructions").is_some())
    }
}

impl Object for Intent {
    const OBJECT: &'static str = "payment_intent";
    const PREFIX: &'static str = "pi";
    const PARAM: &'static str = "intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn complete(&self, shown: &mut Map<String, Value>) {
        add(
            shown,
            [
                ("amount_capturable", json!(0)),
                ("amount_details", json!({ "tip": {} })),
                ("application", Value::Null),
                ("application_fee_amount", Value::Null),
                ("capture_method", json!("automatic")),
                ("confirmation_method", json!("automatic")),
                ("on_behalf_of", Value::Null),
                ("processing", Value::Null),
                ("review", Value::Null),
                ("shipping", Value::Null),
                ("source", Value::Null),
                ("transfer_data", Value::Null),
                ("transfer_group", Value::Null),
            ],
        );
    }
}

/// A customer's permission to debit an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mandate {
    pub(crate) id: Id,
    pub(crate) customer_acceptance: Value,
    pub(crate) payment_method: Id,
    pub(crate) payment_method_details: Value,
    pub(crate) single_use: Value,
    pub(crate) status: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) own: i64,
}

impl Object for Mandate {
    const OBJECT: &'static str = "mandate";
    const PREFIX: &'static str = "mandate";
    const PARAM: &'static str = "mandate";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.own
    }
}
