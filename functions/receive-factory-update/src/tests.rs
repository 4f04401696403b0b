use super::*;
use jiff::Timestamp;
use serde_json::Value;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::SALE;

const KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn request(body: &str, tampered: bool) -> Request {
    let at = edge::clock::now().as_second();
    let signature =
        standardwebhooks::Webhook::new(KEY).unwrap().sign("msg_1", at, body.as_bytes()).unwrap();
    let sent = if tampered { format!("{body} ") } else { body.to_owned() };
    let headers = json!({
        "content-type": "application/json", "webhook-id": "msg_1", "webhook-timestamp": at.to_string(), "webhook-signature": signature,
    });
    let event = testkit::requests::post(&headers, &sent);
    Request::new(serde_json::from_value(event).unwrap(), Timestamp::UNIX_EPOCH).unwrap()
}

async fn post(body: &Value, tampered: bool) -> Result<Reply, Problem> {
    let world = World::new(1, Timestamp::UNIX_EPOCH, Faults::Calm, false);
    let store = Ports::new(&world, "receive-factory-update");
    handle(
        &store,
        &Keys::new([KEY]),
        Settings { final_payment_window: jiff::SignedDuration::from_hours(336), tell_beyond: 7 },
        request(&body.to_string(), tampered),
    )
    .await
}

fn update() -> Value {
    json!({
        "type": "order.status_changed", "timestamp": "2026-03-02T09:00:00Z",
        "data": { "order_id": "F-1", "reference": SALE, "status": "InProduction", "occurred_at": "2026-03-02T09:00:00Z" }
    })
}

#[tokio::test]
async fn a_body_that_was_not_signed_is_not_read() {
    assert_eq!(post(&update(), true).await.unwrap_err().kind(), ProblemType::SignatureInvalid);
}

#[tokio::test]
async fn unknown_orders_are_sent_again() {
    assert_eq!(post(&update(), false).await.unwrap_err().kind(), ProblemType::OrderNotFound);
}

#[tokio::test]
async fn other_messages_are_none_of_ours() {
    let other = json!({ "type": "order.invoiced", "data": 1 });
    assert_eq!(post(&other, false).await.unwrap().value(), json!({ "status": "ignored" }));
}

#[tokio::test]
async fn every_fault_of_an_update_is_listed() {
    let mut bad = update();
    bad["data"] = json!({ "order_id": "", "reference": "x", "status": "InProduction", "vehicle_id": "short" });
    let problem = post(&bad, false).await.unwrap_err();
    let pointers: Vec<&str> = problem.errors().iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(pointers, ["/data/order_id", "/data/reference", "/data/vehicle_id"]);
}

#[test]
fn the_factory_s_statuses_are_our_milestones() {
    for known in Milestone::ALL {
        let news = News::of(&format!("{known:?}"));
        assert!(matches!(news, News::Milestone(milestone) if milestone == known));
    }
    assert!(matches!(News::of("OrderPlaced"), News::Unknown));
}

/// R-135 of `docs/requirements.md`.
#[tokio::test]
async fn a_status_that_we_don_t_know_is_not_sent_again() {
    let mut unknown = update();
    unknown["data"]["status"] = json!("PaintSelected");
    assert_eq!(post(&unknown, false).await.unwrap().value(), json!({ "status": "ignored" }));
}

#[tokio::test]
async fn orders_are_numbered_as_the_factory_likes_and_estimates_are_read_as_they_come() {
    for (order, estimate) in
        [("WH/MO/00123", "2026-10-15T08:00:00+02:00"), ("SO:4711-1", "mid October")]
    {
        let mut told = update();
        told["data"]["order_id"] = json!(order);
        told["data"]["estimated_delivery"] = json!(estimate);
        // All of it was read: there is no such order.
        assert_eq!(post(&told, false).await.unwrap_err().kind(), ProblemType::OrderNotFound);
    }
    assert_eq!(Order::estimate("2026-10-15T08:00:00Z"), Some(jiff::civil::date(2026, 10, 15)));
    assert_eq!(Order::estimate("mid October"), None);
}

/// VIN-04: sent again in vain, the vehicle would stand in the yard and nobody be asked to pay.
#[test]
fn the_factory_may_write_a_vehicle_s_id_in_small_letters() {
    let mut body = update();
    body["data"]["vehicle_id"] = json!("wvwzzze1znp004217");
    let read = edge::Json::parse(body.to_string().as_bytes())
        .and_then(|json| json.read(UnknownFields::Ignored, message));
    let Ok(Message::Update(update)) = read else { panic!("no update") };
    assert_eq!(update.vehicle.unwrap().as_str(), "WVWZZZE1ZNP004217");
}
