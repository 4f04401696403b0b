use super::*;
use domain::sale::Stage;
use edge::ProblemType;
use serde_json::Value;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

async fn post(world: &World, dealership: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let event = post_as(dealership, role, &json!({ "content-type": "application/json" }), body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "prepare-delivery"), request).await
}

/// A sale whose vehicle is registered.
async fn ready() -> World {
    let world = registered(Faults::Calm).await;
    world.with(|state| {
        let sale = &mut state.sales.values_mut().next().unwrap().sale;
        let registration = domain::sale::Registration {
            id: domain::RegistrationId::parse("R-1").unwrap(),
            plate: domain::Plate::parse("1234 BCD").unwrap(),
        };
        let vehicle = domain::Vin::parse("VSSZZZ5FZJR012345").unwrap();
        sale.stage = Stage::ReadyForDelivery { order: None, vehicle, registration };
    });
    world
}

/// Three days after [`now`].
const DAY: &str = "2026-03-05";

#[tokio::test]
async fn the_last_of_it_hands_the_sale_over() {
    let world = ready().await;
    let sales = async |body: Value| post(&world, "MAD-01", "sales", &body).await;
    let arranged = sales(
        json!({ "appointment": { "date": DAY, "time": "10:30", "place": "customer_address" } }),
    )
    .await
    .unwrap();
    let appointment =
        json!({ "date": DAY, "time": "10:30", "place": "customer_address", "by": "e-1" });
    assert_eq!(
        (&arranged.value()["status"], &arranged.value()["preparation"]["appointment"]),
        (&json!("ReadyForDelivery"), &appointment)
    );
    assert_eq!(
        arranged.value()["preparation"]["open_checks"].as_array().unwrap().len(),
        CheckKind::ALL.len()
    );
    let some = sales(json!({ "checks": ["cleaning", "plates_mounted"] })).await.unwrap();
    assert_eq!(
        some.value()["preparation"]["open_checks"],
        json!(["pre_delivery_inspection", "papers_and_keys"])
    );
    let all = json!({ "checks": CheckKind::ALL });
    let done = sales(all.clone()).await.unwrap();
    assert_eq!(
        (&done.value()["sale_id"], &done.value()["status"]),
        (&json!(SALE), &json!("HandedOver"))
    );
    assert_eq!(
        done.value()["preparation"]["checks"][0],
        json!({ "kind": "cleaning", "by": "e-1", "at": now() })
    );
    assert_eq!(sales(all).await.unwrap(), done, "a repeat changes nothing");
    let later = sales(json!({ "appointment": { "date": "2026-03-06", "place": "dealership" } }))
        .await
        .unwrap_err();
    assert_eq!(later.kind(), ProblemType::HandedOver);
}

#[tokio::test]
async fn what_can_t_be_done_is_refused() {
    let world = ready().await;
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "checks": [] }), ""),
        (json!({ "checks": ["waxing"] }), "/checks/0"),
        (json!({ "appointment": { "date": "soon", "place": "dealership" } }), "/appointment/date"),
        (
            json!({ "appointment": { "date": "2026-03-01", "place": "dealership" } }),
            "/appointment/date",
        ),
        (json!({ "appointment": { "date": DAY, "place": "the moon" } }), "/appointment/place"),
        (
            json!({ "appointment": { "date": DAY, "place": "dealership", "time": "noon" } }),
            "/appointment/time",
        ),
        (
            json!({ "appointment": { "date": DAY, "place": "dealership", "time": "9:30" } }),
            "/appointment/time",
        ),
    ] {
        let problem = post(&world, "MAD-01", "sales", &body).await.unwrap_err();
        assert_eq!(problem.errors()[0].pointer, pointer, "{body}");
    }
    let body = json!({ "checks": ["cleaning"] });
    assert_eq!(
        post(&world, "MAD-01", "auditor", &body).await.unwrap_err().kind(),
        ProblemType::Forbidden
    );
    assert_eq!(
        post(&world, "LIS-02", "sales", &body).await.unwrap_err().kind(),
        ProblemType::SaleNotFound
    );
    let early = registered(Faults::Calm).await;
    assert_eq!(
        post(&early, "MAD-01", "sales", &body).await.unwrap_err().kind(),
        ProblemType::DeliveryNotDue
    );
}

/// Half past one at night in Madrid: in UTC it is the day before (R-132 of `docs/requirements.md`).
#[tokio::test]
async fn yesterday_is_yesterday_by_the_dealership_s_calendar() {
    let world = ready().await;
    let now: jiff::Timestamp = "2026-07-14T23:30:00Z".parse().unwrap();
    let arrange = async |date: &str, time: &str| {
        let body = json!({ "appointment": { "date": date, "time": time, "place": "dealership" } });
        let event =
            post_as("MAD-01", "sales", &json!({ "content-type": "application/json" }), &body);
        let request = Request::new(serde_json::from_value(event).unwrap(), now).unwrap();
        handle(&Ports::new(&world, "prepare-delivery"), request).await
    };
    let yesterday = arrange("2026-07-14", "10:30").await.unwrap_err();
    assert_eq!(yesterday.errors()[0].pointer, "/appointment/date");
    let gone = arrange("2026-07-15", "01:00").await.unwrap_err();
    assert_eq!(gone.errors()[0].pointer, "/appointment/time");
    assert!(arrange("2026-07-15", "10:30").await.is_ok());
}
