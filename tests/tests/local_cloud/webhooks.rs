//! What the factory sends, in whatever order, and what strangers send.

use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::json;
use stack::demo::{GOOD_CARD, events, key};
use stack::eventually;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "webhooks_in_disorder_end_in_the_same_state",
            webhooks_in_disorder_end_in_the_same_state,
        ),
        trial(
            world,
            "the_factory_sends_another_vehicle_and_it_is_the_customer_s",
            the_factory_sends_another_vehicle_and_it_is_the_customer_s,
        ),
        trial(world, "what_nobody_signed_is_refused", what_nobody_signed_is_refused),
    ]
}

/// Invariant 4, through the real bootstraps: backwards and twice.
async fn webhooks_in_disorder_end_in_the_same_state(world: &World) -> Result<()> {
    let (id, order) = world.ordered("disorder@example.com").await?;
    let vin = "VSSZZZ5FZJR0DJS0R";
    for status in ["AvailableForCustomer", "AtDealership", "InTransit", "InProduction"] {
        let webhook = json!({ "status": status, "copies": 2, "vehicle_id": vin });
        world.stack.partners.send_webhook(&order, &webhook).await?;
    }
    let sale = world.sale_with(&id, "AvailableForCustomer").await?;
    let expected = [
        "SaleRegistered",
        "ReservationPaid",
        "OrderPlaced",
        "InProduction",
        "QualityCheck",
        "ReadyForShipment",
        "InTransit",
        "AtDealership",
        "AvailableForCustomer",
    ];
    ensure!(events(&sale).iter().take(9).eq(expected.iter()), "{sale}");
    ensure!(sale.get("vehicle_id") == Some(&json!(vin)), "{sale}");
    Ok(())
}

/// R-139 of `docs/requirements.md`: paid in full meanwhile, registered once a manager has looked.
async fn the_factory_sends_another_vehicle_and_it_is_the_customer_s(world: &World) -> Result<()> {
    let (id, order) = world.ordered("replaced@example.com").await?;
    let (gone, there) = ("VSSZZZ5FZJR0G0NE1", "VSSZZZ5FZJR0THER2");
    for vehicle in [gone, there] {
        let webhook = json!({ "status": "AvailableForCustomer", "vehicle_id": vehicle });
        world.stack.partners.send_webhook(&order, &webhook).await?;
    }
    let manager = world.somebody("MAD-01", &["dealership-manager"]).await?;
    let path = format!("/sales/{id}");
    let unclear = eventually(PATIENCE, "the vehicle is a case", async || {
        let sale = manager.get(&path).await?.expect(200)?.body;
        let case = sale.pointer("/cases/0/kind") == Some(&json!("vehicle_unclear"));
        Ok(case.then_some(sale))
    })
    .await?;
    ensure!(unclear.get("vehicle_id") == Some(&json!(gone)), "{unclear}");
    world.pay(&id, "final-payment", GOOD_CARD).await?;
    world.sale_with(&id, "PaymentReceived").await?;

    let closure = json!({
        "kind": "vehicle_unclear", "vehicle_id": there.to_lowercase(), "reason": "damaged on its way",
    });
    for _ in 0..2 {
        let closed = manager.post(&format!("{path}/case-closure"), &key(), &closure).await?;
        closed.expect(200)?;
    }
    let sale = world.sale_with(&id, "ReadyForDelivery").await?;
    ensure!(sale.get("vehicle_id") == Some(&json!(there)), "{sale}");
    for (vehicle, status) in [(gone, "Sustituido"), (there, "Matriculado")] {
        let record = manager.get(&format!("/vehicles/{vehicle}")).await?.expect(200)?;
        ensure!(record.text("/status") == status, "{record:?}");
    }
    Ok(())
}

async fn what_nobody_signed_is_refused(world: &World) -> Result<()> {
    let nobody = crate::Checked {
        api: stack::api::Api::new(world.stack.api_url.clone(), None)?,
        description: &world.description,
    };
    let json_type = [("content-type", "application/json")];
    for path in ["/webhooks/factory", "/webhooks/payments"] {
        nobody.send(Method::POST, path, &json_type, Some("{}".to_owned())).await?.expect(401)?;
        let forged = [
            ("content-type", "application/json"),
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", "1800000000"),
            ("webhook-signature", "v1,Zm9yZ2Vk"),
            ("stripe-signature", "t=1800000000,v1=00"),
        ];
        nobody.send(Method::POST, path, &forged, Some("{}".to_owned())).await?.expect(401)?;
    }
    Ok(())
}
