//! Idempotency keys: one answer each, for a day.

use super::desk::{Desk, text, with_card};
use crate::objects::{Event, Intent};
use serde_json::json;

const PATH: &str = "/v1/payment_intents";

#[test]
fn a_repeat_gets_the_first_answer_whatever_the_order_of_its_parameters() {
    let mut desk = Desk::default();
    let first = desk.call_with_key("POST", PATH, "amount=100&currency=eur", Some("k"));
    let again = desk.call_with_key("POST", PATH, "currency=eur&amount=100", Some("k"));
    assert_eq!(first, again);
    assert_eq!(desk.books.all::<Intent>().count(), 1);
    let event = desk.books.all::<Event>().next().unwrap();
    assert_eq!(event.request, json!({ "id": "req_1", "idempotency_key": "k" }));
}

#[test]
fn a_decline_is_kept_and_other_parameters_are_an_error() {
    let mut desk = Desk::default();
    let form = with_card("pm_card_chargeDeclined");
    let first = desk.call_with_key("POST", PATH, &form, Some("k"));
    assert_eq!(first.0, 402);
    assert_eq!(desk.call_with_key("POST", PATH, &form, Some("k")), first);
    let other = with_card("pm_card_visa");
    let (status, value) = desk.call_with_key("POST", PATH, &other, Some("k"));
    assert_eq!((status, text(&value, "/error/type")), (400, "idempotency_error"));
}

#[test]
fn a_refused_parameter_leaves_the_key_free_and_a_day_ends_it() {
    let mut desk = Desk::default();
    let (status, _) = desk.call_with_key("POST", PATH, "amount=x&currency=eur", Some("k"));
    assert_eq!(status, 400);
    let form = "amount=100&currency=eur";
    let first = desk.call_with_key("POST", PATH, form, Some("k"));
    assert_eq!(first.0, 200);
    desk.wait(24 * 3600 + 1);
    let later = desk.call_with_key("POST", PATH, form, Some("k"));
    assert_ne!(text(&first.1, "/id"), text(&later.1, "/id"));
}
