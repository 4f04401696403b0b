use super::*;
use domain::sale::{Command, decide, evolve};
use domain::{EmployeeId, Reason, SaleId};
use edge::ProblemType;
use serde_json::Value;
use testkit::contract::fresh_attempt_id;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

async fn post(world: &World, dealership: &str, role: &str) -> Result<Reply, Problem> {
    let request = Request::new(
        serde_json::from_value(post_as(dealership, role, &json!({}), &Value::Null)).unwrap(),
        now(),
    )
    .unwrap();
    handle(&Ports::new(world, "erase-customer"), fresh_attempt_id(), request).await
}

/// The sale is cancelled, for a reason that names the customer.
async fn cancel(world: &World) {
    let ports = Ports::new(world, "cancel-sale");
    let sale = ports.sale(SaleId::parse(SALE).unwrap()).await.unwrap().unwrap();
    let (by, reason) =
        (EmployeeId::parse("e-1").unwrap(), Reason::parse("A. Customer moves").unwrap());
    let events = decide(&sale, Command::Cancel { by, reason }, now()).unwrap();
    ports.commit(&evolve(&sale, &events, now()), None).await.unwrap();
}

#[tokio::test]
async fn a_customer_is_erased_once_everything_is_over() {
    let world = registered(Faults::Calm).await;
    let open = post(&world, "MAD-01", "dealership-manager").await.unwrap_err();
    assert_eq!(open.kind(), ProblemType::PurchaseOpen);
    cancel(&world).await;
    let done = post(&world, "MAD-01", "dealership-manager").await.unwrap();
    assert_eq!(done.value(), json!({ "sale_id": SALE, "erased_at": "2026-03-02T09:00:00Z" }));
    assert_eq!(
        post(&world, "MAD-01", "dealership-manager").await.unwrap(),
        done,
        "a repeat is answered the same"
    );
    let left = world.with(|state| {
        assert!(state.customers.is_empty());
        let row = &state.sales[&SaleId::parse(SALE).unwrap()];
        assert_eq!(row.sale.terms.price().minor(), 3_250_000, "the amounts stay");
        serde_json::to_string(&(&row.sale, &row.details)).unwrap()
    });
    for personal in [
        "Customer moves",
        "A. Customer",
        "customer1@example.com",
        "600000000",
        "Calle Mayor",
        "28013",
        "Madrid",
    ] {
        assert!(!left.contains(personal), "{personal}: {left}");
    }
}

#[tokio::test]
async fn nobody_else_erases() {
    let world = registered(Faults::Calm).await;
    cancel(&world).await;
    for role in ["sales", "auditor"] {
        assert_eq!(post(&world, "MAD-01", role).await.unwrap_err().kind(), ProblemType::Forbidden);
    }
    assert_eq!(
        post(&world, "LIS-02", "dealership-manager").await.unwrap_err().kind(),
        ProblemType::SaleNotFound
    );
}

/// GDPR-01: a partner's free text may name the person.
#[tokio::test]
async fn a_name_in_a_partner_s_refusal_is_erased_too() {
    let world = registered(Faults::Calm).await;
    let ports = Ports::new(&world, "place-factory-order");
    let mut sale = ports.sale(SaleId::parse(SALE).unwrap()).await.unwrap().unwrap();
    let reason = "cliente Nerea Ibarluzea en lista de impagos".to_owned();
    sale.version += 1;
    sale.stage = domain::sale::Stage::OrderRejected { reason };
    ports.commit(&sale, None).await.unwrap();
    post(&world, "MAD-01", "dealership-manager").await.unwrap();
    let left = world.with(|state| {
        serde_json::to_string(&state.sales[&SaleId::parse(SALE).unwrap()].sale).unwrap()
    });
    assert!(!left.contains("Nerea"), "{left}");
}
