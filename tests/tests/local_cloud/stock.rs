//! Vehicles that are sin asignar, sold again.

use crate::stories::without_asking;
use crate::{Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};
use stack::demo::{Ending, MILESTONES, Teller, key, stock_sale, vehicle_in_stock};
use std::collections::BTreeMap;
use tokio::task::JoinSet;
use tools::narrator::Narrator;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "a_stock_vehicle_is_sold_again_and_delivered",
            a_stock_vehicle_is_sold_again_and_delivered,
        ),
        trial(world, "of_a_hundred_claims_one_is_a_sale", of_a_hundred_claims_one_is_a_sale),
        trial(
            world,
            "an_assigned_vehicle_is_not_sold_again",
            an_assigned_vehicle_is_not_sold_again,
        ),
    ]
}

/// A sale that lost its vehicle, and the vehicle.
pub(crate) async fn lost(world: &World, email: &str) -> Result<(String, String)> {
    let story =
        Teller::new(&world.stack, &Narrator::default(), email).await?.tell(Ending::Unpaid).await?;
    let vehicle = vehicle_in_stock(&world.stack, &story.sale_id).await?;
    Ok((story.sale_id, vehicle))
}

/// No factory order, no trace of the former customer; the vehicle knows both sales.
async fn a_stock_vehicle_is_sold_again_and_delivered(world: &World) -> Result<()> {
    let (first, vehicle) = lost(world, "former@example.com").await?;
    let orders = async || {
        Ok::<_, anyhow::Error>(
            world.stack.partners.ledger().await?["orders"].as_array().map(Vec::len),
        )
    };
    let before = orders().await?;
    let story = Teller::new(&world.stack, &Narrator::default(), "next@example.com")
        .await?
        .tell_of_stock(&vehicle)
        .await?;
    let events = [
        "SaleRegistered",
        "ReservationPaid",
        "AvailableForCustomer",
        "PaymentReceived",
        "VehicleRegistered",
        "ReadyForDelivery",
        "DeliveryArranged",
        "HandedOver",
    ];
    ensure!(story.status == "HandedOver" && without_asking(&story) == events, "{story:?}");
    ensure!(
        story.workflow.status == "SUCCEEDED" && story.workflow.transitions.len() <= 6,
        "{:?}",
        story.workflow
    );
    ensure!(before.is_some() && orders().await? == before, "the factory got an order");
    let api = world.employee().await?;
    let sale = api.get(&format!("/sales/{}", story.sale_id)).await?.expect(200)?;
    ensure!(sale.text("/vehicle_id") == vehicle && sale.body.get("order").is_none(), "{sale:?}");
    let told = sale.body.to_string();
    ensure!(!told.contains("former@example.com") && !told.contains(&first), "{told}");
    let record = api.get(&format!("/vehicles/{vehicle}")).await?.expect(200)?;
    ensure!(
        record.body["sales"] == json!([first, story.sale_id])
            && record.text("/status") == "Matriculado",
        "{record:?}"
    );
    Ok(())
}

async fn of_a_hundred_claims_one_is_a_sale(world: &World) -> Result<()> {
    let (_, vehicle) = lost(world, "wanted@example.com").await?;
    let api = world.stack.api("MAD-01", &["sales"]).await?;
    let mut claims = JoinSet::new();
    for number in 0..100 {
        let (api, body) =
            (api.clone(), stock_sale(&format!("claim-{number}@example.com"), &vehicle).to_string());
        // So many cold starts at once are more than this machine has time for: a desk that gets no
        // answer asks again under its key.
        claims.spawn(async move {
            let key = key();
            let headers = [("content-type", "application/json"), ("idempotency-key", &*key)];
            let ask = || api.send(Method::POST, "/sales", &headers, Some(body.clone()));
            let mut answer = ask().await;
            for _ in 0..5 {
                match &answer {
                    Ok(answered) if answered.status == 429 || answered.status >= 500 => {
                        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                        answer = ask().await;
                    }
                    _ => break,
                }
            }
            answer
        });
    }
    let mut answers: BTreeMap<(u16, String), u32> = BTreeMap::new();
    for answer in claims.join_all().await {
        let answer = answer?;
        let kind = answer.text("/type").rsplit('/').next().unwrap_or_default().to_owned();
        *answers.entry((answer.status, kind)).or_default() += 1;
    }
    let expected =
        BTreeMap::from([((201, String::new()), 1), ((409, "vehicle-held".to_owned()), 99)]);
    ensure!(answers == expected, "{answers:?}");
    Ok(())
}

/// A vehicle is somebody's, or stock of its dealership (R-38 of `docs/requirements.md`).
async fn an_assigned_vehicle_is_not_sold_again(world: &World) -> Result<()> {
    let (id, order) = world.ordered("holder@example.com").await?;
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    let api = world.employee().await?;
    let held = world.sale_with(&id, "AvailableForCustomer").await?;
    let vehicle = held["vehicle_id"].as_str().unwrap_or_default().to_owned();
    let refused = async |vehicle: &str, status: u16, kind: &str| -> Result<()> {
        let answer = api
            .post("/sales", &key(), &stock_sale("second@example.com", vehicle))
            .await?
            .expect(status)?;
        ensure!(answer.text("/type").ends_with(kind), "{answer:?}");
        Ok(())
    };
    refused(&vehicle, 409, "/vehicle-held").await?;
    refused("VSS99999999999999", 404, "/vehicle-not-found").await?;
    let elsewhere = world.somebody("LIS-02", &["sales"]).await?;
    let answer =
        elsewhere.post("/sales", &key(), &stock_sale("second@example.com", &vehicle)).await?;
    ensure!(answer.status == 404, "{answer:?}");
    elsewhere.get(&format!("/vehicles/{vehicle}")).await?.expect(404)?;
    let stock: Value = elsewhere.get("/stock").await?.expect(200)?.body;
    ensure!(stock["vehicles"] == json!([]), "{stock}");
    api.get("/stock?colour=red").await?.expect(422)?;
    Ok(())
}
