//! The table is lost while sales are under way: restored by the runbook's commands, they go on.

use super::Caas;
use crate::contracts::aws;
use crate::faults::{Road, Walk, has_ended_well};
use adapters::DynamoSales;
use anyhow::{Context, Result, ensure};
use domain::ports::SaleStore;
use domain::sale::{FactKind, PaymentKind};
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, key, sale, with_documents};
use stack::{Settings, Stack};
use testkit::runbook::Runbook;
use tools::narrator::{Narrator, now};

pub(super) async fn the_table_is_lost_and_restored() -> Result<()> {
    let settings = Settings { queue_visibility: 3, ..Settings::default() };
    let stack = Stack::start(&settings, &Narrator::default()).await?;
    let caas = Caas::of(&stack)?;
    let table = json!({ "TableName": stack.output("TableName")? });
    let store = DynamoSales::new(&aws(&stack)?, stack.output("TableName")?.to_owned());
    let walk = |email| Walk { stack: &stack, store: &store, road: Road::Paid, email };

    // One waits for its señal, one for its vehicle, one for its balance.
    let (unpaid, ordered, due) = ("unpaid@example.com", "ordered@example.com", "due@example.com");
    let mut sales = Vec::new();
    for email in [unpaid, ordered, due] {
        let id = walk(email).register().await?;
        let token = walk(email).waiting(id, "signal_payment", None).await?;
        if email != unpaid {
            walk(email).pay(id, "signal-payment").await?;
            let token = walk(email).waiting(id, "vehicle", Some(token)).await?;
            if email == due {
                walk(email).build(id).await?;
                walk(email).waiting(id, "final_payment", Some(token)).await?;
            }
        }
        sales.push(store.sale(id).await?.context("the sale is gone")?);
    }

    stack.cloud.json("dynamodb", "DynamoDB_20120810.DeleteTable", table.clone()).await?;
    println!("the table is deleted");
    let began = now();
    // Who asks meanwhile is told to come again, and nothing is charged.
    let employee = stack.api("MAD-01", &["sales", "dealership-manager"]).await?;
    let pay = format!("/sales/{}/final-payment", sales[2].id);
    let card = json!({ "method": "card", "payment_method": GOOD_CARD });
    employee.post(&pay, &key(), &card).await?.expect(503)?;
    employee
        .post("/sales", &key(), &with_documents(sale("meanwhile@example.com")))
        .await?
        .expect(503)?;

    let runbook = Runbook::default();
    for command in runbook.table_is_lost() {
        // Its moment only matters where the table is there.
        let command = command.replace("<moment>", "2026-01-01T00:00:00Z");
        // No workflow stopped: they waited.
        if command.contains("<sale>") {
            continue;
        }
        let said = caas.run(&command)?;
        if command.contains("--dry-run") {
            let described = stack
                .cloud
                .json("dynamodb", "DynamoDB_20120810.DescribeTable", table.clone())
                .await;
            ensure!(said.contains("would restore") && described.is_err(), "{said}");
        }
    }
    println!("restored after {} s", began.elapsed().as_secs());

    for known in &sales {
        let found = store.sale(known.id).await?.context("a sale is gone")?;
        ensure!(found == *known, "{found:?} was {known:?}");
    }
    walk(unpaid).pay(sales[0].id, "signal-payment").await?;
    walk(unpaid).until(sales[0].id, FactKind::OrderPlaced).await?;
    for (email, sale) in [unpaid, ordered].into_iter().zip(&sales) {
        walk(email).build(sale.id).await?;
    }
    for (email, sale) in [unpaid, ordered, due].into_iter().zip(&sales) {
        walk(email).pay(sale.id, "final-payment").await?;
        has_ended_well(&stack, &store, sale.id, &sale.id.to_string()).await?;
        let sale = store.sale(sale.id).await?.context("the sale is gone")?;
        ensure!(sale.attempts(PaymentKind::Balance).len() == 1, "{sale:?}");
    }
    // New ones come by the new stream.
    let after = walk("after@example.com").register().await?;
    walk("after@example.com").waiting(after, "signal_payment", None).await?;
    let said: Value = serde_json::from_str(&caas.run(&format!("caas story {after}"))?)?;
    ensure!(said["status"] == "SaleRegistered", "{said}");
    Ok(())
}
