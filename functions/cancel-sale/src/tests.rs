use super::*;
use domain::use_cases::register_sale::register_sale;
use domain::{CustomerId, SaleId};
use edge::ProblemType;
use jiff::Timestamp;
use serde_json::Value;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::simulation::register_input;

const SALE: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// A world with one sale of MAD-01, whose señal is awaited.
async fn world() -> World {
    let world = World::new(1, now(), Faults::Calm, false);
    let input = register_input(SaleId::parse(SALE).unwrap(), CustomerId::parse(SALE).unwrap(), 1, false).unwrap();
    register_sale(&Ports::new(&world, "register-sale"), input, now()).await.unwrap();
    world
}

async fn post(world: &World, dealership: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let event = json!({
        "version": "2.0", "routeKey": "POST /sales/{sale_id}/cancellation", "rawPath": "/", "rawQueryString": "",
        "headers": { "content-type": "application/json" }, "body": body.to_string(), "isBase64Encoded": false,
        "pathParameters": { "sale_id": SALE },
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "d", "domainPrefix": "d", "requestId": "r", "routeKey": "k",
            "stage": "$default", "time": "02/Mar/2026:09:00:00 +0000", "timeEpoch": 0,
            "http": { "method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t" },
            "authorizer": { "jwt": { "claims": { "sub": "m-1", "dealership_id": dealership, "country": "ES", "roles": role }, "scopes": null } }
        }
    });
    let request = Request::new(serde_json::from_value(event).unwrap(), now());
    handle(&Ports::new(world, "cancel-sale"), request).await
}

#[tokio::test]
async fn a_manager_cancels_once_and_a_repeat_is_answered_the_same() {
    let (world, body) = (world().await, json!({ "reason": "the customer changed her mind" }));
    let first = post(&world, "MAD-01", "dealership-manager", &body).await.unwrap();
    assert_eq!(first.body, json!({ "sale_id": SALE, "status": "Cancelled" }));
    let commits = world.with(|state| state.stream.len());
    assert_eq!(post(&world, "MAD-01", "dealership-manager", &body).await.unwrap(), first);
    assert_eq!(world.with(|state| state.stream.len()), commits, "a repeat writes nothing");
}

#[tokio::test]
async fn nobody_else_cancels_and_nobody_without_a_reason() {
    let (world, body) = (world().await, json!({ "reason": "the customer changed her mind" }));
    for role in ["sales", "auditor"] {
        assert_eq!(post(&world, "MAD-01", role, &body).await.unwrap_err().kind(), ProblemType::Forbidden);
    }
    assert_eq!(post(&world, "LIS-02", "dealership-manager", &body).await.unwrap_err().kind(), ProblemType::SaleNotFound);
    for bad in [json!({}), json!({ "reason": " " }), json!({ "reason": "r".repeat(201) })] {
        let problem = post(&world, "MAD-01", "dealership-manager", &bad).await.unwrap_err();
        assert_eq!(problem.errors()[0].pointer, "/reason");
    }
}
