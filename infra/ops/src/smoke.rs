//! A sale through a stage that was just deployed: registered, its señal paid, its order refused by
//! the factory, its señal given back. So API, table, stream, workflow, queues, gateway and factory
//! are each shown to work, and nobody owes anything in the end.

use crate::act::Act;
use crate::cloud::{Cloud, variable};
use crate::secret;
use adapters::{Reach, Web};
use anyhow::{Context, Result, bail, ensure};
use http::{Method, Request};
use serde_json::{Value, json};
use std::time::Duration;

/// The mailbox simulator's address that takes every mail
/// (<https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>).
const BUYER: &str = "success@simulator.amazonses.com";
/// What the sale has to remember in the end, in this order.
const EVENTS: [&str; 4] = ["SaleRegistered", "ReservationPaid", "OrderRejected", "Refunded"];
/// How often it is asked for, and how many times: for five minutes.
const PAUSE: Duration = Duration::from_secs(2);
const TIMES: u32 = 150;

/// What a stage has for it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Smoke {
    /// A plan that the stage's factory refuses to build
    #[arg(long)]
    plan: String,
    /// The gateway's payment method that pays in its test mode
    #[arg(long, default_value = "pm_card_visa")]
    card: String,
    /// Where the API is; else where the stack says
    #[arg(long)]
    url: Option<String>,
    #[command(flatten)]
    act: Act,
}

/// Takes the sale through the stage; fails where it doesn't end in its refund. Needs an employee's
/// token in `CAAS_TOKEN`. Refused where money is real.
pub(crate) async fn smoke(cloud: &Cloud, smoke: Smoke) -> Result<()> {
    let key = secret::stored(cloud, "GatewaySecret").await?;
    let is_live =
        key.pointer("/current").and_then(Value::as_str).is_none_or(|key| key.contains("_live_"));
    ensure!(!is_live, "the stage's gateway takes real money: a smoke order is for its test mode");
    let token = variable("CAAS_TOKEN").context("CAAS_TOKEN is not set: an employee's token")?;
    let url = match smoke.url {
        Some(url) => url,
        None => cloud.output("ApiUrl").await?,
    };
    let deed = format!("sell {} to {BUYER} at {url}, and have the señal given back", smoke.plan);
    if !smoke.act.begin(cloud, &deed).await? {
        return Ok(());
    }
    let reach = if cloud.is_local() { Reach::Anywhere } else { Reach::Public };
    let api = Api { web: Web::new("the API", "caas", reach)?, url, token };
    let registered = api.ask(Method::POST, "/sales", Some(&order(&smoke.plan)), 201).await?;
    let id = registered
        .pointer("/sale_id")
        .and_then(Value::as_str)
        .context("the answer names no sale")?
        .to_owned();
    println!("ok      {id} is registered");
    let card = json!({ "method": "card", "payment_method": smoke.card });
    api.ask(Method::POST, &format!("/sales/{id}/signal-payment"), Some(&card), 200).await?;
    println!("ok      its señal is paid");
    let mut known = Vec::new();
    for _ in 0..TIMES {
        let sale = api.ask(Method::GET, &format!("/sales/{id}"), None, 200).await?;
        known = events(&sale);
        if EVENTS.iter().all(|event| known.iter().any(|known| known == event)) {
            println!("ok      the factory refused it, and the señal went back");
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!("{id} didn't end in a refund, but has only {}: caas explain {id}", known.join(", "))
}

fn events(sale: &Value) -> Vec<String> {
    let events = sale.pointer("/events").and_then(Value::as_array).into_iter().flatten();
    events
        .filter_map(|event| event.pointer("/type").and_then(Value::as_str).map(str::to_owned))
        .collect()
}

/// What is bought, by nobody.
fn order(plan: &str) -> Value {
    json!({
        "customer": {
            "full_name": "Smoke Order", "email": BUYER, "phone": "+34600000000", "language": "es",
            "address": { "street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid", "country": "ES" },
        },
        "plan": { "code": plan, "options": [] },
        "delivery": { "to": "dealership" },
    })
}

/// The stage's API, as an employee.
struct Api {
    web: Web,
    url: String,
    token: String,
}

impl Api {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        wanted: u16,
    ) -> Result<Value> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .header("idempotency-key", adapters::credentials::token())
            .body(body.map(Value::to_string).unwrap_or_default().into_bytes())?;
        let answer =
            self.web.call(request).await.with_context(|| format!("no answer of {path}"))?;
        let said = String::from_utf8_lossy(answer.body());
        ensure!(answer.status() == wanted, "{path} was answered {}: {said}", answer.status());
        serde_json::from_str(&said).with_context(|| format!("{path} was answered with no JSON"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_s_events_are_told_by_their_types() {
        let sale = json!({ "events": [{ "type": "SaleRegistered" }, { "type": "Refunded" }] });
        assert_eq!(events(&sale), ["SaleRegistered", "Refunded"]);
        assert!(events(&json!({})).is_empty());
    }
}
