//! Partners and calls that fail.

mod audit;
mod restarts;
mod road;
mod singles;

pub(crate) use audit::{Ended, audit};
pub(crate) use restarts::has_ended_well;
pub(crate) use road::{Road, Walk};

use crate::{Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use proxy::{Fault, Rule};
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, sale};
use std::env;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    let mut trials = vec![
        trial(
            world,
            "an_order_whose_answer_is_lost_is_placed_once",
            an_order_whose_answer_is_lost_is_placed_once,
        ),
        trial(
            world,
            "a_commit_whose_answer_is_lost_counts_once",
            a_commit_whose_answer_is_lost_counts_once,
        ),
        trial(world, "processes_are_killed_and_started_again", async |_: &World| {
            restarts::processes_are_killed_and_started_again().await
        }),
    ];
    // It walks hundreds of sales: on request only.
    if env::var_os("FAULTS").is_some() {
        let singles = async |_: &World| singles::every_single_fault().await;
        trials.push(trial(world, "every_single_fault_of_the_lifecycle", singles));
    }
    trials
}

/// Invariant 3.
async fn an_order_whose_answer_is_lost_is_placed_once(world: &World) -> Result<()> {
    let id = world.registered(&sale("lost@example.com")).await?;
    for behaviour in ["lose_answer", "error"] {
        let behaviour =
            json!({ "partner": "factory", "behaviour": behaviour, "times": 1, "reference": id });
        world.stack.partners.behave(&behaviour).await?;
    }
    world.pay(&id, "signal-payment", GOOD_CARD).await?;
    world.sale_with(&id, "OrderPlaced").await?;
    let ledger = world.stack.partners.ledger().await?;
    let orders = ledger.get("orders").and_then(Value::as_array).cloned().unwrap_or_default();
    let ours = orders.iter().filter(|order| order.get("reference") == Some(&json!(id))).count();
    ensure!(ours == 1, "{ledger}");
    Ok(())
}

/// The write happened, its answer was lost, the client sends it again: the same sale, one version
/// further.
async fn a_commit_whose_answer_is_lost_counts_once(world: &World) -> Result<()> {
    let id = world.registered(&sale("commit@example.com")).await?;
    let proxy = &world.stack.cloud_proxy;
    proxy.inject(Rule::next("pay-signal", "DynamoDB.UpdateItem", Fault::LoseAnswer));
    proxy.inject(Rule::next("pay-signal", "DynamoDB.UpdateItem", Fault::LoseAnswer).after(1));
    let paid = world.pay(&id, "signal-payment", GOOD_CARD).await;
    let unmet = proxy.calm();
    paid?;
    ensure!(unmet.is_empty(), "{unmet:?}");
    let sale = world.sale_with(&id, "OrderPlaced").await?;
    let attempts =
        sale.pointer("/payments/signal/attempts").and_then(Value::as_array).map(Vec::len);
    ensure!(attempts == Some(1), "{sale}");
    Ok(())
}
