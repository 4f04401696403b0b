//! Lists: pages, filters, expansion.

use super::desk::{Desk, text};
use serde_json::Value;

fn amounts(list: &Value) -> Vec<i64> {
    list["data"].as_array().unwrap().iter().map(|one| one["amount"].as_i64().unwrap()).collect()
}

#[test]
fn pages_go_from_the_newest_to_the_oldest_and_back() {
    let mut desk = Desk::default();
    for amount in 101..=105 {
        desk.post("/v1/payment_intents", &format!("amount={amount}&currency=eur"));
    }
    let first = desk.get("/v1/payment_intents?limit=2");
    assert_eq!((amounts(&first), &first["has_more"]), (vec![105, 104], &true.into()));
    let last = text(&first, "/data/1/id").to_owned();
    let second = desk.get(&format!("/v1/payment_intents?limit=3&starting_after={last}"));
    assert_eq!((amounts(&second), &second["has_more"]), (vec![103, 102, 101], &false.into()));
    let before = text(&second, "/data/1/id").to_owned();
    let back = desk.get(&format!("/v1/payment_intents?limit=2&ending_before={before}"));
    assert_eq!((amounts(&back), &back["has_more"]), (vec![104, 103], &true.into()));
    assert_eq!(text(&first, "/url"), "/v1/payment_intents");
}

#[test]
fn a_page_is_refused_with_a_strange_limit_or_a_strange_object() {
    let mut desk = Desk::default();
    for (query, code) in [
        ("limit=0", "parameter_invalid_integer"),
        ("limit=101", "parameter_invalid_integer"),
        ("starting_after=pi_0", "resource_missing"),
        ("status=succeeded", "parameter_unknown"),
    ] {
        let (status, error) = desk.call("GET", "/v1/payment_intents", query);
        assert_eq!((status, text(&error, "/error/code")), (400, code));
    }
}

#[test]
fn objects_stand_in_the_place_of_their_ids_if_asked_for() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_visa");
    desk.post("/v1/refunds", &format!("payment_intent={}", text(&intent, "/id")));
    let refunds = desk.get("/v1/refunds?expand[]=data.charge.payment_intent&expand[]=data.charge");
    assert_eq!(text(&refunds, "/data/0/charge/payment_intent/status"), "succeeded");
    let (status, _) = desk.call("GET", "/v1/refunds", "expand[]=data.colour");
    assert_eq!(status, 400);
}

#[test]
fn events_are_found_by_their_kind() {
    let mut desk = Desk::default();
    desk.pay("pm_card_visa");
    let events = desk.get("/v1/events?type=charge.*");
    assert_eq!(events["data"].as_array().unwrap().len(), 1);
    assert_eq!(text(&events, "/data/0/data/object/object"), "charge");
}
