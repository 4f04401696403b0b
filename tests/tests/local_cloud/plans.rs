//! What is sold, and for how much.

use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::api::Api;
use stack::demo::{count, key, sale};
use stack::eventually;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "a_new_price_is_for_new_sales", a_new_price_is_for_new_sales),
        trial(
            world,
            "what_a_plan_does_not_offer_is_not_sold",
            what_a_plan_does_not_offer_is_not_sold,
        ),
    ]
}

/// A plan whose vehicle the factory refuses to build.
pub(crate) const UNBUILDABLE: &str = "UNBUILDABLE";

/// Offers that plan, as the product department.
pub(crate) async fn put_unbuildable(product: &Api) -> Result<()> {
    let tariff = json!({ "country": "ES", "currency": "EUR", "price": 2_000_000, "signal": 100_000, "options": [] });
    let plan = json!({ "base_platform": UNBUILDABLE, "tariffs": [tariff] });
    product.put(&format!("/plans/{UNBUILDABLE}"), &plan).await?.expect(200).map(drop)
}

fn plan(price: u64) -> Value {
    let option = json!({ "code": "GPS", "price": 50_000 });
    let tariff = json!({ "country": "ES", "currency": "EUR", "price": price, "signal": 100_000, "options": [option] });
    json!({ "base_platform": "CITY-E", "tariffs": [tariff] })
}

/// The price is seen within the time that a plan is kept in memory; a registration costs one call,
/// two when it has to read.
async fn a_new_price_is_for_new_sales(world: &World) -> Result<()> {
    let (product, employee) = (world.somebody("HQ", &["product"]).await?, world.employee().await?);
    product.put("/plans/PRICED", &plan(2_000_000)).await?.expect(200)?;
    let listed = employee.get("/plans").await?.expect(200)?;
    let codes: Vec<&str> = listed.body["plans"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|plan| plan.get("code")?.as_str())
        .collect();
    ensure!(
        codes.is_sorted() && codes.contains(&"PRICED") && codes.contains(&"TERRA"),
        "{codes:?}"
    );

    let body = |email: &str| {
        let mut body = sale(email);
        body["plan"] = json!({ "code": "PRICED", "options": ["GPS"] });
        body
    };
    let (first_key, first_body) = (key(), body("first-price@example.com"));
    let made = |operation: &str| {
        let calls = count(&world.stack.calls());
        let calls = calls.get("register-sale").into_iter().flatten();
        calls.filter(|(name, _)| name.ends_with(operation)).map(|(_, times)| *times).sum::<u32>()
    };
    let before = ["GetItem", "TransactWriteItems", ""].map(made);
    let first = employee.post("/sales", &first_key, &first_body).await?.expect(201)?;
    ensure!(first.body.pointer("/terms/price") == Some(&json!(2_050_000)), "{first:?}");
    employee.post("/sales", &key(), &body("second-price@example.com")).await?.expect(201)?;
    let after = ["GetItem", "TransactWriteItems", ""].map(made);
    ensure!(after == [before[0] + 1, before[1] + 2, before[2] + 3], "{before:?}, then {after:?}");

    product.put("/plans/PRICED", &plan(2_500_000)).await?.expect(200)?;
    eventually(PATIENCE, "the new price is used", async || {
        let answer =
            employee.post("/sales", &key(), &body("later-price@example.com")).await?.expect(201)?;
        Ok((answer.body.pointer("/terms/price") == Some(&json!(2_550_000))).then_some(()))
    })
    .await?;
    let again = employee.post("/sales", &first_key, &first_body).await?.expect(201)?;
    ensure!(again.body == first.body, "a repeat is answered the same: {again:?}");
    let path = first.headers.get("location").cloned().unwrap_or_default();
    ensure!(
        employee.get(&path).await?.body.pointer("/terms/price") == Some(&json!(2_050_000)),
        "a sale keeps its price"
    );
    Ok(())
}

async fn what_a_plan_does_not_offer_is_not_sold(world: &World) -> Result<()> {
    let employee = world.employee().await?;
    for (plan, pointer) in [
        (json!({ "code": "NONE", "options": [] }), "/plan/code"),
        (json!({ "code": "TERRA", "options": ["HEAT-PUMP", "WINGS"] }), "/plan/options/1"),
    ] {
        let mut body = sale("not-offered@example.com");
        body["plan"] = plan;
        let refused = employee.post("/sales", &key(), &body).await?.expect(422)?;
        ensure!(
            refused.text("/type").ends_with("/not-offered")
                && refused.text("/errors/0/pointer") == pointer,
            "{refused:?}"
        );
    }
    let mut priced = sale("not-offered@example.com");
    priced["payment"] = json!({ "currency": "EUR", "price": 1, "signal": 1 });
    employee.post("/sales", &key(), &priced).await?.expect(422)?;
    employee.put("/plans/TERRA", &plan(1_000_000)).await?.expect(403)?;
    Ok(())
}
