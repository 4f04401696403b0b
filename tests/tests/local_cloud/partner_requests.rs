//! What our functions send to the gateway, against the types of the gateway's official client.

use crate::{Shared, World, trial_of_all};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{key, sale};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tools::Tools;
use tools::root::root;

pub(crate) fn trials(worlds: &Shared) -> Vec<Trial> {
    vec![trial_of_all(
        worlds,
        "the_gateway_is_sent_what_its_official_client_knows",
        the_gateway_is_sent_what_its_official_client_knows,
    )]
}

/// Our stand-in refuses what it doesn't know; the client says what Stripe knows.
async fn the_gateway_is_sent_what_its_official_client_knows(worlds: &[&World]) -> Result<()> {
    let first = worlds.first().context("there is no stack")?;
    every_way_to_pay(first).await?;
    let first = requests(first).await?;
    ensure!(
        ["POST /v1/payment_intents", "POST /v1/checkout/sessions", "POST /v1/customers"]
            .iter()
            .all(|operation| first.get(operation).is_some()),
        "{first}"
    );
    for world in worlds {
        its_client_knows_what_was_sent(world).await?;
    }
    Ok(())
}

/// Each way to pay, also where this trial runs alone.
async fn every_way_to_pay(world: &World) -> Result<()> {
    let id = world.registered(&sale("every-way@example.com")).await?;
    let api = world.employee().await?;
    let account = world.stack.bank_account().await?;
    for (body, status) in [
        (json!({ "method": "checkout" }), 202),
        (json!({ "method": "bank_transfer" }), 202),
        (json!({ "method": "sepa_debit", "payment_method": account }), 202),
    ] {
        api.post(&format!("/sales/{id}/signal-payment"), &key(), &body).await?.expect(status)?;
    }
    world.ordered("by-card@example.com").await?;
    Ok(())
}

async fn its_client_knows_what_was_sent(world: &World) -> Result<()> {
    let requests = requests(world).await?;
    let mut client = Command::new(Tools::Gateway.bin().join("python3"))
        .arg(root().join("infra/local/gateway/typed_parameters.py"))
        .arg("/dev/stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut input = client.stdin.take().context("the client takes no input")?;
    input.write_all(requests.to_string().as_bytes()).await?;
    drop(input);
    let output = client.wait_with_output().await?;
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    ensure!(output.status.success(), "{}", said.concat());
    Ok(())
}

/// What the gateway was sent, by operation.
async fn requests(world: &World) -> Result<Value> {
    let control = format!("{}/_control/requests", world.stack.gateway_url);
    Ok(proxy::client()?.get(control).send().await?.json().await?)
}
