//! Cards, banks, declines, refunds.

use crate::plans::{UNBUILDABLE, put_unbuildable};
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{BAD_CARD, GOOD_CARD, key, sale};
use stack::{GATEWAY_KEY, eventually};

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "a_declined_card_can_be_followed_by_another",
            a_declined_card_can_be_followed_by_another,
        ),
        trial(world, "a_bank_s_payment_is_taken", a_bank_s_payment_is_taken),
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

async fn a_bank_s_payment_is_taken(world: &World) -> Result<()> {
    let (api, id) = (world.employee().await?, world.registered(&sale("bank@example.com")).await?);
    let body =
        json!({ "method": "bank_transfer", "payment_method": world.stack.bank_account().await? });
    // The local gateway settles a debit at once where the real one takes days: both answers are
    // right.
    let answer = api.post(&format!("/sales/{id}/signal-payment"), &key(), &body).await?;
    ensure!(
        matches!((answer.status, answer.text("/outcome")), (200, "captured") | (202, "processing")),
        "{answer:?}"
    );
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
    let intent = intent_of(world, &id).await?;
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

async fn gateway(world: &World, path: &str) -> Result<Value> {
    let client = proxy::client()?;
    let call = client.get(format!("{}{path}", world.stack.gateway_url)).bearer_auth(GATEWAY_KEY);
    Ok(call.send().await?.error_for_status()?.json().await?)
}

pub(crate) async fn intent_of(world: &World, sale: &str) -> Result<String> {
    let mut after = String::new();
    loop {
        let page = gateway(world, &format!("/v1/payment_intents?limit=100{after}")).await?;
        let intents = page["data"].as_array().context("no list of payments")?;
        let id = |intent: &Value| intent["id"].as_str().unwrap_or_default().to_owned();
        if let Some(ours) = intents.iter().find(|intent| intent["metadata"]["sale_id"] == sale) {
            return Ok(id(ours));
        }
        let last = intents
            .last()
            .filter(|_| page["has_more"] == true)
            .context("the gateway knows no payment of the sale")?;
        after = format!("&starting_after={}", id(last));
    }
}
