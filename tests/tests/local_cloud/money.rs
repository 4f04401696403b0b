//! Cards, banks, declines, refunds.

use crate::plans::{UNBUILDABLE, put_unbuildable};
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{ASKED_CARD, BAD_CARD, GOOD_CARD, key, sale};
use stack::{GATEWAY_KEY, eventually};

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "a_declined_card_can_be_followed_by_another",
            a_declined_card_can_be_followed_by_another,
        ),
        trial(world, "a_debit_is_taken_with_its_mandate", a_debit_is_taken_with_its_mandate),
        trial(world, "a_card_that_its_bank_asks_about", a_card_that_its_bank_asks_about),
        trial(
            world,
            "an_abandoned_page_gives_way_to_another_payment",
            an_abandoned_page_gives_way_to_another_payment,
        ),
        trial(world, "a_transfer_that_is_too_much", a_transfer_that_is_too_much),
        trial(world, "a_cancelled_sale_takes_no_money", a_cancelled_sale_takes_no_money),
        trial(world, "a_refused_order_refunds_the_signal", a_refused_order_refunds_the_signal),
    ]
}

async fn a_declined_card_can_be_followed_by_another(world: &World) -> Result<()> {
    let (api, id) =
        (world.employee().await?, world.registered(&sale("declined@example.com")).await?);
    let path = format!("/sales/{id}/signal-payment");
    let (bad, good) = (BAD_CARD, GOOD_CARD);
    let (refused, key) = (key(), stack::demo::key());
    let body = json!({ "method": "card", "payment_method": bad });
    let declined = api.post(&path, &refused, &body).await?.expect(402)?;
    ensure!(
        api.post(&path, &refused, &body).await?.expect(402)?.text("/type")
            == declined.text("/type"),
        "a repeat is answered the same"
    );
    let body = json!({ "method": "card", "payment_method": good });
    let paid = api.post(&path, &key, &body).await?.expect(200)?;
    ensure!(
        api.post(&path, &key, &body).await?.expect(200)?.body == paid.body,
        "a repeat is answered the same"
    );
    let twice = api.post(&path, &stack::demo::key(), &body).await?.expect(409)?;
    ensure!(twice.text("/type").ends_with("/already-paid"), "{twice:?}");
    let sale = world.sale_with(&id, "OrderPlaced").await?;
    ensure!(sale.pointer("/payments/signal/state") == Some(&json!("captured")), "{sale}");
    Ok(())
}

/// Begins the señal by a method that needs no token; answers what the customer has to do.
async fn begin(world: &World, id: &str, body: &Value) -> Result<Value> {
    let path = format!("/sales/{id}/signal-payment");
    let answer = world.employee().await?.post(&path, &key(), body).await?.expect(202)?;
    ensure!(answer.text("/outcome") == "awaits_customer", "{answer:?}");
    answer.body.get("next_action").cloned().context("there is nothing to do")
}

fn text<'a>(action: &'a Value, name: &str) -> Result<&'a str> {
    action.get(name).and_then(Value::as_str).with_context(|| format!("no {name} in {action}"))
}

/// Waits for a state of the señal.
async fn signal_is(world: &World, id: &str, state: &str) -> Result<()> {
    let api = world.employee().await?;
    eventually(PATIENCE, &format!("the señal is {state}"), async || {
        let sale = api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
        Ok((sale.pointer("/payments/signal/state") == Some(&json!(state))).then_some(()))
    })
    .await
}

async fn a_card_that_its_bank_asks_about(world: &World) -> Result<()> {
    let id = world.registered(&sale("asked@example.com")).await?;
    let body = json!({ "method": "card", "payment_method": ASKED_CARD });
    let failed = begin(world, &id, &body).await?;
    world.stack.confirm(text(&failed, "url")?, false).await?;
    signal_is(world, &id, "declined").await?;
    let passed = begin(world, &id, &body).await?;
    world.stack.confirm(text(&passed, "url")?, true).await?;
    world.sale_with(&id, "OrderPlaced").await.map(drop)
}

