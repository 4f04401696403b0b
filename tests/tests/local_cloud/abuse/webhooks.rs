//! Webhooks that the partners didn't send, or sent long ago, or about what isn't theirs.

use super::{Case, run};
use crate::World;
use anyhow::{Context, Result};
use hmac::{Hmac, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use stack::{FACTORY_WEBHOOK_SECRET, GATEWAY_WEBHOOK_SECRET};
use std::fmt::Display;
use std::time::{SystemTime, UNIX_EPOCH};

const FACTORY: &str = "/webhooks/factory";
const PAYMENTS: &str = "/webhooks/payments";

#[expect(
    clippy::disallowed_methods,
    reason = "the functions check signatures against the real time"
)]
fn seconds() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
}

fn by_stripe(secret: &str, at: i64, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(format!("{at}.{body}").as_bytes());
    Ok(mac
        .finalize()
        .into_bytes()
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}

fn by_standard(secret: &str, id: &str, at: i64, body: &str) -> Result<String> {
    Ok(standardwebhooks::Webhook::new(secret)?.sign(id, at, body.as_bytes())?)
}

fn factory(name: String, id: &str, at: &dyn Display, signature: &str, body: &str) -> Case {
    let case = Case::new(name, "POST", FACTORY)
        .header("webhook-id", id)
        .header("webhook-timestamp", at.to_string());
    case.header("webhook-signature", signature).text("application/json", body)
}

fn payments(name: String, signature: &str, body: &str) -> Case {
    Case::new(name, "POST", PAYMENTS)
        .header("stripe-signature", signature)
        .text("application/json", body)
}

pub(super) async fn webhooks(world: &World) -> Result<()> {
    let (id, order) = world.ordered("hooks@example.com").await?;
    let sale = world.employee().await?.get(&format!("/sales/{id}")).await?.expect(200)?;
    let now = seconds()?;
    let update = json!({ "type": "order.status_changed", "timestamp": "2026-06-01T08:00:00Z", "data": { "order_id": order, "reference": id, "status": "InProduction", "occurred_at": "2026-06-01T07:58:30Z" } });
    let attempt = "01936d3c-9f10-7c1d-a2b3-4c5d6e7f8091";
    let event = json!({ "id": "evt_1", "type": "payment_intent.succeeded", "data": { "object": { "id": "pi_1", "object": "payment_intent", "currency": "eur", "amount": 3_150_000, "amount_received": 3_150_000, "metadata": { "sale_id": id, "attempt": attempt } } } });
    let mut cases = signatures(now, &update.to_string(), &event.to_string())?;
    cases.extend(signed(now, &update, &event)?);
    // The partners' real webhooks still get through.
    run(world, "webhooks", 70, cases, &["hooks@example.com", "whsec_", "Ana García"]).await?;
    let body = update.to_string();
    let now = seconds()?;
    let signature = by_standard(FACTORY_WEBHOOK_SECRET, "msg_real", now, &body)?;
    let case = factory("the factory's own".to_owned(), "msg_real", &now, &signature, &body);
    let headers: Vec<(&str, &str)> =
        case.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    world.customer(None)?.send(Method::POST, FACTORY, &headers, Some(body)).await?.expect(200)?;
    sale.body.get("sale_id").context("the sale is there").map(drop)
}

/// Signatures that don't fit what they are on.
fn signatures(now: i64, update: &str, event: &str) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let other_secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let standard = |at: i64| by_standard(FACTORY_WEBHOOK_SECRET, "msg_1", at, update);
    let good = standard(now)?;
    let bare = good.trim_start_matches("v1,").to_owned();
    let refused = |case: Case| case.gets(401, "signature-invalid");
    for (what, at) in [
        ("five minutes and a bit old", now - 330),
        ("an hour old", now - 3_600),
        ("a year old", now - 31_536_000),
        ("ahead of time", now + 400),
        ("a day ahead", now + 86_400),
        ("of 1970", 0),
    ] {
        cases.push(refused(factory(
            format!("factory: {what}"),
            "msg_1",
            &at,
            &standard(at)?,
            update,
        )));
    }
    let last = if bare.ends_with("A=") { "B=" } else { "A=" };
    for (what, signature) in [
        ("another key's", by_standard(other_secret, "msg_1", now, update)?),
        ("another body's", by_standard(FACTORY_WEBHOOK_SECRET, "msg_1", now, "{}")?),
        ("another message's", by_standard(FACTORY_WEBHOOK_SECRET, "msg_2", now, update)?),
        ("another moment's", standard(now - 1)?),
        ("the gateway's", format!("v1,{}", by_stripe(GATEWAY_WEBHOOK_SECRET, now, update)?)),
        ("no version", bare.clone()),
        ("version 2", format!("v2,{bare}")),
        ("version 1a", format!("v1a,{bare}")),
        ("an empty signature", "v1,".to_owned()),
        ("nothing", String::new()),
        ("a cut signature", good.get(..20).unwrap_or_default().to_owned()),
        (
            "another last character",
            format!("{}{last}", good.get(..good.len() - 2).unwrap_or_default()),
        ),
        ("words", "let me in".to_owned()),
        ("many wrong ones", vec!["v1,AAAA"; 50].join(" ")),
    ] {
        cases.push(refused(factory(format!("factory: {what}"), "msg_1", &now, &signature, update)));
    }
    for (what, at) in [
        ("words", "now"),
        ("nothing", ""),
        ("a fraction", "1.5"),
        ("hex", "0x10"),
        ("too many digits", "99999999999999999999"),
    ] {
        cases.push(refused(factory(
            format!("factory: {what} for a time"),
            "msg_1",
            &at,
            &good,
            update,
        )));
    }
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let mut case = factory(format!("factory: no {missing}"), "msg_1", &now, &good, update);
        case.headers.retain(|(name, _)| name != missing);
        cases.push(refused(case));
    }
    cases.push(refused(
        Case::new("factory: no headers", "POST", FACTORY).text("application/json", update),
    ));
    let blank = format!("{update} ");
    cases.push(refused(factory("factory: a blank more".to_owned(), "msg_1", &now, &good, &blank)));
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(66_000));
    cases.push(
        factory(
            "factory: more than 64 KiB, well signed".to_owned(),
            "msg_1",
            &now,
            &by_standard(FACTORY_WEBHOOK_SECRET, "msg_1", now, &large)?,
            &large,
        )
        .gets(413, "body-too-large"),
    );

    let stripe = |at: i64| by_stripe(GATEWAY_WEBHOOK_SECRET, at, event);
    let good = stripe(now)?;
    for (what, at) in [
        ("five minutes and a bit old", now - 330),
        ("an hour old", now - 3_600),
        ("a year old", now - 31_536_000),
        ("ahead of time", now + 400),
        ("a day ahead", now + 86_400),
        ("of 1970", 0),
    ] {
        cases.push(refused(payments(
            format!("payments: {what}"),
            &format!("t={at},v1={}", stripe(at)?),
            event,
        )));
    }
    for (what, signature) in [
        ("another key's", format!("t={now},v1={}", by_stripe("whsec_other", now, event)?)),
        ("another body's", format!("t={now},v1={}", by_stripe(GATEWAY_WEBHOOK_SECRET, now, "{}")?)),
        ("another moment's", format!("t={now},v1={}", stripe(now - 1)?)),
        (
            "the factory's",
            format!("t={now},v1={}", by_standard(FACTORY_WEBHOOK_SECRET, "msg_1", now, event)?),
        ),
        ("version 0", format!("t={now},v0={good}")),
        ("version 2", format!("t={now},v2={good}")),
        ("no version", format!("t={now},{good}")),
        ("no time", format!("v1={good}")),
        ("words for a time", format!("t=now,v1={good}")),
        ("a fraction for a time", format!("t={now}.5,v1={good}")),
        ("too many digits for a time", format!("t=99999999999999999999,v1={good}")),
        ("an empty time", format!("t=,v1={good}")),
        ("an empty signature", format!("t={now},v1=")),
        ("no signature", format!("t={now}")),
        ("a cut signature", format!("t={now},v1={}", good.get(..32).unwrap_or_default())),
        ("a longer signature", format!("t={now},v1={good}00")),
        ("an odd digit", format!("t={now},v1={}", good.get(..63).unwrap_or_default())),
        ("no hex", format!("t={now},v1={}", "z".repeat(64))),
        ("blanks for commas", format!("t={now} v1={good}")),
        ("nothing", String::new()),
        ("words", "let me in".to_owned()),
        ("many wrong ones", format!("t={now}{}", ",v1=00".repeat(100))),
    ] {
        cases.push(refused(payments(format!("payments: {what}"), &signature, event)));
    }
    cases.push(refused(
        Case::new("payments: no header", "POST", PAYMENTS).text("application/json", event),
    ));
    cases.push(refused(payments(
        "payments: a blank more".to_owned(),
        &format!("t={now},v1={good}"),
        &format!("{event} "),
    )));
    let signature = format!("t={now},v1={}", by_stripe(GATEWAY_WEBHOOK_SECRET, now, &large)?);
    cases.push(
        payments("payments: more than 64 KiB, well signed".to_owned(), &signature, &large)
            .gets(413, "body-too-large"),
    );
    Ok(cases)
}

