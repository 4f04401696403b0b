//! What comes after the registration: a checklist, a day and a place, and the hand-over to the
//! delivery subsystem.

use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, ensure};
use jiff::civil::Date;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{GOOD_CARD, MILESTONES, key, prepared};
use stack::eventually;
use tools::root::root;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![trial(
        world,
        "a_prepared_sale_is_handed_over_to_delivery",
        a_prepared_sale_is_handed_over_to_delivery,
    )]
}

/// A queue of the delivery subsystem's own, which its rule on our event bus fills.
struct Listener<'a> {
    world: &'a World,
    queue: String,
}

impl<'a> Listener<'a> {
    async fn new(world: &'a World) -> Result<Self> {
        let cloud = &world.stack.cloud;
        let name = "delivery-subsystem";
        let made = cloud.json("sqs", "AmazonSQS.CreateQueue", json!({ "QueueName": name })).await?;
        let queue = made["QueueUrl"].as_str().context("no queue")?.to_owned();
        let asked = json!({ "QueueUrl": queue, "AttributeNames": ["QueueArn"] });
        let attributes = cloud.json("sqs", "AmazonSQS.GetQueueAttributes", asked).await?;
        let bus = world.stack.output("EventBusName")?;
        let pattern =
            json!({ "source": ["caas.sales"], "detail-type": ["SaleHandedOver"] }).to_string();
        let rule = json!({ "Name": name, "EventBusName": bus, "EventPattern": pattern });
        cloud.json("events", "AWSEvents.PutRule", rule).await?;
        let target = json!({ "Id": "queue", "Arn": attributes["Attributes"]["QueueArn"] });
        cloud
            .json(
                "events",
                "AWSEvents.PutTargets",
                json!({ "Rule": name, "EventBusName": bus, "Targets": [target] }),
            )
            .await?;
        Ok(Self { world, queue })
    }

    /// The event about this sale, once it is there.
    async fn heard_of(&self, sale: &str) -> Result<Value> {
        eventually(PATIENCE, "the delivery subsystem hears of the sale", async || {
            let ask = json!({ "QueueUrl": self.queue, "MaxNumberOfMessages": 10 });
            let answer =
                self.world.stack.cloud.json("sqs", "AmazonSQS.ReceiveMessage", ask).await?;
            let bodies = answer["Messages"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|message| message["Body"].as_str());
            let events = bodies.filter_map(|body| serde_json::from_str::<Value>(body).ok());
            Ok(events.into_iter().find(|event| event["detail"]["sale_id"] == sale))
        })
        .await
    }
}

async fn a_prepared_sale_is_handed_over_to_delivery(world: &World) -> Result<()> {
    let listener = Listener::new(world).await?;
    let (email, api) = ("delivered@example.com", world.employee().await?);
    let (id, order) = world.ordered(email).await?;
    let path = format!("/sales/{id}/delivery");
    let early = api.post(&path, &key(), &prepared()).await?.expect(409)?;
    ensure!(early.text("/type").ends_with("/delivery-not-due"), "{early:?}");
    world.stack.partners.advance(&order, MILESTONES[5]).await?;
    world.sale_with(&id, "AvailableForCustomer").await?;
    world.pay(&id, "final-payment", GOOD_CARD).await?;
    world.sale_with(&id, "ReadyForDelivery").await?;

    let all = prepared();
    let arranged = api
        .post(&path, &key(), &json!({ "appointment": all["appointment"] }))
        .await?
        .expect(200)?;
    ensure!(arranged.text("/status") == "ReadyForDelivery", "{arranged:?}");
    ensure!(arranged.body["preparation"]["open_checks"] == all["checks"], "{arranged:?}");
    let day: Date = all["appointment"]["date"].as_str().unwrap_or_default().parse()?;
    let told = eventually(PATIENCE, "the customer is told of the day", async || {
        let mails = world.stack.cloud.mails().await?;
        Ok(mails.into_iter().find(|mail| {
            mail.to == email && mail.subject == "La entrega de su vehículo tiene fecha"
        }))
    })
    .await?;
    let on_that_day = told.text.contains(&format!(": {} de ", day.day()))
        && told.text.contains(&format!(" de {}", day.year()));
    ensure!(on_that_day && told.text.contains("En su concesionario"), "{}", told.text);
    let past = json!({ "appointment": { "date": "2026-01-01", "place": "dealership" } });
    let refused = api.post(&path, &key(), &past).await?.expect(422)?;
    ensure!(refused.text("/errors/0/pointer") == "/appointment/date", "{refused:?}");
    world.somebody("LIS-02", &["sales"]).await?.post(&path, &key(), &all).await?.expect(404)?;

    let done = api.post(&path, &key(), &all).await?.expect(200)?;
    ensure!(
        done.text("/status") == "HandedOver"
            && done.body["preparation"]["open_checks"] == json!([]),
        "{done:?}"
    );
    ensure!(
        api.post(&path, &key(), &all).await?.expect(200)?.body == done.body,
        "a repeat is answered the same"
    );
    let mut moved = all.clone();
    moved["appointment"]["place"] = json!("customer_address");
    let late = api.post(&path, &key(), &moved).await?.expect(409)?;
    ensure!(late.text("/type").ends_with("/handed-over"), "{late:?}");

    let event = listener.heard_of(&id).await?;
    ensure!(event["source"] == "caas.sales" && event["detail-type"] == "SaleHandedOver", "{event}");
    let detail = &event["detail"];
    let schema = serde_json::from_str(&std::fs::read_to_string(
        root().join("infra/events/sale-handed-over.schema.json"),
    )?)?;
    let validator =
        jsonschema::draft202012::options().should_validate_formats(true).build(&schema)?;
    let faults: Vec<String> =
        validator.iter_errors(detail).map(|fault| fault.to_string()).collect();
    ensure!(faults.is_empty(), "{detail}: {}", faults.join("; "));
    let sale = api.get(&format!("/sales/{id}")).await?.expect(200)?;
    ensure!(
        detail["plate"] == sale.body["registration"]["plate"]
            && detail["vehicle_id"] == sale.body["vehicle_id"],
        "{detail}"
    );
    ensure!(
        detail["date"] == all["appointment"]["date"] && detail["place"] == "dealership",
        "{detail}"
    );
    let person = sale.text("/customer/full_name");
    ensure!(
        !detail.to_string().contains(person) && !detail.to_string().contains(email),
        "{detail}"
    );
    Ok(())
}
