//! A sale that is paid and one that is not, from end to end, and what they cost.

use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use stack::demo::{Calls, Ending, GO_ON, GOOD_CARD, MILESTONES, Story, Teller, key, sale};
use stack::{Settings, Stack, eventually};
use tools::narrator::Narrator;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "a_sale_that_is_paid_is_delivered", a_sale_that_is_paid_is_delivered),
        trial(
            world,
            "a_sale_that_is_not_paid_in_time_is_sin_asignar",
            a_sale_that_is_not_paid_in_time_is_sin_asignar,
        ),
        trial(world, "a_burst_of_milestones_is_one_mail", a_burst_of_milestones_is_one_mail),
    ]
}

async fn tell(world: &World, email: &str, ending: Ending) -> Result<Story> {
    Teller::new(&world.stack, &Narrator::default(), email).await?.tell(ending).await
}

const TO_THE_DEALERSHIP: [&str; 9] = [
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

/// What happened beside the customer being asked to go on with a payment.
pub(crate) fn without_asking(story: &Story) -> Vec<&str> {
    story.events.iter().map(String::as_str).filter(|event| *event != "PaymentAsked").collect()
}

/// What a function called, without reading a secret: once a process, not once an operation.
fn times(calls: &Calls, function: &str, of: impl Fn(&str) -> bool) -> u32 {
    let operations = calls.get(function).into_iter().flatten();
    operations
        .filter(|(operation, _)| of(operation) && *operation != "SecretsManager.GetSecretValue")
        .map(|(_, times)| times)
        .sum()
}

async fn a_sale_that_is_paid_is_delivered(world: &World) -> Result<()> {
    // Whose plan is in memory from here on.
    world.registered(&sale("before@example.com")).await?;
    let story = tell(world, "paid@example.com", Ending::Paid).await?;
    let end = [
        "PaymentReceived",
        "VehicleRegistered",
        "ReadyForDelivery",
        "DeliveryArranged",
        "HandedOver",
    ];
    let events = [&TO_THE_DEALERSHIP[..], &end].concat();
    ensure!(story.status == "HandedOver" && without_asking(&story) == events, "{story:?}");
    // Credentials, the factory's seven steps, payment received, registered, ready, a day for it.
    // How to go on with a payment is not told once it is made.
    let subjects = story.mails.iter().map(|mail| mail.subject.as_str());
    let mut subjects: Vec<&str> = subjects.filter(|is| *is != GO_ON).collect();
    ensure!(subjects.len() == 12, "{:?}", story.mails);
    subjects.sort_unstable();
    subjects.dedup();
    ensure!(subjects.len() == 12, "each mail is another: {subjects:?}");
    ensure!(story.workflow.status == "SUCCEEDED", "{:?}", story.workflow);
    ensure!(story.workflow.transitions.len() <= 6, "transitions: {:?}", story.workflow.transitions);

    let (gateway, aws) = (
        |operation: &str| operation.starts_with("gateway "),
        |operation: &str| !operation.contains(' '),
    );
    ensure!(times(&story.calls, "register-sale", aws) == 1, "{:?}", story.calls);
    for payment in ["pay-signal", "make-final-payment"] {
        ensure!(times(&story.calls, payment, aws) <= 3, "{:?}", story.calls);
        ensure!(times(&story.calls, payment, gateway) == 1, "{:?}", story.calls);
    }
    // Six webhooks.
    ensure!(times(&story.calls, "receive-factory-update", aws) <= 12, "{:?}", story.calls);
    Ok(())
}

async fn a_sale_that_is_not_paid_in_time_is_sin_asignar(world: &World) -> Result<()> {
    let story = tell(world, "unpaid@example.com", Ending::Unpaid).await?;
    let events =
        [&TO_THE_DEALERSHIP[..], &["DeadlineReminder", "PaymentFailed", "SinAsignar"]].concat();
    ensure!(story.status == "SinAsignar" && without_asking(&story) == events, "{story:?}");
    ensure!(story.workflow.status == "SUCCEEDED", "{:?}", story.workflow);
    let refunds = times(&story.calls, "refund-payment", |_| true);
    ensure!(refunds == 0, "the señal is forfeit: {:?}", story.calls);
    Ok(())
}

/// On a stack where milestones wait for the next one: four within a moment are one mail, of the
/// last; a mail that the customer has to act on waits for nothing, and makes the one before it
/// needless.
async fn a_burst_of_milestones_is_one_mail(_: &World) -> Result<()> {
    let stack =
        Stack::start(&Settings { burst: 4, ..Settings::default() }, &Narrator::default()).await?;
    let (api, email) = (stack.api("MAD-01", &["sales"]).await?, "burst@example.com");
    let id =
        api.post("/sales", &key(), &sale(email)).await?.expect(201)?.text("/sale_id").to_owned();
    let payment = json!({ "method": "card", "payment_method": GOOD_CARD });
    api.post(&format!("/sales/{id}/signal-payment"), &key(), &payment).await?.expect(200)?;
    let order = eventually(PATIENCE, "the order is placed", async || {
        let sale = api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
        Ok(sale.pointer("/order/order_id").and_then(Value::as_str).map(str::to_owned))
    })
    .await?;
    let mails = async || -> Result<Vec<String>> {
        let mails = stack.cloud.mails().await?.into_iter().filter(|mail| mail.to == email);
        Ok(mails.map(|mail| mail.subject).collect())
    };
    for milestone in &MILESTONES[..4] {
        stack.partners.advance(&order, milestone).await?;
    }
    let on_its_way = "Su vehículo está en camino";
    eventually(PATIENCE, "the last milestone is told", async || {
        Ok(mails().await?.iter().any(|subject| subject == on_its_way).then_some(()))
    })
    .await?;
    stack.partners.advance(&order, MILESTONES[5]).await?;
    // The order's confirmation and six milestones: the sale of each is looked up.
    eventually(PATIENCE, "every message was taken", async || {
        let looked_up = |call: &&proxy::Call| {
            call.function == "send-notification" && call.operation == "DynamoDB.Query"
        };
        Ok((stack.calls().iter().filter(looked_up).count() >= 7).then_some(()))
    })
    .await?;
    let told = mails().await?;
    ensure!(told.len() == 4, "credentials, the order, on its way, the final payment: {told:?}");
    ensure!(told.last().is_some_and(|last| last.contains("pago final")), "{told:?}");
    Ok(())
}
