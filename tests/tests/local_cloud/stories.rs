//! The seed's two diagrams, from end to end, and what they cost.

use crate::{Shared, World, trial};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use xtask::demo::{Calls, Ending, Story, Teller, sale};
use xtask::narrator::Narrator;

pub(crate) fn trials(world: &Shared) -> Vec<Trial> {
    vec![
        trial(world, "a_sale_that_is_paid_is_delivered", a_sale_that_is_paid_is_delivered),
        trial(world, "a_sale_that_is_not_paid_in_time_is_sin_asignar", a_sale_that_is_not_paid_in_time_is_sin_asignar),
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

/// What a function called, without reading a secret: once a process, not once an operation.
fn times(calls: &Calls, function: &str, of: impl Fn(&str) -> bool) -> u32 {
    let operations = calls.get(function).into_iter().flatten();
    operations.filter(|(operation, _)| of(operation) && *operation != "SecretsManager.GetSecretValue").map(|(_, times)| times).sum()
}

async fn a_sale_that_is_paid_is_delivered(world: &World) -> Result<()> {
    // Whose plan is in memory from here on.
    world.registered(&sale("before@example.com")).await?;
    let story = tell(world, "paid@example.com", Ending::Paid).await?;
    let events = [&TO_THE_DEALERSHIP[..], &["PaymentReceived", "VehicleRegistered", "ReadyForDelivery"]].concat();
    ensure!(story.status == "ReadyForDelivery" && story.events == events, "{story:?}");
    // Credentials, the seed's seven triggers, payment received, registered, ready.
    ensure!(story.mails.len() == 11, "{:?}", story.mails);
    let mut subjects: Vec<&str> = story.mails.iter().map(|mail| mail.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    ensure!(subjects.len() == 11, "each mail is another: {subjects:?}");
    ensure!(story.workflow.status == "SUCCEEDED", "{:?}", story.workflow);
    ensure!(story.workflow.transitions.len() <= 6, "transitions: {:?}", story.workflow.transitions);

    let (gateway, aws) = (|operation: &str| operation.starts_with("gateway "), |operation: &str| !operation.contains(' '));
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
    let events = [&TO_THE_DEALERSHIP[..], &["DeadlineReminder", "PaymentFailed", "SinAsignar"]].concat();
    ensure!(story.status == "SinAsignar" && story.events == events, "{story:?}");
    ensure!(story.workflow.status == "SUCCEEDED", "{:?}", story.workflow);
    let refunds = times(&story.calls, "refund-payment", |_| true);
    ensure!(refunds == 0, "the señal is forfeit: {:?}", story.calls);
    Ok(())
}
