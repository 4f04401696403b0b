//! The back office looks through the dealership's sales, and looks one up.

use crate::desk::this_month;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};
use stack::demo::{Ending, Teller, key, sale};
use stack::eventually;
use std::collections::BTreeMap;
use tools::narrator::Narrator;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "a_sale_moves_from_list_to_list", a_sale_moves_from_list_to_list),
        trial(
            world,
            "a_sale_is_found_by_whatever_is_in_hand",
            a_sale_is_found_by_whatever_is_in_hand,
        ),
        trial(
            world,
            "a_month_is_reported_on_and_its_ledger_balances",
            a_month_is_reported_on_and_its_ledger_balances,
        ),
    ]
}

fn ids(body: &Value) -> Vec<String> {
    let sales = body["sales"].as_array().into_iter().flatten();
    sales.map(|sale| sale["sale_id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Two calls a page, and never a scan.
async fn a_sale_moves_from_list_to_list(world: &World) -> Result<()> {
    let api = world.somebody("BIO-01", &["sales", "dealership-manager"]).await?;
    let register = async |email: &str| -> Result<String> {
        Ok(api.post("/sales", &key(), &sale(email)).await?.expect(201)?.text("/sale_id").to_owned())
    };
    let (first, second) =
        (register("list-1@example.com").await?, register("list-2@example.com").await?);
    let list = async |query: &str| {
        Ok::<_, anyhow::Error>(ids(&api.get(&format!("/sales{query}")).await?.expect(200)?.body))
    };
    let listed = async |query: &str, expected: &[&String]| {
        eventually(PATIENCE, &format!("{query} lists {expected:?}"), async || {
            Ok((list(query).await? == expected.iter().map(|id| (*id).clone()).collect::<Vec<_>>())
                .then_some(()))
        })
        .await
    };
    listed("", &[&second, &first]).await?;
    listed("?status=SaleRegistered", &[&first, &second]).await?;
    listed("?overdue=true", &[]).await?;
    listed("?from=2020-01-01&to=2020-12-31", &[]).await?;
    let reason = json!({ "reason": "as asked" });
    api.post(&format!("/sales/{first}/cancellation"), &key(), &reason).await?.expect(200)?;
    listed("?status=SaleRegistered", &[&second]).await?;
    listed("?status=Cancelled", &[&first]).await?;
    let elsewhere = world
        .somebody("LIS-02", &["sales"])
        .await?
        .get("/sales?status=Cancelled")
        .await?
        .expect(200)?;
    ensure!(!elsewhere.body.to_string().contains(&first), "another dealership's sale is listed");
    let line = api.get("/sales?status=Cancelled").await?.expect(200)?.body["sales"][0].clone();
    let employee = line["registered_by"].as_str().context("nobody registered it")?.to_owned();
    listed(&format!("?employee={employee}"), &[&second, &first]).await?;

    let made = || {
        let calls = world.stack.calls().into_iter();
        calls.filter(|call| call.function == "list-sales" && !call.again)
    };
    let before = made().count();
    list("?status=Cancelled").await?;
    let mut calls: BTreeMap<String, u32> = BTreeMap::new();
    for call in made().skip(before) {
        *calls.entry(call.operation).or_default() += 1;
    }
    let expected =
        BTreeMap::from([("DynamoDB.BatchGetItem".to_owned(), 1), ("DynamoDB.Query".to_owned(), 1)]);
    ensure!(calls == expected, "{calls:?}");

    let table = world.stack.api("BIO-01", &["sales"]).await?;
    let table =
        table.send(Method::GET, "/sales?status=Cancelled", &[("accept", "text/csv")], None).await?;
    ensure!(
        table.status == 200 && table.raw.lines().count() == 2 && table.raw.contains(&first),
        "{table:?}"
    );
    Ok(())
}

async fn a_sale_is_found_by_whatever_is_in_hand(world: &World) -> Result<()> {
    let story = Teller::new(&world.stack, &Narrator::default(), "found@example.com")
        .await?
        .tell(Ending::Paid)
        .await?;
    let api = world.employee().await?;
    let sale = api.get(&format!("/sales/{}", story.sale_id)).await?.expect(200)?;
    let plate = sale.text("/registration/plate").to_lowercase().replace(' ', "-");
    let elsewhere = world.somebody("LIS-02", &["sales"]).await?;
    for body in [
        json!({ "email": "Found@example.com" }),
        json!({ "order_id": sale.text("/order/order_id") }),
        json!({ "vehicle_id": sale.text("/vehicle_id") }),
        json!({ "plate": plate }),
    ] {
        let found = eventually(PATIENCE, &format!("{body} is found"), async || {
            let found = ids(&api.post("/sales/search", &key(), &body).await?.expect(200)?.body);
            Ok(Some(found).filter(|found| !found.is_empty()))
        })
        .await?;
        ensure!(found == [story.sale_id.clone()], "{body}: {found:?}");
        let theirs = elsewhere.post("/sales/search", &key(), &body).await?.expect(200)?;
        ensure!(theirs.body == json!({ "sales": [] }), "{body}: {theirs:?}");
    }
    api.post("/sales/search", &key(), &json!({})).await?.expect(422)?;
    Ok(())
}

/// A sale that is delivered, and whatever other tests had here before: lost, refunded, disputed.
async fn a_month_is_reported_on_and_its_ledger_balances(world: &World) -> Result<()> {
    Teller::new(&world.stack, &Narrator::default(), "reported@example.com")
        .await?
        .tell(Ending::Paid)
        .await?;
    let api = world.somebody("MAD-01", &["auditor"]).await?;
    let month = this_month()?;
    let report = api.get(&format!("/reports/{month}")).await?.expect(200)?.body;
    let statuses = report["by_status"].as_object().context("no statuses")?;
    ensure!(
        statuses.values().filter_map(Value::as_u64).sum::<u64>()
            == report["sold"].as_u64().unwrap_or_default(),
        "{report}"
    );
    ensure!(statuses.contains_key("HandedOver") && report["is_partial"] == false, "{report}");
    let accounts = report["ledger"]["EUR"].as_object().context("no ledger")?;
    ensure!(accounts.values().filter_map(Value::as_i64).sum::<i64>() == 0, "{report}");
    ensure!(report["ledger"]["EUR"]["sales"].as_i64() < Some(0), "{report}");
    world.employee().await?.get(&format!("/reports/{month}")).await?.expect(403)?;
    Ok(())
}
