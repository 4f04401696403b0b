//! Payment methods at the local gateway.

use crate::parameters::GATEWAY_KEY;
use crate::stack::Stack;
use anyhow::{Context, Result};
use serde_json::Value;

impl Stack {
    /// A new payment method at the gateway: a card of this number.
    pub async fn card(&self, number: &str) -> Result<String> {
        let card = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2034"),
            ("card[cvc]", "123"),
        ];
        self.payment_method(&card).await
    }

    /// A new payment method at the gateway: a bank account.
    pub async fn bank_account(&self) -> Result<String> {
        let account = [
            ("type", "sepa_debit"),
            ("sepa_debit[iban]", "DE89370400440532013000"),
            ("billing_details[name]", "Ana García"),
            ("billing_details[email]", "ana@example.com"),
        ];
        self.payment_method(&account).await
    }

    async fn payment_method(&self, form: &[(&str, &str)]) -> Result<String> {
        let client = proxy::client()?;
        let call = client
            .post(format!("{}/v1/payment_methods", self.gateway_url))
            .bearer_auth(GATEWAY_KEY);
        let method: Value = call.form(form).send().await?.error_for_status()?.json().await?;
        method
            .get("id")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .context("the gateway made no payment method")
    }
}
