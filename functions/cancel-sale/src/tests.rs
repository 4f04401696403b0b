use super::*;
use edge::ProblemType;
use serde_json::Value;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

async fn post(world: &World, dealership: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let event = post_as(dealership, role, &json!({ "content-type": "application/json" }), body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    let ports = Ports::new(world, "cancel-sale");
    handle(&ports, &ports, request).await
}

#[tokio::test]
async fn a_manager_cancels_once_and_a_repeat_is_answered_the_same() {
    let (world, body) =
        (registered(Faults::Calm).await, json!({ "reason": "the customer changed her mind" }));
    let first = post(&world, "MAD-01", "dealership-manager", &body).await.unwrap();
    assert_eq!(first.value(), json!({ "sale_id": SALE, "status": "Cancelled" }));
    let commits = world.with(|state| state.stream.len());
    assert_eq!(post(&world, "MAD-01", "dealership-manager", &body).await.unwrap(), first);
    assert_eq!(world.with(|state| state.stream.len()), commits, "a repeat writes nothing");
}

#[tokio::test]
async fn nobody_else_cancels_and_nobody_without_a_reason() {
    let (world, body) =
        (registered(Faults::Calm).await, json!({ "reason": "the customer changed her mind" }));
    for role in ["sales", "auditor"] {
        assert_eq!(
            post(&world, "MAD-01", role, &body).await.unwrap_err().kind(),
            ProblemType::Forbidden
        );
    }
    assert_eq!(
        post(&world, "LIS-02", "dealership-manager", &body).await.unwrap_err().kind(),
        ProblemType::SaleNotFound
    );
    for bad in [json!({}), json!({ "reason": " " }), json!({ "reason": "r".repeat(201) })] {
        let problem = post(&world, "MAD-01", "dealership-manager", &bad).await.unwrap_err();
        assert_eq!(problem.errors()[0].pointer, "/reason");
    }
}
