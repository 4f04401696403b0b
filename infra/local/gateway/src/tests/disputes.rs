//! Disputes: by test cards, in parts, from an inquiry, won and lost.

use super::desk::{Desk, text};
use crate::disputes::{self, Claim};
use crate::objects::DisputeStatus;
use serde_json::Value;

fn net(desk: &mut Desk) -> i64 {
    desk.get("/v1/balance")["available"][0]["amount"].as_i64().unwrap()
}

fn open(desk: &mut Desk, intent: &Value, claim: Claim) -> String {
    disputes::open(&mut desk.books, text(intent, "/latest_charge"), claim).unwrap()
}

#[test]
fn a_card_can_be_disputed_by_itself() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_createDispute");
    let found = desk.get(&format!("/v1/disputes?payment_intent={}", text(&intent, "/id")));
    assert_eq!(text(&found, "/data/0/status"), "needs_response");
    assert_eq!(text(&found, "/data/0/reason"), "fraudulent");
    assert_eq!(net(&mut desk), 100_000 - 1525 - 100_000 - 2000);
    let form = format!("payment_intent={}", text(&intent, "/id"));
    let (status, error) = desk.refused("/v1/refunds", &form);
    assert_eq!((status, text(&error, "/code")), (400, "charge_disputed"));
    let closed = desk.post(&format!("/v1/disputes/{}/close", text(&found, "/data/0/id")), "");
    assert_eq!(text(&closed, "/status"), "lost");
}

#[test]
fn an_inquiry_holds_no_money_until_it_becomes_a_dispute() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_createDisputeInquiry");
    let found = desk.get(&format!("/v1/disputes?payment_intent={}", text(&intent, "/id")));
    let id = text(&found, "/data/0/id");
    assert_eq!(text(&found, "/data/0/status"), "warning_needs_response");
    assert_eq!(net(&mut desk), 98_475);
    disputes::update(&mut desk.books, id, DisputeStatus::NeedsResponse).unwrap();
    disputes::withdraw(&mut desk.books, id).unwrap();
    assert!(disputes::withdraw(&mut desk.books, id).is_err(), "once");
    assert_eq!(net(&mut desk), -1525 - 2000);
    disputes::close(&mut desk.books, id, DisputeStatus::Won).unwrap();
    assert_eq!(net(&mut desk), 98_475 - 2000, "all but the fee");
    let shown = desk.get(&format!("/v1/disputes/{id}"));
    assert_eq!(shown["balance_transactions"].as_array().unwrap().len(), 2);
    assert_eq!(
        desk.events()[3..],
        [
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed"
        ]
    );
}

#[test]
fn a_dispute_can_be_about_a_part() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_visa");
    let id = open(&mut desk, &intent, Claim { amount: Some(20_000), ..Claim::dispute() });
    assert_eq!(desk.get(&format!("/v1/disputes/{id}"))["amount"], 20_000);
    assert_eq!(net(&mut desk), 98_475 - 22_000);
    let charge = text(&intent, "/latest_charge");
    let too_much = Claim { amount: Some(100_001), ..Claim::dispute() };
    assert!(disputes::open(&mut desk.books, charge, too_much).is_err());
}

#[test]
fn evidence_decides_as_stripe_s_words_for_tests_say() {
    let mut desk = Desk::default();
    for (word, status) in
        [("winning_evidence", "won"), ("losing_evidence", "lost"), ("a letter", "under_review")]
    {
        let intent = desk.pay("pm_card_createDispute");
        let found = desk.get(&format!("/v1/disputes?payment_intent={}", text(&intent, "/id")));
        let path = format!("/v1/disputes/{}", text(&found, "/data/0/id"));
        let answered = desk.post(&path, &format!("evidence[uncategorized_text]={word}"));
        assert_eq!(text(&answered, "/status"), status);
    }
}

#[test]
fn refunding_all_of_it_ends_an_inquiry() {
    let mut desk = Desk::default();
    let intent = desk.pay("pm_card_visa");
    let id = open(&mut desk, &intent, Claim::inquiry());
    desk.post("/v1/refunds", &format!("payment_intent={}", text(&intent, "/id")));
    assert_eq!(text(&desk.get(&format!("/v1/disputes/{id}")), "/status"), "warning_closed");
}
