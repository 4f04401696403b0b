use super::*;
use domain::SaleId;
use domain::sale::{Command, decide, evolve};
use serde_json::{Value, json};
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

async fn post(world: &World, dealership: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let event = post_as(dealership, role, &json!({ "content-type": "application/json" }), body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "correct-customer"), request).await
}

fn address() -> Value {
    json!({ "street": "Gran Vía 2", "postal_code": "28014", "city": "Madrid", "country": "ES" })
}

#[tokio::test]
async fn what_was_mistyped_is_corrected_with_who_and_why() {
    let world = registered(Faults::Calm).await;
    let body = json!({ "reason": "mistyped", "full_name": "Ana Peña", "address": address(), "language": "en" });
    let reply = post(&world, "MAD-01", "sales", &body).await.unwrap();
    assert_eq!(
        (&reply.value()["customer"]["full_name"], &reply.value()["customer"]["address"]),
        (&json!("Ana Peña"), &address())
    );
    let corrections = &reply.value()["corrections"];
    assert_eq!(corrections[0]["fields"], json!(["full_name", "address", "language"]));
    assert_eq!(
        (&corrections[0]["by"], &corrections[0]["reason"]),
        (&json!("e-1"), &json!("mistyped"))
    );
    world.with(|state| {
        let recipient = &state.customers.values().next().unwrap().recipient;
        assert_eq!(
            (recipient.full_name.as_str(), recipient.language),
            ("Ana Peña", Language::En),
            "mails go by it from now on"
        );
    });
    let commits = world.with(|state| state.stream.len());
    assert_eq!(post(&world, "MAD-01", "sales", &body).await.unwrap(), reply);
    assert_eq!(world.with(|state| state.stream.len()), commits, "a repeat writes nothing");
}

#[tokio::test]
async fn nothing_is_corrected_once_the_factory_has_it_or_by_somebody_else() {
    let world = registered(Faults::Calm).await;
    let body = json!({ "reason": "mistyped", "phone": "+34600000001" });
    assert_eq!(
        post(&world, "MAD-01", "auditor", &body).await.unwrap_err().kind(),
        ProblemType::Forbidden
    );
    assert_eq!(
        post(&world, "LIS-02", "sales", &body).await.unwrap_err().kind(),
        ProblemType::SaleNotFound
    );
    for body in [
        json!({ "reason": "mistyped" }),
        json!({ "reason": "x", "email": "b@example.com" }),
        json!({ "phone": "1" }),
    ] {
        assert_eq!(
            post(&world, "MAD-01", "sales", &body).await.unwrap_err().kind(),
            ProblemType::InvalidRequest,
            "{body}"
        );
    }
    let ports = Ports::new(&world, "place-factory-order");
    let mut sale = ports.sale(SaleId::parse(SALE).unwrap()).await.unwrap().unwrap();
    sale.stage = domain::sale::Stage::ReservationPaid { order_requested_at: None };
    let sale = evolve(&sale, &decide(&sale, Command::RequestOrder, now()).unwrap(), now());
    ports.commit(&sale, None).await.unwrap();
    assert_eq!(
        post(&world, "MAD-01", "sales", &body).await.unwrap_err().kind(),
        ProblemType::OrderAlreadyPlaced
    );
}