async fn an_abandoned_page_gives_way_to_another_payment(world: &World) -> Result<()> {
    let id = world.registered(&sale("abandoned@example.com")).await?;
    let page = begin(world, &id, &json!({ "method": "checkout" })).await?;
    let transfer = begin(world, &id, &json!({ "method": "bank_transfer" })).await?;
    ensure!(world.stack.pay_on_page(text(&page, "url")?).await.is_err(), "the page is open still");
    world.stack.transfer(text(&transfer, "iban")?, 40_000).await?;
    signal_is(world, &id, "partly_funded").await?;
    world.pay(&id, "signal-payment", GOOD_CARD).await?;
    let sale = world.sale_with(&id, "OrderPlaced").await?;
    let states: Vec<&Value> = sale["payments"]["signal"]["attempts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|attempt| &attempt["state"])
        .collect();
    ensure!(states == ["expired", "expired", "captured"], "{states:?}");
    no_cash_is_left(world).await
}

/// What a buyer sends beyond what is asked for goes back, and so does what comes after the end.
async fn a_transfer_that_is_too_much(world: &World) -> Result<()> {
    let id = world.registered(&sale("toomuch@example.com")).await?;
    let transfer = begin(world, &id, &json!({ "method": "bank_transfer" })).await?;
    let iban = text(&transfer, "iban")?;
    world.stack.transfer(iban, 105_000).await?;
    world.sale_with(&id, "OrderPlaced").await?;
    world.stack.transfer(iban, 100_000).await?;
    no_cash_is_left(world).await
}

/// Waits until no customer of the gateway has money that nothing took.
async fn no_cash_is_left(world: &World) -> Result<()> {
    eventually(PATIENCE, "what nothing took went back", async || {
        let customers = gateway(world, "/v1/customers?limit=100").await?;
        for customer in customers["data"].as_array().context("no list of customers")? {
            let id = customer["id"].as_str().unwrap_or_default();
            let cash = gateway(world, &format!("/v1/customers/{id}/cash_balance")).await?;
            if cash["available"]["eur"].as_u64().unwrap_or_default() > 0 {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await
}

async fn a_cancelled_sale_takes_no_money(world: &World) -> Result<()> {
    let id = world.registered(&sale("cancelled-page@example.com")).await?;
    let page = begin(world, &id, &json!({ "method": "checkout" })).await?;
    let manager = world.stack.api("MAD-01", &["dealership-manager"]).await?;
    let reason = json!({ "reason": "the customer changed her mind" });
    manager.post(&format!("/sales/{id}/cancellation"), &key(), &reason).await?.expect(200)?;
    ensure!(world.stack.pay_on_page(text(&page, "url")?).await.is_err(), "the page is open still");
    signal_is(world, &id, "expired").await
}

async fn a_debit_is_taken_with_its_mandate(world: &World) -> Result<()> {
    let (api, id) = (world.employee().await?, world.registered(&sale("bank@example.com")).await?);
    let body =
        json!({ "method": "sepa_debit", "payment_method": world.stack.bank_account().await? });
    let answer = api.post(&format!("/sales/{id}/signal-payment"), &key(), &body).await?;
    ensure!(answer.expect(202)?.text("/outcome") == "processing", "a bank takes its time");
    let sale = world.sale_with(&id, "OrderPlaced").await?;
    ensure!(sale.pointer("/payments/signal/state") == Some(&json!("captured")), "{sale}");
    Ok(())
}

async fn a_refused_order_refunds_the_signal(world: &World) -> Result<()> {
    put_unbuildable(&world.somebody("HQ", &["product"]).await?.api).await?;
    let mut body = sale("refused@example.com");
    body["plan"] = json!({ "code": UNBUILDABLE, "options": [] });
    let id = world.registered(&body).await?;
    world.pay(&id, "signal-payment", GOOD_CARD).await?;
    let sale = world.sale_with(&id, "Refunded").await?;
    ensure!(sale.get("status") == Some(&json!("OrderRejected")), "{sale}");
    ensure!(sale.pointer("/payments/signal/state") == Some(&json!("refunded")), "{sale}");
    let intent = world.stack.payment_of(&id).await?;
    let refunds = gateway(world, &format!("/v1/refunds?payment_intent={intent}")).await?;
    ensure!(
        refunds.pointer("/data").and_then(Value::as_array).map(Vec::len) == Some(1),
        "{refunds}"
    );
    eventually(PATIENCE, "the customer is told", async || {
        let mails = world.stack.cloud.mails().await?;
        Ok((mails.iter().filter(|mail| mail.to == "refused@example.com").count() == 3)
            .then_some(()))
    })
    .await
}

pub(crate) async fn gateway(world: &World, path: &str) -> Result<Value> {
    let client = proxy::client()?;
    let call = client.get(format!("{}{path}", world.stack.gateway_url)).bearer_auth(GATEWAY_KEY);
    Ok(call.send().await?.error_for_status()?.json().await?)
}