/// Well signed, and still not to be taken in.
fn signed(now: i64, update: &Value, event: &Value) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let set = |body: &Value, pointer: &str, value: Value| {
        let mut body = body.clone();
        if let Some(field) = body.pointer_mut(pointer) {
            *field = value;
        }
        body.to_string()
    };
    let unknown = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";
    for (what, body, status, problem) in [
        (
            "another order of the sale",
            set(update, "/data/order_id", json!("F-OTHER")),
            404,
            "order-not-found",
        ),
        (
            "a sale that there is not",
            set(update, "/data/reference", json!(unknown)),
            404,
            "order-not-found",
        ),
        ("no sale's id", set(update, "/data/reference", json!("x")), 422, "invalid-request"),
        ("a number for a status", set(update, "/data/status", json!(3)), 422, "invalid-request"),
        ("a bad order id", set(update, "/data/order_id", json!("a b")), 422, "invalid-request"),
        ("no data", set(update, "/data", Value::Null), 422, "invalid-request"),
        ("a number for a type", set(update, "/type", json!(1)), 422, "invalid-request"),
        ("a list", "[]".to_owned(), 422, "invalid-request"),
        ("half an object", "{\"type\":".to_owned(), 400, "malformed-body"),
    ] {
        let signature = by_standard(FACTORY_WEBHOOK_SECRET, "msg_1", now, &body)?;
        cases.push(
            factory(format!("factory, signed: {what}"), "msg_1", &now, &signature, &body)
                .gets(status, problem),
        );
    }
    for (what, body, status, problem) in [
        ("an attempt that nobody made", event.to_string(), 404, "payment-not-found"),
        (
            "a sale that there is not",
            set(event, "/data/object/metadata/sale_id", json!(unknown)),
            404,
            "payment-not-found",
        ),
        (
            "no currency",
            set(event, "/data/object/currency", json!("euros")),
            422,
            "invalid-request",
        ),
        (
            "a negative amount",
            set(event, "/data/object/amount_received", json!(-1)),
            422,
            "invalid-request",
        ),
        ("a number for a payment", set(event, "/data/object/id", json!(7)), 422, "invalid-request"),
        ("no object", set(event, "/data", json!({})), 422, "invalid-request"),
        ("a number for a type", set(event, "/type", json!(1)), 422, "invalid-request"),
        ("a list", "[]".to_owned(), 422, "invalid-request"),
        ("half an object", "{\"type\":".to_owned(), 400, "malformed-body"),
    ] {
        let signature = format!("t={now},v1={}", by_stripe(GATEWAY_WEBHOOK_SECRET, now, &body)?);
        cases.push(
            payments(format!("payments, signed: {what}"), &signature, &body).gets(status, problem),
        );
    }
    Ok(cases)
}
