use super::*;
use domain::ids::{PaymentMethodToken, ShortDigest};
use domain::ports::Charge;
use domain::sale::{AttemptState, Command, Means, PaymentKind, decide, evolve};
use domain::{AttemptId, SaleId};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde_json::Value;
use std::fmt::Write;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::SALE;

const ATTEMPT: &str = "01936d3c-7d2b-7b4c-8d8e-000000000001";

fn request(body: &str, key: &str) -> Request {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("1800000000.{body}").as_bytes());
    let hex = mac.finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    let headers = json!({ "content-type": "application/json; charset=utf-8", "stripe-signature": format!("t=1800000000,v1={hex}") });
    let event = testkit::requests::post(&headers, body);
    Request::new(
        serde_json::from_value(event).unwrap(),
        Timestamp::from_second(1_800_000_000).unwrap(),
    )
    .unwrap()
}

async fn post(body: &Value, key: &str) -> Result<Reply, Problem> {
    let world = World::new(1, Timestamp::UNIX_EPOCH, Faults::Calm, false);
    let ports = Ports::new(&world, "receive-payment-update");
    handle(&ports, &ports, &Keys::new(["whsec_new", "whsec_old"]), request(&body.to_string(), key))
        .await
}

fn succeeded() -> Value {
    json!({
        "id": "evt_1", "object": "event", "type": "payment_intent.succeeded",
        "data": { "object": {
            "id": "pi_1", "object": "payment_intent", "amount": 100_000, "amount_received": 100_000, "currency": "eur", "status": "succeeded",
            "metadata": { "sale_id": SALE, "attempt": ATTEMPT, "payment": "signal" }
        } }
    })
}

#[tokio::test]
async fn either_secret_is_good_and_no_other() {
    for key in ["whsec_new", "whsec_old"] {
        assert_eq!(post(&succeeded(), key).await.unwrap_err().kind(), ProblemType::PaymentNotFound);
    }
    assert_eq!(
        post(&succeeded(), "whsec_none").await.unwrap_err().kind(),
        ProblemType::SignatureInvalid
    );
}

#[tokio::test]
async fn events_about_others_payments_are_none_of_ours() {
    let mut stranger = succeeded();
    stranger["data"]["object"]["metadata"] = json!({});
    // The workshop's shop on the same account has sales of its own.
    let mut shop = succeeded();
    shop["data"]["object"]["metadata"] = json!({ "sale_id": "WS-2026-0417", "attempt": "1" });
    let refunded = json!({ "id": "evt_2", "type": "charge.refunded", "data": { "object": {} } });
    for event in [stranger, shop, refunded] {
        assert_eq!(
            post(&event, "whsec_new").await.unwrap().value(),
            json!({ "status": "ignored" })
        );
    }
}

#[tokio::test]
async fn every_fault_of_an_event_is_listed() {
    let mut bad = succeeded();
    bad["data"]["object"] = json!({ "id": "", "amount": "1", "currency": "euro", "metadata": { "sale_id": SALE, "attempt": ATTEMPT } });
    let problem = post(&bad, "whsec_new").await.unwrap_err();
    let pointers: Vec<&str> = problem.errors().iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(pointers, ["/data/object/id", "/data/object/currency", "/data/object/amount"]);
}

#[tokio::test]
async fn money_that_leaves_asks_whose_it_is() {
    let event = |kind: &str, payment: Value| {
        let object =
            json!({ "id": "x_1", "status": "warning_needs_response", "payment_intent": payment });
        json!({ "id": "evt_3", "type": kind, "data": { "object": object } })
    };
    for kind in [
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
        "charge.refunded",
        "charge.refund.updated",
        "refund.created",
        "refund.updated",
        "refund.failed",
    ] {
        // Of no payment, and of one that isn't ours.
        for payment in [Value::Null, json!("pi_1")] {
            let answer = post(&event(kind, payment), "whsec_new").await.unwrap();
            assert_eq!(answer.value(), json!({ "status": "ignored" }), "{kind}");
        }
        let problem = post(&event(kind, json!("pi 1")), "whsec_new").await.unwrap_err();
        assert_eq!(problem.errors()[0].pointer, "/data/object/payment_intent");
    }
}

