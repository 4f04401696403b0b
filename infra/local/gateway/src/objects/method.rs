//! Payment methods (<https://docs.stripe.com/api/payment_methods>).

use super::object::{Object, add};
use super::{Id, Metadata};
use crate::cards;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PaymentMethod {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) billing_details: Value,
    pub(crate) customer: Option<Id>,
    pub(crate) metadata: Metadata,
    pub(crate) own: Source,
}

/// Where the money comes from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    Card { number: String, exp_month: i64, exp_year: i64 },
    SepaDebit { iban: String },
    CustomerBalance,
}

impl Source {
    /// As `type` has it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Card { .. } => "card",
            Self::SepaDebit { .. } => "sepa_debit",
            Self::CustomerBalance => "customer_balance",
        }
    }

    /// What may be known of it.
    fn details(&self) -> Value {
        match self {
            Self::Card { number, exp_month, exp_year } => json!({
                "brand": cards::brand(number),
                "checks": {
                    "address_line1_check": null, "address_postal_code_check": null,
                    "cvc_check": "pass",
                },
                "country": cards::country(number),
                "display_brand": cards::brand(number),
                "exp_month": exp_month,
                "exp_year": exp_year,
                "fingerprint": fingerprint(number),
                "funding": "credit",
                "last4": last4(number),
                "three_d_secure_usage": { "supported": true },
                "wallet": null,
            }),
            Self::SepaDebit { iban } => json!({
                "bank_code": iban.get(4..12),
                "branch_code": "",
                "country": iban.get(..2),
                "fingerprint": fingerprint(iban),
                "generated_from": { "charge": null, "setup_attempt": null },
                "last4": last4(iban),
            }),
            Self::CustomerBalance => json!({}),
        }
    }

    /// As a charge's `payment_method_details` has it.
    pub(crate) fn of_charge(&self, mandate: Option<&str>) -> Value {
        let mut details = self.details();
        if let (Self::SepaDebit { .. }, Some(details)) = (self, details.as_object_mut()) {
            details.insert("mandate".to_owned(), json!(mandate));
        }
        json!({ "type": self.kind(), self.kind(): details })
    }
}

fn last4(number: &str) -> Option<&str> {
    number.get(number.len().saturating_sub(4)..)
}

/// The same for the same number, which it doesn't tell.
fn fingerprint(number: &str) -> String {
    Sha256::digest(number).iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a string succeeds.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Object for PaymentMethod {
    const OBJECT: &'static str = "payment_method";
    const PREFIX: &'static str = "pm";
    const NAME: &'static str = "PaymentMethod";
    const PARAM: &'static str = "payment_method";

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
                ("allow_redisplay", json!("unspecified")),
                ("type", json!(self.own.kind())),
                (self.own.kind(), self.own.details()),
            ],
        );
    }
}
