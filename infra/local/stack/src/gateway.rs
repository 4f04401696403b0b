//! Payment methods at the local gateway, and what banks and customers do there.

use crate::parameters::GATEWAY_KEY;
use crate::stack::Stack;
use anyhow::{Context, Result};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

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

    /// The gateway's id of a sale's latest payment.
    pub async fn payment_of(&self, sale: &str) -> Result<String> {
        let (client, mut after) = (proxy::client()?, String::new());
        loop {
            let list = format!("{}/v1/payment_intents?limit=100{after}", self.gateway_url);
            let page = client.get(list).bearer_auth(GATEWAY_KEY).send().await?;
            let page: Value = page.error_for_status()?.json().await?;
            let payments =
                page.get("data").and_then(Value::as_array).context("no list of payments")?;
            let text = |payment: &Value, at: &str| {
                payment.pointer(at).and_then(Value::as_str).map(str::to_owned)
            };
            let of_sale = |payment: &&Value| {
                text(payment, "/metadata/sale_id").is_some_and(|owner| owner == sale)
            };
            if let Some(known) = payments.iter().find(of_sale) {
                return text(known, "/id").context("a payment has no id");
            }
            let more = page.get("has_more") == Some(&json!(true));
            let next = payments.last().filter(|_| more).and_then(|payment| text(payment, "/id"));
            after = format!(
                "&starting_after={}",
                next.context("the gateway knows no payment of the sale")?
            );
        }
    }

    /// Has banks and customers do something: one of what `GET /_control` lists.
    pub async fn at_the_gateway(&self, control: &str, body: &Value) -> Result<Value> {
        let call = proxy::client()?.post(format!("{}/_control/{control}", self.gateway_url));
        Ok(call.json(body).send().await?.error_for_status()?.json().await?)
    }

    /// Pays on the gateway's page, as a browser would: a card whose bank asks, and the bank's page.
    pub async fn pay_on_page(&self, url: &str) -> Result<()> {
        let card = [
            ("kind", "card"),
            ("number", ASKED_CARD_NUMBER),
            ("expiry", "12 / 34"),
            ("cvc", "123"),
            ("name", "Ana García"),
        ];
        let challenge =
            post_form(url, &card).await?.context("the page sends nobody to the bank")?;
        self.confirm(&challenge, true).await
    }

    /// Agrees at the bank's page, or doesn't.
    pub async fn confirm(&self, url: &str, agrees: bool) -> Result<()> {
        let outcome = if agrees { "complete" } else { "fail" };
        post_form(url, &[("outcome", outcome)]).await?.context("the bank sends nobody back")?;
        Ok(())
    }

    /// Money reaches an account at the gateway's bank.
    pub async fn transfer(&self, iban: &str, amount: u64) -> Result<()> {
        self.at_the_gateway("transfers", &json!({ "iban": iban, "amount": amount })).await.map(drop)
    }
}

/// A number that the gateway's page takes, whose bank asks.
const ASKED_CARD_NUMBER: &str = "4000002760003184";

/// Where a form's answer leads to; `None`: nowhere, it is a page.
async fn post_form(url: &str, fields: &[(&str, &str)]) -> Result<Option<String>> {
    let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build()?;
    let answer = client.post(url).form(fields).send().await?;
    let location = answer.headers().get("location").and_then(|location| location.to_str().ok());
    Ok(location.map(str::to_owned))
}
