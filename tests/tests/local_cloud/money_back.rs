//! Money that leaves again: refunds that are pending, fail or are made by hand, and disputes.

use crate::cases::listed;
use crate::money::gateway;
use crate::plans::{UNBUILDABLE, put_unbuildable};
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, key, sale};
use stack::eventually;
use std::time::Duration;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
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
        trial(
            world,
            "an_inquiry_becomes_a_dispute_of_a_part",
            an_inquiry_becomes_a_dispute_of_a_part,
        ),
        trial(
            world,
            "a_gesture_counts_in_what_is_given_back",
            a_gesture_counts_in_what_is_given_back,
        ),
        trial(
            world,
            "a_refund_that_fails_is_a_case_until_it_is_paid_out",
            a_refund_that_fails_is_a_case_until_it_is_paid_out,
        ),
    ]
}

/// A customer objects at the bank; answers the dispute's id.
async fn disputed(world: &World, intent: &str, opening: Value) -> Result<String> {
    let control = format!("payments/{intent}/disputes");
    let dispute = world.stack.at_the_gateway(&control, &opening).await?;
    Ok(dispute["id"].as_str().context("no dispute was opened")?.to_owned())
}

async fn moves(world: &World, dispute: &str, action: &str) -> Result<()> {
    let control = format!("disputes/{dispute}");
    world.stack.at_the_gateway(&control, &json!({ "action": action })).await.map(drop)
}

/// Waits until this is so of the señal's first attempt.
async fn signal_has(world: &World, id: &str, pointer: &str, wanted: Value) -> Result<Value> {
    let api = world.employee().await?;
    eventually(PATIENCE, &format!("{pointer} is {wanted}"), async || {
        let sale = api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
        let attempt = sale.pointer("/payments/signal/attempts/0").cloned().unwrap_or_default();
        Ok((attempt.pointer(pointer) == Some(&wanted)).then_some(attempt))
    })
    .await
}

async fn closes(world: &World, id: &str, kind: &str) -> Result<()> {
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let body = json!({ "kind": kind, "reason": "settled at the desk" });
    manager.post(&format!("/sales/{id}/case-closure"), &key(), &body).await?.expect(200).map(drop)
}

async fn a_reversed_payment_is_a_case_until_it_is_won(world: &World) -> Result<()> {
    let (id, _) = world.ordered("disputed@example.com").await?;
    let intent = world.stack.payment_of(&id).await?;
    let dispute = disputed(world, &intent, json!({})).await?;
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
    moves(world, &dispute, "win").await?;
    // Old news, after newer.
    world.stack.at_the_gateway("events/repeat", &json!({ "last": 4 })).await?;
    let sale = world.sale_with(&id, "PaymentReinstated").await?;
    ensure!(sale.pointer("/payments/signal/state") == Some(&json!("captured")), "{sale}");
    listed(world, &id, false).await
}

/// The vehicle comes and the balance is paid, but nothing is registered until a manager answers for
/// the money.
async fn a_lost_dispute_holds_the_sale_until_a_manager_answers(world: &World) -> Result<()> {
    let (id, order) = world.ordered("lost-dispute@example.com").await?;
    let intent = world.stack.payment_of(&id).await?;
    let dispute = disputed(world, &intent, json!({})).await?;
    moves(world, &dispute, "lose").await?;
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

/// DIS-01 and DIS-03: no second `created` comes, and the books say how much.
async fn an_inquiry_becomes_a_dispute_of_a_part(world: &World) -> Result<()> {
    let (id, _) = world.ordered("inquiry@example.com").await?;
    let intent = world.stack.payment_of(&id).await?;
    let inquiry = json!({ "kind": "inquiry", "amount": 20_000 });
    let dispute = disputed(world, &intent, inquiry).await?;
    let attempt = signal_has(world, &id, "/disputes/0/state", json!("inquiry")).await?;
    ensure!(attempt["state"] == "captured", "{attempt}");
    listed(world, &id, false).await?;
    moves(world, &dispute, "escalate").await?;
    let attempt = signal_has(world, &id, "/disputes/0/state", json!("open")).await?;
    ensure!(attempt["disputes"][0]["amount"] == 20_000, "{attempt}");
    listed(world, &id, true).await?;
    moves(world, &dispute, "lose").await?;
    signal_has(world, &id, "/disputes/0/state", json!("lost")).await?;
    closes(world, &id, "payment_reversed").await?;
    listed(world, &id, false).await
}

/// REF-01: the rest goes back, and both together are what was paid.
async fn a_gesture_counts_in_what_is_given_back(world: &World) -> Result<()> {
    let (id, order) = world.ordered("gesture@example.com").await?;
    let intent = world.stack.payment_of(&id).await?;
    let gesture = json!({ "amount": 10_000 });
    world.stack.at_the_gateway(&format!("payments/{intent}/refunds"), &gesture).await?;
    let attempt = signal_has(world, &id, "/refunds/0/amount", json!(10_000)).await?;
    ensure!(attempt["state"] == "captured", "{attempt}");
    let news = json!({ "status": "Cancelled" });
    world.stack.partners.send_webhook(&order, &news).await?;
    listed(world, &id, true).await?;
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let reason = json!({ "reason": "the model is withdrawn" });
    manager.post(&format!("/sales/{id}/cancellation"), &key(), &reason).await?.expect(200)?;
    world.sale_with(&id, "Refunded").await?;
    let refunds = gateway(world, &format!("/v1/refunds?payment_intent={intent}")).await?;
    let amounts = refunds["data"].as_array().into_iter().flatten();
    let amounts: Vec<u64> = amounts.filter_map(|refund| refund["amount"].as_u64()).collect();
    ensure!(amounts.iter().sum::<u64>() == 100_000 && amounts.len() == 2, "{refunds}");
    Ok(())
}

/// REF-02: days after it was said to be made.
async fn a_refund_that_fails_is_a_case_until_it_is_paid_out(world: &World) -> Result<()> {
    put_unbuildable(&world.somebody("HQ", &["product"]).await?.api).await?;
    let mut body = sale("closed-account@example.com");
    body["plan"] = json!({ "code": UNBUILDABLE, "options": [] });
    let id = world.registered(&body).await?;
    world.pay(&id, "signal-payment", GOOD_CARD).await?;
    world.sale_with(&id, "Refunded").await?;
    let attempt = signal_has(world, &id, "/state", json!("refunded")).await?;
    let refund = attempt["refunds"][0]["refund_id"].as_str().context("no refund")?;
    let failure = json!({ "status": "failed", "reason": "lost_or_stolen_card" });
    world.stack.at_the_gateway(&format!("refunds/{refund}/settle"), &failure).await?;
    signal_has(world, &id, "/state", json!("refund_failed")).await?;
    listed(world, &id, true).await?;
    closes(world, &id, "refund_failed").await?;
    signal_has(world, &id, "/state", json!("refunded")).await?;
    listed(world, &id, false).await
}
