//! Refunds: partial, too much, pending, failing.

use super::desk::{Desk, text};
use crate::books::RefundFate;
use crate::refunds::{self, Outcome};
use serde_json::Value;

fn refund(desk: &mut Desk, intent: &Value, more: &str) -> Value {
    desk.post("/v1/refunds", &format!("payment_intent={}{more}", text(intent, "/id")))
}

fn left(desk: &mut Desk, intent: &Value) -> i64 {
    let charge = desk.get(&format!("/v1/charges/{}", text(intent, "/latest_charge")));
    charge["amount"].as_i64().unwrap() - charge["amount_refunded"].as_i64().unwrap()
}

#[test]
fn parts_add_up_and_more_than_is_left_is_refused() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_visa");
    let first = refund(&mut desk, &intent, "&amount=10000&reason=requested_by_customer");
    assert_eq!(text(&first, "/status"), "succeeded");
    assert_eq!(left(&mut desk, &intent), 90_000);
    let form = format!("payment_intent={}&amount=90001", text(&intent, "/id"));
    let (status, error) = desk.refused("/v1/refunds", &form);
    assert_eq!((status, text(&error, "/param")), (400, "amount"));
    assert!(error.get("code").is_none(), "Stripe has no code for it");
    assert_eq!(refund(&mut desk, &intent, "")["amount"], 90_000, "all that is left");
    let form = format!("payment_intent={}", text(&intent, "/id"));
    let (_, error) = desk.refused("/v1/refunds", &form);
    assert_eq!(text(&error, "/code"), "charge_already_refunded");
    let listed = desk.get(&format!("/v1/refunds?{form}"));
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    let balance = desk.get("/v1/balance");
    assert_eq!(balance["available"][0]["amount"], -1525, "the fee isn't given back");
}

#[test]
fn a_refund_can_be_pending_and_then_succeed() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_pendingRefund");
    let made = refund(&mut desk, &intent, "");
    assert_eq!(text(&made, "/status"), "pending");
    desk.wait(5);
    let made = desk.get(&format!("/v1/refunds/{}", text(&made, "/id")));
    assert_eq!(text(&made, "/status"), "succeeded");
    assert_eq!(
        desk.events()[3..],
        ["refund.created", "charge.refunded", "refund.updated", "charge.refund.updated"]
    );
}

#[test]
fn a_refund_that_fails_later_is_owed_again() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_refundFail");
    let made = refund(&mut desk, &intent, "");
    assert_eq!(text(&made, "/status"), "succeeded");
    assert_eq!(left(&mut desk, &intent), 0);
    desk.wait(5);
    let failed = desk.get(&format!("/v1/refunds/{}", text(&made, "/id")));
    assert_eq!(text(&failed, "/status"), "failed");
    assert_eq!(text(&failed, "/failure_reason"), "expired_or_canceled_card");
    assert!(failed["failure_balance_transaction"].is_string());
    assert_eq!(left(&mut desk, &intent), 100_000);
    assert!(desk.events().contains(&"refund.failed"));
    assert_eq!(desk.get("/v1/balance")["available"][0]["amount"], 98_475);
}

#[test]
fn the_next_refunds_do_as_they_are_told() {
    let mut desk = Desk::default();
    desk.books.refund_fates =
        [RefundFate::Pending, RefundFate::Failed, RefundFate::RequiresAction].into();
    let intent = desk.pay("pm_card_visa");
    let pending = refund(&mut desk, &intent, "&amount=100");
    desk.wait(10_000);
    let id = text(&pending, "/id");
    assert_eq!(text(&desk.get(&format!("/v1/refunds/{id}")), "/status"), "pending");
    refunds::settle(&mut desk.books, id, Outcome::Failed("lost_or_stolen_card".into())).unwrap();
    assert_eq!(left(&mut desk, &intent), 100_000);
    assert!(refunds::settle(&mut desk.books, id, Outcome::Succeeded).is_err());
    assert_eq!(text(&refund(&mut desk, &intent, "&amount=100"), "/status"), "failed");
    let waiting = refund(&mut desk, &intent, "&amount=100");
    assert_eq!(text(&waiting, "/status"), "requires_action");
    let canceled = desk.post(&format!("/v1/refunds/{}/cancel", text(&waiting, "/id")), "");
    assert_eq!(text(&canceled, "/status"), "canceled");
}

#[test]
fn what_was_not_paid_can_not_be_refunded() {
    let mut desk = Desk::default();
    let intent = desk.post("/v1/payment_intents", "amount=100&currency=eur");
    let form = format!("payment_intent={}", text(&intent, "/id"));
    let (status, error) = desk.refused("/v1/refunds", &form);
    assert_eq!((status, text(&error, "/param")), (400, "payment_intent"));
    let (_, error) = desk.refused("/v1/refunds", "payment_intent=pi_0");
    assert_eq!(text(&error, "/code"), "resource_missing");
    assert_eq!(text(&desk.refused("/v1/refunds", "").1, "/code"), "parameter_missing");
}
