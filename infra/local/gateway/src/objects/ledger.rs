//! Balance transactions: each cent that came to the account or left it
//! (<https://docs.stripe.com/api/balance_transactions>).

use super::Id;
use super::object::{Object, add};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BalanceTransaction {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) available_on: i64,
    pub(crate) currency: String,
    pub(crate) description: Option<String>,
    pub(crate) fee: i64,
    pub(crate) reporting_category: String,
    pub(crate) source: Id,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) own: TransactionOwn,
}

/// What the gateway keeps beside a balance transaction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TransactionOwn {
    /// The payment that it is about.
    pub(crate) payment_intent: Id,
}

impl BalanceTransaction {
    /// What it changes of the balance.
    pub(crate) fn net(&self) -> i64 {
        self.amount - self.fee
    }
}

impl Object for BalanceTransaction {
    const OBJECT: &'static str = "balance_transaction";
    const PREFIX: &'static str = "txn";
    const HAS_MODE: bool = false;

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn complete(&self, shown: &mut Map<String, Value>) {
        let description =
            if self.kind == "adjustment" { "Dispute fee" } else { "Stripe processing fees" };
        let fees = match self.fee {
            0 => json!([]),
            fee => json!([{
                "amount": fee, "application": null, "currency": self.currency,
                "description": description, "type": "stripe_fee",
            }]),
        };
        add(
            shown,
            [
                ("balance_type", json!("payments")),
                ("exchange_rate", Value::Null),
                ("fee_details", fees),
                ("net", json!(self.net())),
                ("status", json!("available")),
            ],
        );
    }
}
