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
        "version": "2.0", "routeKey": "POST /sales/{sale_id}/deadline-extension", "rawPath": "/", "rawQueryString": "",
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
    handle(&Ports::new(world, "extend-deadline"), SignedDuration::from_hours(24), request).await
}

/// A sale whose balance is awaited until noon.
async fn available() -> World {
    let world = world().await;
    let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    world.with(|state| {
        let sale = &mut state.sales.values_mut().next().unwrap().sale;
        let order = domain::sale::Order { id: domain::OrderId::parse("F-1").unwrap(), estimated_delivery: None };
        let vehicle = domain::Vin::parse("VSSZZZ5FZJR012345").unwrap();
        sale.stage = domain::sale::Stage::FinalPaymentPending { order, vehicle, pay_by: noon };
    });
    world
}

#[tokio::test]
async fn a_manager_gives_more_time_within_bounds() {
    let world = available().await;
    let at = |pay_by: &str| json!({ "pay_by": pay_by, "reason": "the bank is slow" });
    let manager = async |body: Value| post(&world, "MAD-01", "dealership-manager", &body).await;
    let later = "2026-03-03T10:00:00.123456Z";
    let first = manager(at(later)).await.unwrap();
    assert_eq!(first.body, json!({ "sale_id": SALE, "status": "FinalPaymentPending", "pay_by": "2026-03-03T10:00:00.123Z" }));
    assert_eq!(manager(at(later)).await.unwrap(), first);
    for bad in ["2026-03-03T09:00:00Z", "2026-03-03T12:00:01Z", "tomorrow"] {
        assert_eq!(manager(at(bad)).await.unwrap_err().errors()[0].pointer, "/pay_by", "{bad}");
    }
}

#[tokio::test]
async fn there_has_to_be_a_deadline_and_a_manager() {
    let body = json!({ "pay_by": "2026-03-03T10:00:00Z", "reason": "the bank is slow" });
    let refused = post(&world().await, "MAD-01", "dealership-manager", &body).await.unwrap_err();
    assert_eq!(refused.kind(), ProblemType::NoDeadline);
    assert_eq!(post(&available().await, "MAD-01", "sales", &body).await.unwrap_err().kind(), ProblemType::Forbidden);
    assert_eq!(
        post(&available().await, "LIS-02", "dealership-manager", &body).await.unwrap_err().kind(),
        ProblemType::SaleNotFound
    );
}
