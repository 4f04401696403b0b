//! What the factory sends, in whatever order, and what strangers send.

use crate::{Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::json;
use stack::demo::events;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(
            world,
            "webhooks_in_disorder_end_in_the_same_state",
            webhooks_in_disorder_end_in_the_same_state,
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
