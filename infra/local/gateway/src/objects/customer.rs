//! Customers (<https://docs.stripe.com/api/customers>), and what they sent without paying with it
//! yet (<https://docs.stripe.com/api/cash_balance_transactions>).

use super::object::{Object, add};
use super::{Id, Metadata};
use crate::iban::VirtualIban;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) address: Value,
    pub(crate) description: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) preferred_locales: Vec<String>,
    pub(crate) own: Purse,
}

/// What a customer sent, and where to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Purse {
    /// Cents that pay for nothing yet.
    pub(crate) cash: i64,
    pub(crate) ibans: Vec<VirtualIban>,
    pub(crate) is_deleted: bool,
}

impl Object for Customer {
    const OBJECT: &'static str = "customer";
    const PREFIX: &'static str = "cus";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn complete(&self, shown: &mut Map<String, Value>) {
        let invoices = json!({
            "custom_fields": null, "default_payment_method": null, "footer": null,
            "rendering_options": null,
        });
        add(
            shown,
            [
                ("balance", json!(0)),
                ("currency", Value::Null),
                ("default_source", Value::Null),
                ("delinquent", json!(false)),
                ("discount", Value::Null),
                ("invoice_settings", invoices),
                ("shipping", Value::Null),
                ("tax_exempt", json!("none")),
                ("test_clock", Value::Null),
            ],
        );
    }
}

impl Customer {
    /// What it has sent without paying with it.
    pub(crate) fn cash_balance(&self) -> Value {
        json!({
            "object": "cash_balance",
            "available": { "eur": self.own.cash },
            "customer": self.id,
            "livemode": false,
            "settings": {
                "reconciliation_mode": "automatic", "using_merchant_default": true,
            },
        })
    }
}

/// A movement of a customer's cash.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CashTransaction {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) currency: String,
    pub(crate) customer: Id,
    pub(crate) ending_balance: i64,
    pub(crate) net_amount: i64,
    /// `funded`, `applied_to_payment` …, and the hash of that name beside it.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(flatten)]
    pub(crate) details: Map<String, Value>,
}

impl Object for CashTransaction {
    const OBJECT: &'static str = "customer_cash_balance_transaction";
    const PREFIX: &'static str = "ccsbtxn";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}
