use super::*;
use domain::SaleId;
use domain::sale::CaseKind;
use serde_json::json;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, registered};

async fn take(world: &World, event: serde_json::Value) -> &'static str {
    say(world, &event.to_string()).await.unwrap()
}

async fn say(world: &World, notification: &str) -> Result<&'static str, Failed> {
    handle(&Ports::new(world, "receive-mail-event"), notification, now()).await
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
    let recipients = json!([{ "emailAddress": address(&world), "status": "4.2.2" }]);
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

#[tokio::test]
async fn the_customer_is_found_whatever_the_last_server_calls_the_mailbox() {
    for recipient in ["Ana García <ana@example.com>", "a.garcia.office@corp.example", "ana"] {
        let world = registered(Faults::Calm).await;
        let destination = address(&world);
        let recipient = recipient.replace("ana@example.com", &destination);
        let bounce = json!({
            "eventType": "Bounce",
            "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": recipient }] },
            "mail": { "destination": [format!("\"García, Ana\" <{destination}>")] },
        });
        take(&world, bounce).await;
        assert_eq!(cases(&world), [CaseKind::MailUndeliverable], "{recipient}");
    }
    for named in [
        "Ana García <{}>",
        "\"García; Ana <la de Soria>\" <{}>",
        "{} (Ana, en casa)",
        "familia: Iker <iker@example.com>, Ana <{}>;",
        " <{}> ",
    ] {
        let world = registered(Faults::Calm).await;
        let recipients = json!([{ "emailAddress": named.replace("{}", &address(&world)) }]);
        let bounce = json!({ "bounceType": "Permanent", "bouncedRecipients": recipients });
        take(&world, json!({ "eventType": "Bounce", "bounce": bounce })).await;
        assert_eq!(cases(&world), [CaseKind::MailUndeliverable], "{named}");
    }
}

#[tokio::test]
async fn a_final_no_counts_whatever_it_is_called() {
    let outcome = async |cause: &str, recipient: serde_json::Value| {
        let world = registered(Faults::Calm).await;
        let mut recipient = recipient;
        recipient["emailAddress"] = json!(address(&world));
        let bounce = json!({
            "bounceType": "Transient", "bounceSubType": cause, "bouncedRecipients": [recipient],
        });
        take(&world, json!({ "eventType": "Bounce", "bounce": bounce })).await;
        cases(&world)
    };
    let refused = json!({ "diagnosticCode": "smtp; 550 5.4.1 Recipient address rejected" });
    assert_eq!(outcome("General", refused).await, [CaseKind::MailUndeliverable]);
    assert_eq!(
        outcome("General", json!({ "status": "5.1.1" })).await,
        [CaseKind::MailUndeliverable]
    );
    assert_eq!(outcome("MailboxFull", json!({ "status": "5.2.2" })).await, []);
    let later = json!({ "status": "4.4.7", "diagnosticCode": "smtp; 451 try later" });
    assert_eq!(outcome("General", later).await, []);
}

#[tokio::test]
async fn who_says_not_spam_doesn_t_complain() {
    let world = registered(Faults::Calm).await;
    let complaint = json!({
        "complaintFeedbackType": "not-spam",
        "complainedRecipients": [{ "emailAddress": address(&world) }],
    });
    let event = json!({ "eventType": "Complaint", "complaint": complaint });
    assert_eq!(take(&world, event).await, "nobody minds");
    assert_eq!(cases(&world), []);
}

#[tokio::test]
async fn the_topic_s_first_message_is_no_event() {
    let world = registered(Faults::Calm).await;
    let first = "Successfully validated SNS topic for Amazon SES event publishing.";
    assert_eq!(say(&world, first).await, Ok("the topic is in use"));
    assert!(say(&world, "no JSON").await.is_err());
}