/// Protects people from not being told: the gateway moved money of a sale that isn't here, as it is
/// with two stacks on one account.
#[tokio::test]
async fn money_that_left_a_sale_we_don_t_have_is_a_payment_we_don_t_have() {
    let world = World::new(1, Timestamp::UNIX_EPOCH, Faults::Calm, false);
    let ports = Ports::new(&world, "receive-payment-update");
    let charge = Charge {
        attempt: AttemptId::parse(ATTEMPT).unwrap(),
        sale: SaleId::parse(SALE).unwrap(),
        kind: PaymentKind::Signal,
        amount: domain::Money::new(100_000, domain::Currency::EUR).unwrap(),
        means: Means::Card(PaymentMethodToken::parse("pm_card").unwrap()),
        buyer: None,
        expires_at: None,
    };
    ports.charge(&charge).await.unwrap();
    let refunded = json!({
        "id": "evt_1", "object": "event", "type": "refund.created",
        "data": { "object": { "id": "re_1", "object": "refund", "payment_intent": "pi_0" } }
    });
    let keys = Keys::new(["whsec_new"]);
    let answer = handle(&ports, &ports, &keys, request(&refunded.to_string(), "whsec_new")).await;
    assert_eq!(answer.unwrap_err().kind(), ProblemType::PaymentNotFound);
}

/// Money that came twice for one attempt is nobody's to keep.
#[tokio::test]
async fn a_second_capture_of_one_attempt_goes_back_at_once() {
    let world = testkit::requests::registered(Faults::Calm).await;
    let ports = Ports::new(&world, "receive-payment-update");
    let (sale, attempt) = (SaleId::parse(SALE).unwrap(), AttemptId::parse(ATTEMPT).unwrap());
    let means = Means::Card(PaymentMethodToken::parse("pm_card").unwrap());
    let start = Command::StartPayment {
        kind: PaymentKind::Signal,
        attempt,
        key: ShortDigest::of(&[b"key"]),
        fingerprint: ShortDigest::of(&[b"content"]),
        at_desk: false,
        means: means.clone(),
    };
    let now = testkit::requests::now();
    let known = ports.sale(sale).await.unwrap().unwrap();
    let started = evolve(&known, &decide(&known, start, now).unwrap(), now);
    ports.commit(&started, None).await.unwrap();
    let amount = started.amount_due(PaymentKind::Signal);
    let charge = Charge {
        attempt,
        sale,
        kind: PaymentKind::Signal,
        amount,
        means,
        buyer: None,
        expires_at: None,
    };
    ports.charge(&charge).await.unwrap();
    // The gateway has forgotten the first call's key.
    world.with(|state| state.now += 25 * 60 * 60 * 1_000);
    ports.charge(&charge).await.unwrap();
    for (payment, refunds) in [("pi_0", 0), ("pi_1", 1), ("pi_1", 1), ("pi_0", 1)] {
        let payment = GatewayPaymentId::parse(payment).unwrap();
        let news = PaymentNews::Captured(payment, amount);
        take_payment_update(&ports, &ports, Update { sale, attempt, news }, now).await.unwrap();
        let made = world.with(|state| {
            state.payments.values().map(|payment| payment.back.refunds.len()).collect::<Vec<_>>()
        });
        assert_eq!(made.iter().sum::<usize>(), refunds);
    }
    // What the books say of the one given back is not the sale's.
    let [payment, twin] = ["pi_0", "pi_1"].map(|id| GatewayPaymentId::parse(id).unwrap());
    take_money_back(&ports, &ports, &twin, now).await.unwrap();
    let kept = ports.sale(sale).await.unwrap().unwrap();
    assert_eq!(kept.signal_attempts[0].state, AttemptState::Captured(payment));
}
