//! Payment methods at the local gateway, and what banks and customers do there.

use crate::parameters::GATEWAY_KEY;
use crate::stack::Stack;
use anyhow::{Context, Result};
use serde_json::Value;

impl Stack {
    /// A new payment method at the gateway: a bank account.
    pub async fn bank_account(&self) -> Result<String> {
        let account = [
            ("type", "sepa_debit"),
            ("sepa_debit[iban]", "DE89370400440532013000"),
            ("billing_details[name]", "Ana García"),
            ("billing_details[email]", "ana@example.com"),
        ];
        let call = proxy::client()?
            .post(format!("{}/v1/payment_methods", self.gateway_url))
            .bearer_auth(GATEWAY_KEY);
        let method: Value = call.form(&account).send().await?.error_for_status()?.json().await?;
        method
            .get("id")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .context("the gateway made no payment method")
    }

    /// Has banks and customers do something: one of what `GET /_control` lists.
    pub async fn at_the_gateway(&self, control: &str, body: &Value) -> Result<Value> {
        let call = proxy::client()?.post(format!("{}/_control/{control}", self.gateway_url));
        Ok(call.json(body).send().await?.error_for_status()?.json().await?)
    }
}
