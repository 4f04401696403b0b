use super::*;
use crate::representation::SaleView;
use domain::SaleId;
use serde_json::Value;
use testkit::faults::{Fault, Plan as Faults};
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

struct Post<'a> {
    kind: PaymentKind,
    dealership: &'a str,
    roles: &'a str,
    key: Option<&'a str>,
    token: &'a str,
}

const POST: Post<'_> = Post {
    kind: PaymentKind::Signal,
    dealership: "MAD-01",
    roles: "[sales]",
    key: Some("k"),
    token: "pm_card",
};

async fn post(world: &World, number: u8, post: Post<'_>) -> Result<Reply, Problem> {
    let mut headers = json!({ "content-type": "application/json" });
    if let Some(key) = post.key {
        headers["idempotency-key"] = json!(key);
    }
    let body = json!({ "method": "card", "payment_method": post.token });
    let event = post_as(post.dealership, post.roles, &headers, &body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    let attempt =
        AttemptId::parse(&format!("01936d3c-7d2b-7b4c-8d8e-0000000000{number:02}")).unwrap();
    let ports = Ports::new(world, "pay");
    handle(&ports, &ports, post.kind, attempt, request).await
}

fn kind(outcome: Result<Reply, Problem>) -> ProblemType {
    outcome.unwrap_err().kind()
}

fn charges(world: &World) -> usize {
    world.with(|state| state.payments.len())
}

#[tokio::test]
async fn the_same_request_charges_once_and_is_answered_the_same() {
    let world = registered(Faults::Calm).await;
    let first = post(&world, 1, POST).await.unwrap();
    assert_eq!(
        (first.status, &first.value()["outcome"], &first.value()["amount"]),
        (200, &json!("captured"), &json!(100_000))
    );
    assert_eq!(post(&world, 2, POST).await.unwrap(), first);
    assert_eq!(
        kind(post(&world, 3, Post { token: "pm_other", ..POST }).await),
        ProblemType::IdempotencyKeyReused
    );
    assert_eq!(
        kind(post(&world, 4, Post { key: Some("k2"), ..POST }).await),
        ProblemType::AlreadyPaid
    );
    assert_eq!(charges(&world), 1);
}

#[tokio::test]
async fn a_declined_card_says_why_and_another_may_be_tried() {
    let world = registered(Faults::Calm).await;
    let declined = post(&world, 1, Post { token: "pm_declined", ..POST }).await.unwrap_err();
    assert_eq!(declined.body("r")["decline"], "insufficient_funds");
    assert_eq!(post(&world, 2, Post { token: "pm_declined", ..POST }).await.unwrap_err(), declined);
    assert_eq!(post(&world, 3, Post { key: Some("k2"), ..POST }).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_bank_transfer_is_accepted_and_holds_off_another() {
    let world = registered(Faults::Calm).await;
    assert_eq!(post(&world, 1, Post { token: "pm_bank", ..POST }).await.unwrap().status, 202);
    assert_eq!(
        kind(post(&world, 2, Post { key: Some("k2"), ..POST }).await),
        ProblemType::PaymentInProgress
    );
}

#[tokio::test]
async fn what_may_not_be_is_not_charged() {
    let world = registered(Faults::Calm).await;
    let balance = PaymentKind::Balance;
    assert_eq!(
        kind(post(&world, 1, Post { key: None, ..POST }).await),
        ProblemType::IdempotencyKeyMissing
    );
    assert_eq!(
        kind(post(&world, 1, Post { dealership: "BCN-01", ..POST }).await),
        ProblemType::SaleNotFound
    );
    assert_eq!(
        kind(post(&world, 1, Post { roles: "[auditor]", ..POST }).await),
        ProblemType::Forbidden
    );
    assert_eq!(
        kind(post(&world, 1, Post { token: "", ..POST }).await),
        ProblemType::InvalidRequest
    );
    assert_eq!(
        kind(post(&world, 1, Post { kind: balance, ..POST }).await),
        ProblemType::PaymentNotDue
    );
    assert_eq!(charges(&world), 0);
}

#[tokio::test]
async fn a_lost_answer_is_unknown_until_the_request_is_repeated() {
    // The calls: one to register; then read, store the intent, charge.
    let world = registered(Faults::Scripted(vec![(3, Fault::LostAnswer)])).await;
    assert_eq!(kind(post(&world, 1, POST).await), ProblemType::PaymentOutcomeUnknown);
    assert_eq!(post(&world, 2, POST).await.unwrap().status, 200);
    assert_eq!(charges(&world), 1);
}

#[tokio::test]
async fn a_sale_is_shown_without_tokens_and_digests() {
    let world = registered(Faults::Calm).await;
    post(&world, 1, POST).await.unwrap();
    let row = world.with(|state| state.sales[&SaleId::parse(SALE).unwrap()].clone());
    let shown: Value = json!(SaleView::new(&row.sale, &row.details));
    assert_eq!(
        (&shown["status"], &shown["payments"]["signal"]["state"]),
        (&json!("ReservationPaid"), &json!("captured"))
    );
    assert_eq!(
        shown["events"][1],
        json!({ "type": "ReservationPaid", "status": "ReservationPaid", "at": "2026-03-02T09:00:00Z" })
    );
    let text = shown.to_string();
    for secret in ["pm_card", "pi_", "fingerprint", "key"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
