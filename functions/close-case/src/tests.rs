use super::*;
use domain::ids::{GatewayPaymentId, PaymentMethodToken, ShortDigest};
use domain::sale::{Acceptance, Command, Means, PaymentKind, PaymentOutcome, decide, evolve};
use domain::{AttemptId, SaleId};
use edge::ProblemType;
use serde_json::Value;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

/// A world with one sale, whose señal the bank took back.
async fn world() -> World {
    let world = registered(Faults::Calm).await;
    let (id, ports) = (SaleId::parse(SALE).unwrap(), Ports::new(&world, "make-final-payment"));
    let attempt = AttemptId::parse(SALE).unwrap();
    let start = Command::StartPayment {
        kind: PaymentKind::Signal,
        attempt,
        key: ShortDigest::of(&[b"key"]),
        fingerprint: ShortDigest::of(&[b"content"]),
        at_desk: false,
        means: Means::SepaDebit(PaymentMethodToken::parse("pm_bank").unwrap(), Acceptance::Offline),
    };
    let outcome = PaymentOutcome::Captured(GatewayPaymentId::parse("pi_1").unwrap());
    let captured = Command::RecordPayment { attempt, outcome, answers_request: true };
    let mut sale = ports.sale(id).await.unwrap().unwrap();
    for command in [start, captured, Command::RecordReturn { attempt }] {
        sale = evolve(&sale, &decide(&sale, command, now()).unwrap(), now());
        ports.commit(&sale, None).await.unwrap();
    }
    world
}

fn body(kind: &str) -> Value {
    json!({ "kind": kind, "reason": "the customer paid at the desk" })
}

async fn post(world: &World, dealership: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let event = post_as(dealership, role, &json!({ "content-type": "application/json" }), body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "close-case"), request).await
}

#[tokio::test]
async fn a_manager_closes_once_and_a_repeat_is_answered_the_same() {
    let world = world().await;
    let first =
        post(&world, "MAD-01", "dealership-manager", &body("payment_reversed")).await.unwrap();
    assert_eq!(
        first.value(),
        json!({ "sale_id": SALE, "status": "ReservationPaid", "kind": "payment_reversed" })
    );
    let commits = world.with(|state| state.stream.len());
    assert_eq!(
        post(&world, "MAD-01", "dealership-manager", &body("payment_reversed")).await.unwrap(),
        first
    );
    assert_eq!(world.with(|state| state.stream.len()), commits, "a repeat writes nothing");
    let sale =
        Ports::new(&world, "get-sale").sale(SaleId::parse(SALE).unwrap()).await.unwrap().unwrap();
    let closure = sale.cases[0].closure.clone().unwrap();
    assert_eq!(
        (closure.by.to_string(), closure.reason.as_str()),
        ("e-1".to_owned(), "the customer paid at the desk")
    );
}

#[tokio::test]
async fn nobody_else_closes_and_nothing_else_is_closed() {
    let world = world().await;
    for role in ["sales", "auditor"] {
        let refused = post(&world, "MAD-01", role, &body("payment_reversed")).await.unwrap_err();
        assert_eq!(refused.kind(), ProblemType::Forbidden);
    }
    let others =
        post(&world, "LIS-02", "dealership-manager", &body("payment_reversed")).await.unwrap_err();
    assert_eq!(others.kind(), ProblemType::SaleNotFound);
    let absent =
        post(&world, "MAD-01", "dealership-manager", &body("payment_unsettled")).await.unwrap_err();
    assert_eq!(absent.kind(), ProblemType::CaseNotFound);
    let problem = post(&world, "MAD-01", "dealership-manager", &json!({ "kind": "a hunch" }))
        .await
        .unwrap_err();
    let pointers: Vec<&str> = problem.errors().iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(pointers, ["/kind", "/reason"]);
    let mut other = body("payment_reversed");
    other["vehicle_id"] = json!("VSSZZZ5FZJR099999");
    let problem = post(&world, "MAD-01", "dealership-manager", &other).await.unwrap_err();
    assert_eq!(problem.errors()[0].pointer, "/vehicle_id");
    other["vehicle_id"] = json!("no number");
    let problem = post(&world, "MAD-01", "dealership-manager", &other).await.unwrap_err();
    assert_eq!(problem.errors()[0].pointer, "/vehicle_id");
}
