//! Charges (<https://docs.stripe.com/api/charges>), and what takes money of them back: refunds
//! (<https://docs.stripe.com/api/refunds>) and disputes (<https://docs.stripe.com/api/disputes>).

use super::object::{Object, add};
use super::{Id, Metadata};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use strum::Display;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChargeStatus {
    Succeeded,
    Pending,
    Failed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) amount_captured: i64,
    pub(crate) amount_refunded: i64,
    pub(crate) balance_transaction: Option<Id>,
    pub(crate) billing_details: Value,
    pub(crate) currency: String,
    pub(crate) customer: Option<Id>,
    pub(crate) description: Option<String>,
    pub(crate) disputed: bool,
    pub(crate) failure_balance_transaction: Option<Id>,
    pub(crate) failure_code: Option<String>,
    pub(crate) failure_message: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) outcome: Value,
    pub(crate) payment_intent: Id,
    pub(crate) payment_method: Option<Id>,
    pub(crate) payment_method_details: Value,
    pub(crate) receipt_email: Option<String>,
    pub(crate) status: ChargeStatus,
}

impl Charge {
    /// What may still be refunded.
    pub(crate) fn refundable(&self) -> i64 {
        self.amount_captured - self.amount_refunded
    }

    /// `card`, `sepa_debit` or `customer_balance`.
    pub(crate) fn kind(&self) -> &str {
        self.payment_method_details.get("type").and_then(Value::as_str).unwrap_or_default()
    }
}

impl Object for Charge {
    const OBJECT: &'static str = "charge";
    const PREFIX: &'static str = "ch";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn complete(&self, shown: &mut Map<String, Value>) {
        let is_paid = self.status == ChargeStatus::Succeeded;
        add(
            shown,
            [
                ("application", Value::Null),
                ("application_fee", Value::Null),
                ("application_fee_amount", Value::Null),
                ("calculated_statement_descriptor", json!("LOCAL GATEWAY")),
                ("captured", json!(self.status != ChargeStatus::Failed)),
                ("fraud_details", json!({})),
                ("on_behalf_of", Value::Null),
                ("paid", json!(is_paid)),
                ("receipt_number", Value::Null),
                ("receipt_url", Value::Null),
                ("refunded", json!(is_paid && self.refundable() == 0)),
                ("review", Value::Null),
                ("shipping", Value::Null),
                ("source_transfer", Value::Null),
                ("statement_descriptor", Value::Null),
                ("statement_descriptor_suffix", Value::Null),
                ("transfer_data", Value::Null),
                ("transfer_group", Value::Null),
            ],
        );
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    Pending,
    /// The customer has to say where to: a bank transfer's.
    RequiresAction,
    Succeeded,
    Failed,
    Canceled,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) balance_transaction: Option<Id>,
    /// None, if it gives back a customer's cash.
    pub(crate) charge: Option<Id>,
    pub(crate) currency: String,
    pub(crate) customer: Option<Id>,
    pub(crate) destination_details: Value,
    pub(crate) failure_balance_transaction: Option<Id>,
    pub(crate) failure_reason: Option<String>,
    pub(crate) instructions_email: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) next_action: Option<Value>,
    pub(crate) payment_intent: Option<Id>,
    pub(crate) pending_reason: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) status: RefundStatus,
}

impl Object for Refund {
    const OBJECT: &'static str = "refund";
    const PREFIX: &'static str = "re";
    const HAS_MODE: bool = false;

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn complete(&self, shown: &mut Map<String, Value>) {
        let nothing = ["receipt_number", "source_transfer_reversal", "transfer_reversal"];
        add(shown, nothing.map(|name| (name, Value::Null)));
    }
}

/// Where a dispute stands; `warning_*` is an inquiry, which holds no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum DisputeStatus {
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

impl DisputeStatus {
    pub(crate) fn is_inquiry(self) -> bool {
        matches!(self, Self::WarningNeedsResponse | Self::WarningUnderReview | Self::WarningClosed)
    }

    pub(crate) fn is_closed(self) -> bool {
        matches!(self, Self::WarningClosed | Self::Won | Self::Lost)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    /// None, the one that took the money, or also the one that gave it back: as objects.
    pub(crate) balance_transactions: Vec<Value>,
    pub(crate) charge: Id,
    pub(crate) currency: String,
    pub(crate) evidence: Value,
    pub(crate) evidence_details: Value,
    pub(crate) metadata: Metadata,
    pub(crate) payment_intent: Id,
    pub(crate) payment_method_details: Value,
    pub(crate) reason: String,
    pub(crate) status: DisputeStatus,
}

impl Object for Dispute {
    const OBJECT: &'static str = "dispute";
    const PREFIX: &'static str = "du";
    const PARAM: &'static str = "dispute";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn complete(&self, shown: &mut Map<String, Value>) {
        let is_refundable = self.status.is_inquiry();
        add(
            shown,
            [
                ("enhanced_eligibility_types", json!([])),
                ("is_charge_refundable", json!(is_refundable)),
            ],
        );
    }
}
