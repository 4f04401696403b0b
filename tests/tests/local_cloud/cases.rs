//! What the gateway leaves open, and who is told.

use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use proxy::{Fault, Rule, Tries};
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, key, sale};
use stack::{STACK, eventually};
use std::time::Duration;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![trial(
        world,
        "a_payment_that_never_arrived_is_open_until_the_schedule_runs",
        a_payment_that_never_arrived_is_settled,
    )]
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

/// Waits until the dealership's list has the sale, or has it no more.
pub(crate) async fn listed(world: &World, id: &str, wanted: bool) -> Result<()> {
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    eventually(PATIENCE, "the list of cases is right", async || {
        let cases = manager.get("/cases").await?.expect(200)?.body;
        let cases = cases.get("cases").and_then(Value::as_array).cloned().unwrap_or_default();
        Ok((cases.iter().any(|case| case.get("sale_id") == Some(&json!(id))) == wanted)
            .then_some(()))
    })
    .await
}
