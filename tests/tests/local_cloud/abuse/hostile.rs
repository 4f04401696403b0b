//! Partners that answer what they shouldn't. A payment is never guessed, a sale never gets an order
//! or a plate that nobody gave it, and no caller sees the partner's words.

use crate::{PATIENCE, World};
use anyhow::{Result, ensure};
use proxy::{Fault, Rule};
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, key, sale};
use stack::eventually;

/// A word that every hostile answer has; nobody else has it.
const MARK: &str = "Wolfsmilch";
const JSON: &str = "application/json";

/// What is wrong, then status, content type and body.
type Hostile = (&'static str, u16, &'static str, &'static str);

/// Answers that are no payment.
const NO_PAYMENT: [Hostile; 31] = [
    ("an empty answer", 200, JSON, ""),
    ("a page", 200, "text/html", "<html><script>Wolfsmilch</script></html>"),
    ("null", 200, JSON, "null"),
    ("a list", 200, JSON, "[\"Wolfsmilch\"]"),
    ("a number", 200, JSON, "1"),
    ("half an object", 200, JSON, "{\"id\":\"pi_1\",\"status\":\"succ"),
    (
        "two objects",
        200,
        JSON,
        "{\"id\":\"pi_1\",\"status\":\"succeeded\"}{\"id\":\"pi_2\",\"status\":\"succeeded\"}",
    ),
    ("no id", 200, JSON, "{\"status\":\"succeeded\"}"),
    ("a number for an id", 200, JSON, "{\"id\":1,\"status\":\"succeeded\"}"),
    ("an empty id", 200, JSON, "{\"id\":\"\",\"status\":\"succeeded\"}"),
    ("markup for an id", 200, JSON, "{\"id\":\"<b>Wolfsmilch</b>\",\"status\":\"succeeded\"}"),
    ("a path for an id", 200, JSON, "{\"id\":\"../../refunds\",\"status\":\"succeeded\"}"),
    ("a line break in an id", 200, JSON, "{\"id\":\"pi_1\\nWolfsmilch\",\"status\":\"succeeded\"}"),
    ("no status", 200, JSON, "{\"id\":\"pi_1\"}"),
    ("an unknown status", 200, JSON, "{\"id\":\"pi_1\",\"status\":\"Wolfsmilch\"}"),
    ("a status in capitals", 200, JSON, "{\"id\":\"pi_1\",\"status\":\"SUCCEEDED\"}"),
    ("true for a status", 200, JSON, "{\"id\":\"pi_1\",\"status\":true}"),
    ("a list for a status", 200, JSON, "{\"id\":\"pi_1\",\"status\":[\"succeeded\"]}"),
    ("a status further down", 200, JSON, "{\"id\":\"pi_1\",\"data\":{\"status\":\"succeeded\"}}"),
    ("nothing but 204", 204, JSON, ""),
    ("another place", 302, JSON, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}"),
    ("another place, for good", 308, JSON, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}"),
    ("not modified", 304, JSON, ""),
    (
        "a success that is a bad request",
        400,
        JSON,
        "{\"id\":\"pi_1\",\"status\":\"succeeded\",\"words\":\"Wolfsmilch\"}",
    ),
    ("a success that nobody may have", 401, JSON, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}"),
    ("a success that is forbidden", 403, JSON, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}"),
    ("a success that is not there", 404, "text/plain", "Wolfsmilch succeeded"),
    ("a success in conflict", 409, JSON, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}"),
    ("a success too often", 429, JSON, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}"),
    (
        "a success that failed",
        500,
        JSON,
        "{\"id\":\"pi_1\",\"status\":\"succeeded\",\"words\":\"Wolfsmilch\"}",
    ),
    ("a success beyond the gateway", 502, "text/html", "<html>Wolfsmilch succeeded</html>"),
];

/// Answers that are a refusal, in words that nobody should see.
const DECLINES: [Hostile; 5] = [
    (
        "words about a refusal",
        402,
        JSON,
        "{\"error\":{\"message\":\"Wolfsmilch\",\"decline_code\":\"<b>Wolfsmilch</b>\"}}",
    ),
    ("a refusal without words", 402, JSON, "{}"),
    ("a page about a refusal", 402, "text/html", "<html>Wolfsmilch</html>"),
    (
        "a number for a refusal's code",
        402,
        JSON,
        "{\"error\":{\"code\":7,\"message\":\"Wolfsmilch\"}}",
    ),
    (
        "a payment method's fault",
        400,
        JSON,
        "{\"error\":{\"param\":\"payment_method\",\"message\":\"Wolfsmilch\"}}",
    ),
];

/// Answers of the factory that are no order.
const NO_ORDER: [Hostile; 12] = [
    ("an empty answer", 201, JSON, ""),
    ("a page", 200, "text/html", "<html>Wolfsmilch</html>"),
    ("null", 201, JSON, "null"),
    ("no order's id", 201, JSON, "{\"estimated_delivery\":\"2027-01-01\"}"),
    ("a number for an id", 201, JSON, "{\"order_id\":7}"),
    ("an empty id", 201, JSON, "{\"order_id\":\"\"}"),
    ("markup for an id", 201, JSON, "{\"order_id\":\"<b>Wolfsmilch</b>\"}"),
    ("a path for an id", 201, JSON, "{\"order_id\":\"../Wolfsmilch?all=1\"}"),
    ("a table's key for an id", 201, JSON, "{\"order_id\":\"SALE#Wolfsmilch\"}"),
    ("another place", 307, JSON, "{\"order_id\":\"F-Wolfsmilch\"}"),
    ("an order that is not there", 404, JSON, "{\"order_id\":\"F-Wolfsmilch\"}"),
    ("an order that failed", 503, JSON, "{\"order_id\":\"F-Wolfsmilch\"}"),
];

pub(super) async fn partners(world: &World) -> Result<()> {
    let mut faults = Vec::new();
    for hostile in &NO_PAYMENT {
        faults.extend(
            charge(world, *hostile, 503)
                .await
                .err()
                .map(|fault| format!("gateway, {}: {fault:#}", hostile.0)),
        );
    }
    for hostile in &DECLINES {
        faults.extend(
            charge(world, *hostile, 402)
                .await
                .err()
                .map(|fault| format!("gateway, {}: {fault:#}", hostile.0)),
        );
    }
    for hostile in &NO_ORDER {
        faults.extend(
            order(world, *hostile)
                .await
                .err()
                .map(|fault| format!("factory, {}: {fault:#}", hostile.0)),
        );
    }
    super::count("hostile partner answers", NO_PAYMENT.len() + DECLINES.len() + NO_ORDER.len());
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// The señal's charge is answered so: the caller is told what is known, and nothing is captured.
async fn charge(world: &World, (_, status, kind, body): Hostile, expected: u16) -> Result<()> {
    let id = world.registered(&sale("hostile@example.com")).await?;
    let payment = json!({ "method": "card", "payment_method": GOOD_CARD });
    let gateway = &world.stack.gateway_proxy;
    gateway.inject(Rule::next(
        "pay-signal",
        "POST /v1/payment_intents",
        Fault::Answer(status, kind, body),
    ));
    let api = world.employee().await?;
    let answer = api.post(&format!("/sales/{id}/signal-payment"), &key(), &payment).await;
    let unmet = gateway.calm();
    ensure!(unmet.is_empty(), "the gateway was not asked");
    let answer = answer?.expect(expected)?;
    ensure!(!format!("{answer:?}").contains(MARK), "the gateway's words are told: {answer:?}");
    let known = api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
    ensure!(known.get("status") == Some(&json!("SaleRegistered")), "{known}");
    ensure!(!known.to_string().contains(MARK), "the gateway's words are stored: {known}");
    Ok(())
}

/// The order is answered so, once: it is asked for again under the same key, and the factory has
/// one.
async fn order(world: &World, (_, status, kind, body): Hostile) -> Result<()> {
    let id = world.registered(&sale("hostile@example.com")).await?;
    let factory = &world.stack.partners_proxy;
    factory.inject(Rule::next(
        "place-factory-order",
        "POST /factory/orders",
        Fault::Answer(status, kind, body),
    ));
    let paid = world.pay(&id, "signal-payment", GOOD_CARD).await;
    let known = world.sale_with(&id, "OrderPlaced").await;
    let unmet = factory.calm();
    paid?;
    let known = known?;
    ensure!(unmet.is_empty(), "the factory was not asked");
    let order =
        known.pointer("/order/order_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    ensure!(!order.is_empty() && !known.to_string().contains(MARK), "{known}");
    eventually(PATIENCE, "the factory has the order", async || {
        let ledger = world.stack.partners.ledger().await?;
        let orders = ledger.get("orders").and_then(Value::as_array).cloned().unwrap_or_default();
        let ours: Vec<&Value> =
            orders.iter().filter(|placed| placed.get("reference") == Some(&json!(id))).collect();
        Ok((ours.len() == 1 && ours[0].to_string().contains(&order)).then_some(()))
    })
    .await
}
