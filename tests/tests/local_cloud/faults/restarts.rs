//! Processes that are killed while sales are under way, and started again.
//!
//! What each keeps decides what can be asked of it. The gateway writes its books at each change,
//! and is killed without warning. The partners keep nothing: they are down for a while, before they
//! have an order. The local cloud writes its state only when it is told to end, and not all of it:
//! a workflow that ran has failed, and the stream's records and the inbox are gone. On AWS a
//! workflow goes on; here it is begun again from its top, which is right because the table decides.

use super::audit::{Books, books_agree};
use super::road::{Road, Walk};
use crate::contracts::aws;
use adapters::DynamoSales;
use anyhow::{Context, Result, ensure};
use domain::SaleId;
use domain::ports::SaleStore;
use domain::sale::{FactKind, PaymentKind, Status};
use serde_json::json;
use stack::demo::{GOOD_CARD, key};
use stack::{Settings, Stack, eventually};
use std::time::Duration;
use tools::narrator::Narrator;

pub(super) async fn processes_are_killed_and_started_again() -> Result<()> {
    let settings = Settings { keep_state: true, queue_visibility: 30, ..Settings::default() };
    let mut stack = Stack::start(&settings, &Narrator::default()).await?;
    let store = DynamoSales::new(&aws(&stack)?, stack.output("TableName")?.to_owned());
    cloud(&mut stack, &store, &settings).await?;
    gateway_and_partners(&mut stack, &store, &settings).await
}

/// A sale at its first wait, and one whose payment is under way when the cloud ends. Nothing that
/// was committed is lost, and both end as they should.
async fn cloud(stack: &mut Stack, store: &DynamoSales, settings: &Settings) -> Result<()> {
    let (waits, pays) = ("waits@example.com", "pays@example.com");
    let waiting = walk(stack, store, waits).register().await?;
    let paying = walk(stack, store, pays).register().await?;
    let token = walk(stack, store, pays).waiting(paying, "signal_payment", None).await?;
    walk(stack, store, pays).pay(paying, "signal-payment").await?;
    let token = walk(stack, store, pays).waiting(paying, "vehicle", Some(token)).await?;
    walk(stack, store, pays).build(paying).await?;
    walk(stack, store, pays).waiting(paying, "final_payment", Some(token)).await?;
    walk(stack, store, waits).waiting(waiting, "signal_payment", None).await?;
    let mut before = Vec::new();
    for id in [waiting, paying] {
        before.push(store.sale(id).await?.context("the sale is gone")?);
    }

    let api = stack.api("MAD-01", &["sales"]).await?;
    let body = json!({ "method": "card", "payment_method": GOOD_CARD });
    let (path, key) = (format!("/sales/{paying}/final-payment"), key());
    let under_way = {
        let (api, path, key, body) = (api.clone(), path.clone(), key.clone(), body.clone());
        tokio::spawn(async move { api.post(&path, &key, &body).await })
    };
    stack.cloud_process.stop();
    let answered = under_way.await?.is_ok_and(|answer| answer.status == 200);
    stack.start_cloud_again(settings).await?;

    let machine = stack.output("StateMachineArn")?;
    for known in before {
        let id = known.id;
        let found = store.sale(id).await?.context("a sale is gone")?;
        ensure!(found.facts.starts_with(&known.facts), "{found:?} was {known:?}");
        let paid = found.facts.iter().any(|fact| fact.0 == FactKind::PaymentReceived);
        ensure!(paid || id != paying || !answered, "the answer was 200: {found:?}");
        let ended = stack.cloud.execution(machine, &id.to_string()).await?.0;
        ensure!(
            ended == "FAILED",
            "the local cloud goes on with a workflow ({ended}): it need not be begun again any more"
        );
        let again = json!({ "stateMachineArn": machine, "name": again(id), "input": json!({ "sale_id": id, "way": { "rounds": 0, "to": "AwaitSignalPayment" } }).to_string() });
        stack.cloud.json("states", "AWSStepFunctions.StartExecution", again).await?;
    }
    walk(stack, store, pays).insist(&api, &path, &body, 200, &key).await?;
    walk(stack, store, waits).pay(waiting, "signal-payment").await?;
    walk(stack, store, waits).until(waiting, FactKind::OrderPlaced).await?;
    walk(stack, store, waits).build(waiting).await?;
    walk(stack, store, waits).pay(waiting, "final-payment").await?;
    for id in [waiting, paying] {
        has_ended_well(stack, store, id, &again(id)).await?;
    }
    Ok(())
}

/// A payment without a gateway has no outcome until it is asked for again; an order without a
/// factory is placed later.
async fn gateway_and_partners(
    stack: &mut Stack,
    store: &DynamoSales,
    settings: &Settings,
) -> Result<()> {
    // The issuer is one of the partners: the token that it gives after its death is signed with
    // another key.
    let api = stack.api("MAD-01", &["sales"]).await?;
    let email = "unlucky@example.com";
    let id = walk(stack, store, email).register().await?;
    let body = json!({ "method": "card", "payment_method": GOOD_CARD });
    let (path, key) = (format!("/sales/{id}/signal-payment"), key());
    stack.gateway_process.kill();
    stack.partners_process.kill();
    let unknown = api.post(&path, &key, &body).await?.expect(503)?;
    ensure!(unknown.text("/type").ends_with("/payment-outcome-unknown"), "{unknown:?}");
    stack.start_gateway_again(settings).await?;
    walk(stack, store, email).insist(&api, &path, &body, 200, &key).await?;
    eventually(Duration::from_mins(1), "the order is tried", async || {
        let calls = stack.partners_proxy.calls();
        Ok(calls
            .iter()
            .any(|call| {
                call.about.as_deref() == Some(email) && call.operation == "POST /factory/orders"
            })
            .then_some(()))
    })
    .await?;
    let paid = store.sale(id).await?.context("the sale is gone")?;
    ensure!(
        paid.status() == Status::ReservationPaid && paid.attempts(PaymentKind::Signal).len() == 1,
        "{paid:?}"
    );
    stack.start_partners_again().await?;
    walk(stack, store, email).until(id, FactKind::OrderPlaced).await?;
    walk(stack, store, email).build(id).await?;
    let path = format!("/sales/{id}/final-payment");
    walk(stack, store, email).insist(&api, &path, &body, 200, &stack::demo::key()).await?;
    has_ended_well(stack, store, id, &id.to_string()).await
}

/// The sale and its workflow end well, and everybody's books agree.
pub(crate) async fn has_ended_well(
    stack: &Stack,
    store: &DynamoSales,
    id: SaleId,
    workflow: &str,
) -> Result<()> {
    eventually(Duration::from_mins(1), "the workflow has ended well", async || {
        let status = stack.cloud.execution(stack.output("StateMachineArn")?, workflow).await?.0;
        Ok((status == "SUCCEEDED").then_some(()))
    })
    .await?;
    let sale = store.sale(id).await?.context("the sale is gone")?;
    let wrong = books_agree(&Books::read(stack).await?, &sale, Status::ReadyForDelivery)?;
    ensure!(wrong.is_empty(), "{id}: {wrong:?}");
    Ok(())
}

fn walk<'a>(stack: &'a Stack, store: &'a DynamoSales, email: &'a str) -> Walk<'a> {
    Walk { stack, store, road: Road::Paid, email }
}

/// The name of a workflow that is begun again.
fn again(id: SaleId) -> String {
    format!("{id}-again")
}
