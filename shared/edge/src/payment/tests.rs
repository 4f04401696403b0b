use super::*;
use crate::representation::SaleView;
use domain::SaleId;
use serde_json::{Value, json};
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
    let body = match post.token {
        "checkout" | "bank_transfer" => json!({ "method": post.token }),
        "pm_bank" => json!({ "method": "sepa_debit", "payment_method": post.token }),
        token => json!({ "method": "card", "payment_method": token }),
    };
    let event = post_as(post.dealership, post.roles, &headers, &body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    let attempt =
        AttemptId::parse(&format!("01936d3c-7d2b-7b4c-8d8e-0000000000{number:02}")).unwrap();
    let ports = Ports::new(world, "pay");
    handle(&ports, &ports, post.kind, attempt, DEBIT_LIMIT, request).await
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

/// The señal can be debited, no more.
const DEBIT_LIMIT: u64 = 100_000;

#[tokio::test]
async fn a_customer_who_has_to_act_is_told_what_to_do_and_a_repeat_says_the_same() {
    let world = registered(Faults::Calm).await;
    for (number, token, action) in
        [(1, "pm_challenge", "confirm"), (3, "checkout", "pay"), (5, "bank_transfer", "transfer")]
    {
        let asked = Post { token, key: Some(token), ..POST };
        let answer = post(&world, number, asked).await.unwrap();
        let body = answer.value();
        assert_eq!((answer.status, &body["outcome"]), (202, &json!("awaits_customer")));
        assert_eq!(body["next_action"]["type"], action, "each takes the place of the one before");
        let asked = Post { token, key: Some(token), ..POST };
        assert_eq!(post(&world, number + 1, asked).await.unwrap(), answer);
    }
    let open = world.with(|state| {
        let open = |p: &&testkit::memory::GatewayPayment| {
            matches!(p.outcome, domain::sale::PaymentOutcome::AwaitsCustomer(..))
        };
        state.payments.values().filter(open).count()
    });
    assert_eq!(open, 1, "the others were ended at the gateway");
}

#[tokio::test]
async fn a_debit_of_more_than_its_limit_is_a_no_at_once() {
    let world = registered(Faults::Calm).await;
    let declined = post(&world, 1, Post { token: "pm_bank", ..POST }).await;
    assert_eq!(declined.unwrap().status, 202, "the señal is not");
    let ports = Ports::new(&world, "pay");
    let headers = json!({ "content-type": "application/json", "idempotency-key": "k2" });
    let body = json!({ "method": "sepa_debit", "payment_method": "pm_bank" });
    let event = post_as("MAD-01", "[sales]", &headers, &body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    let attempt = AttemptId::parse(SALE).unwrap();
    let refused = handle(&ports, &ports, PaymentKind::Signal, attempt, 99_999, request).await;
    assert_eq!(refused.unwrap_err().body("r")["decline"], "amount_too_large");
}

#[tokio::test]
async fn who_sends_money_needs_no_token() {
    let world = registered(Faults::Calm).await;
    let ports = Ports::new(&world, "pay");
    let headers = json!({ "content-type": "application/json", "idempotency-key": "k" });
    let body = json!({ "method": "bank_transfer", "payment_method": "pm_bank" });
    let event = post_as("MAD-01", "[sales]", &headers, &body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    let attempt = AttemptId::parse(SALE).unwrap();
    let refused = handle(&ports, &ports, PaymentKind::Signal, attempt, DEBIT_LIMIT, request).await;
    assert_eq!(refused.unwrap_err().errors()[0].pointer, "/payment_method");
}

#[tokio::test]
async fn a_debit_is_accepted_and_holds_off_another() {
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
