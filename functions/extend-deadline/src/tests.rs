use super::*;
use edge::ProblemType;
use jiff::Timestamp;
use serde_json::Value;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

async fn post(world: &World, dealership: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let event = post_as(dealership, role, &json!({ "content-type": "application/json" }), body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "extend-deadline"), SignedDuration::from_hours(24), request).await
}

/// A sale whose balance is awaited until noon.
async fn available() -> World {
    let world = registered(Faults::Calm).await;
    let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    world.with(|state| {
        let sale = &mut state.sales.values_mut().next().unwrap().sale;
        let order = domain::sale::Order {
            id: domain::OrderId::parse("F-1").unwrap(),
            estimated_delivery: None,
        };
        let vehicle = domain::Vin::parse("VSSZZZ5FZJR012345").unwrap();
        sale.stage =
            domain::sale::Stage::FinalPaymentPending { order: Some(order), vehicle, pay_by: noon };
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
    assert_eq!(
        first.value(),
        json!({ "sale_id": SALE, "status": "FinalPaymentPending", "pay_by": "2026-03-03T10:00:00.123Z" })
    );
    assert_eq!(manager(at(later)).await.unwrap(), first);
    for bad in ["2026-03-03T09:00:00Z", "2026-03-03T12:00:01Z", "tomorrow"] {
        assert_eq!(manager(at(bad)).await.unwrap_err().errors()[0].pointer, "/pay_by", "{bad}");
    }
}

#[tokio::test]
async fn there_has_to_be_a_deadline_and_a_manager() {
    let body = json!({ "pay_by": "2026-03-03T10:00:00Z", "reason": "the bank is slow" });
    let refused = post(&registered(Faults::Calm).await, "MAD-01", "dealership-manager", &body)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ProblemType::NoDeadline);
    assert_eq!(
        post(&available().await, "MAD-01", "sales", &body).await.unwrap_err().kind(),
        ProblemType::Forbidden
    );
    assert_eq!(
        post(&available().await, "LIS-02", "dealership-manager", &body).await.unwrap_err().kind(),
        ProblemType::SaleNotFound
    );
}
