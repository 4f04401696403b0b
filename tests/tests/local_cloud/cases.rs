//! What the gateway leaves open, what a bank takes back, and who is told.

use crate::money::intent_of;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use hmac::{Hmac, Mac};
use libtest_mimic::Trial;
use proxy::{Fault, Rule, Tries};
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, key, sale};
use stack::{GATEWAY_WEBHOOK_SECRET, STACK, eventually};
use std::fmt::Write;
use std::time::Duration;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "a_payment_that_never_arrived_is_open_until_the_schedule_runs",
            a_payment_that_never_arrived_is_settled,
        ),
        trial(
            world,
            "a_reversed_payment_is_a_case_until_it_is_won",
            a_reversed_payment_is_a_case_until_it_is_won,
        ),
        trial(
            world,
            "a_lost_dispute_holds_the_sale_until_a_manager_answers",
            a_lost_dispute_holds_the_sale_until_a_manager_answers,
        ),
    ]
}

/// The request is lost on its way, so that no webhook tells of it, and the desk doesn't ask again.
async fn a_payment_that_never_arrived_is_settled(world: &World) -> Result<()> {
    let (api, id) =
        (world.employee().await?, world.registered(&sale("unsettled@example.com")).await?);
    let proxy = &world.stack.gateway_proxy;
    proxy
        .inject(Rule::next("pay-signal", "POST /v1/payment_intents", Fault::Drop).at(Tries::Every));
    let body = json!({ "method": "card", "payment_method": GOOD_CARD });
    let answer = api.post(&format!("/sales/{id}/signal-payment"), &key(), &body).await?;
    proxy.calm();
    ensure!(answer.status == 503, "{answer:?}");
    let open = api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
    ensure!(open.pointer("/payments/signal/state") == Some(&json!("unknown")), "{open}");
    eventually(PATIENCE, "the schedule's run settles it", async || {
        let path = format!("/2015-03-31/functions/{STACK}-reconcile-payments/invocations");
        world.stack.cloud.post("lambda", &path, json!({})).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let sale = api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
        Ok((sale.pointer("/payments/signal/state") == Some(&json!("captured"))).then_some(()))
    })
    .await?;
    world.sale_with(&id, "OrderPlaced").await.map(drop)
}

/// The local gateway knows no disputes: the webhooks are ours, signed as its own.
async fn dispute(world: &World, intent: &str, kind: &str, status: &str) -> Result<()> {
    let object = json!({ "id": format!("dp_{intent}"), "object": "dispute", "status": status, "payment_intent": intent });
    let body =
        json!({ "id": "evt_dispute", "type": kind, "data": { "object": object } }).to_string();
    #[expect(clippy::disallowed_methods, reason = "the deployed functions' clock is the real one")]
    let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(GATEWAY_WEBHOOK_SECRET.as_bytes())?;
    mac.update(format!("{at}.{body}").as_bytes());
    let hex = mac.finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let signature = format!("t={at},v1={hex}");
    let headers = [("content-type", "application/json"), ("stripe-signature", signature.as_str())];
    let api = world.employee().await?;
    api.send(reqwest::Method::POST, "/webhooks/payments", &headers, Some(body))
        .await?
        .expect(200)
        .map(drop)
}

/// Waits until the dealership's list has the sale, or has it no more.
async fn listed(world: &World, id: &str, wanted: bool) -> Result<()> {
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    eventually(PATIENCE, "the list of cases is right", async || {
        let cases = manager.get("/cases").await?.expect(200)?.body;
        let cases = cases.get("cases").and_then(Value::as_array).cloned().unwrap_or_default();
        Ok((cases.iter().any(|case| case.get("sale_id") == Some(&json!(id))) == wanted)
            .then_some(()))
    })
    .await
}

async fn a_reversed_payment_is_a_case_until_it_is_won(world: &World) -> Result<()> {
    let (id, _) = world.ordered("disputed@example.com").await?;
    let intent = intent_of(world, &id).await?;
    dispute(world, &intent, "charge.dispute.created", "needs_response").await?;
    let sale = world.sale_with(&id, "PaymentReversed").await?;
    ensure!(sale.pointer("/payments/signal/state") == Some(&json!("reversed")), "{sale}");
    listed(world, &id, true).await?;
    world.employee().await?.get("/cases").await?.expect(403)?;
    let others = world
        .somebody("LIS-02", &["dealership-manager"])
        .await?
        .get("/cases")
        .await?
        .expect(200)?;
    ensure!(!others.body.to_string().contains(&id), "another dealership sees {id}");
    dispute(world, &intent, "charge.dispute.closed", "won").await?;
    // Old news, after newer.
    dispute(world, &intent, "charge.dispute.created", "needs_response").await?;
    let sale = world.sale_with(&id, "PaymentReinstated").await?;
    ensure!(sale.pointer("/payments/signal/state") == Some(&json!("captured")), "{sale}");
    listed(world, &id, false).await
}

/// The vehicle comes and the balance is paid, but nothing is registered until a manager answers for
/// the money.
async fn a_lost_dispute_holds_the_sale_until_a_manager_answers(world: &World) -> Result<()> {
    let (id, order) = world.ordered("lost-dispute@example.com").await?;
    let intent = intent_of(world, &id).await?;
    dispute(world, &intent, "charge.dispute.closed", "lost").await?;
    world.sale_with(&id, "PaymentReversed").await?;
    world.stack.partners.advance(&order, "AvailableForCustomer").await?;
    world.sale_with(&id, "AvailableForCustomer").await?;
    world.pay(&id, "final-payment", GOOD_CARD).await?;
    // The workflow has asked for the registration, and was told to wait.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let held = manager.get(&format!("/sales/{id}")).await?.expect(200)?.body;
    ensure!(held.get("status") == Some(&json!("PaymentReceived")), "{held}");
    let (path, body) = (
        format!("/sales/{id}/case-closure"),
        json!({ "kind": "payment_reversed", "reason": "paid at the desk" }),
    );
    world.employee().await?.post(&path, &key(), &body).await?.expect(403)?;
    let closed = manager.post(&path, &key(), &body).await?.expect(200)?;
    ensure!(
        manager.post(&path, &key(), &body).await?.expect(200)?.body == closed.body,
        "a repeat is answered the same"
    );
    listed(world, &id, false).await?;
    let sale = world.sale_with(&id, "ReadyForDelivery").await?;
    let case = sale.pointer("/cases/0").context("the case stays with the sale")?;
    ensure!(
        case.get("reason") == Some(&json!("paid at the desk")) && case.get("closed_by").is_some(),
        "{sale}"
    );
    Ok(())
}
