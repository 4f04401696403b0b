use super::*;
use domain::SaleId;
use domain::sale::CaseKind;
use serde_json::json;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, registered};

async fn take(world: &World, event: serde_json::Value) -> &'static str {
    handle(&Ports::new(world, "receive-mail-event"), serde_json::from_value(event).unwrap(), now())
        .await
        .unwrap()
}

fn cases(world: &World) -> Vec<CaseKind> {
    let id = SaleId::parse(SALE).unwrap();
    world.with(|state| state.sales[&id].sale.open_cases().map(|case| case.kind).collect())
}

fn address(world: &World) -> String {
    let id = SaleId::parse(SALE).unwrap();
    world.with(|state| state.sales[&id].details.customer.email.as_str().to_uppercase())
}

#[tokio::test]
async fn a_mail_that_came_back_is_one_case() {
    let world = registered(Faults::Calm).await;
    let recipients = json!([{ "emailAddress": address(&world), "status": "5.1.1" }]);
    let bounce = |kind: &str| json!({ "eventType": "Bounce", "bounce": { "bounceType": kind, "bouncedRecipients": recipients } });
    assert_eq!(take(&world, bounce("Transient")).await, "nobody minds");
    assert_eq!(cases(&world), []);
    for _ in 0..2 {
        assert_eq!(take(&world, bounce("Permanent")).await, "a dealership has to see to it");
        assert_eq!(cases(&world), [CaseKind::MailUndeliverable]);
    }
}

#[tokio::test]
async fn a_complaint_is_a_case_and_a_stranger_s_is_none() {
    let world = registered(Faults::Calm).await;
    let complaint = |address: &str| json!({ "notificationType": "Complaint", "complaint": { "complainedRecipients": [{ "emailAddress": address }] } });
    assert_eq!(take(&world, complaint("stranger@example.com")).await, "nobody minds");
    assert_eq!(
        take(&world, json!({ "eventType": "Delivery", "delivery": {} })).await,
        "nobody minds"
    );
    assert_eq!(cases(&world), []);
    assert_eq!(take(&world, complaint(&address(&world))).await, "a dealership has to see to it");
    assert_eq!(cases(&world), [CaseKind::MailUndeliverable]);
}
