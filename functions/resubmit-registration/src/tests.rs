use super::*;
use domain::SaleId;
use domain::Vin;
use domain::country::DocumentSet;
use domain::sale::{CaseKind, Command, Stage, decide, evolve};
use serde_json::Value;
use testkit::contract::Sample;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as};

/// A world with one sale in this stage, and with these documents on file.
async fn world(stage: Stage, documents: DocumentSet) -> World {
    let world = World::new(1, now(), Faults::Calm, false);
    let mut sample = Sample::new().unwrap();
    (sample.sale.id, sample.sale.stage, sample.sale.documents) =
        (SaleId::parse(SALE).unwrap(), stage, documents);
    Ports::new(&world, "register-sale").register(sample.registration()).await.unwrap();
    world
}

fn paid() -> Stage {
    let vehicle = Vin::parse("VSSZZZ5FZJR012345").unwrap();
    Stage::PaymentReceived {
        order: None,
        vehicle,
        registration_requested_at: Some(now().as_millisecond()),
        refusal: None,
    }
}

fn all() -> DocumentSet {
    domain::country::DocumentKind::ALL.into_iter().collect()
}

async fn refused() -> World {
    let world = world(paid(), all()).await;
    let ports = Ports::new(&world, "register-vehicle");
    let sale = ports.sale(SaleId::parse(SALE).unwrap()).await.unwrap().unwrap();
    let events =
        decide(&sale, Command::RefuseRegistration { reason: "illegible".to_owned() }, now())
            .unwrap();
    ports.commit(&evolve(&sale, &events, now()), None).await.unwrap();
    world
}

async fn post(world: &World, dealership: &str, role: &str) -> Result<Reply, Problem> {
    let body = json!({ "reason": "a new copy was sent" });
    let event = post_as(dealership, role, &json!({ "content-type": "application/json" }), &body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "resubmit-registration"), request).await
}

#[tokio::test]
async fn a_manager_has_the_authority_asked_again_and_says_why() {
    let world = refused().await;
    let sale = async || {
        Ports::new(&world, "get-sale").sale(SaleId::parse(SALE).unwrap()).await.unwrap().unwrap()
    };
    assert_eq!(sale().await.refusal(), Some("illegible"));
    let first = post(&world, "MAD-01", "dealership-manager").await.unwrap();
    assert_eq!(
        (first.status, &first.value()),
        (202, &json!({ "sale_id": SALE, "status": "PaymentReceived" }))
    );
    let commits = world.with(|state| state.stream.len());
    assert_eq!(post(&world, "MAD-01", "dealership-manager").await.unwrap(), first);
    assert_eq!(world.with(|state| state.stream.len()), commits, "a repeat writes nothing");
    let sale = sale().await;
    let case = sale.cases.first().unwrap();
    assert_eq!((case.kind, sale.open_cases().count()), (CaseKind::RegistrationRefused, 0));
    assert_eq!(case.closure.as_ref().unwrap().reason.as_str(), "a new copy was sent");
}

#[tokio::test]
async fn nobody_else_does_and_not_before_full_payment() {
    let refusals: Vec<(World, &str, &str, ProblemType)> = vec![
        (refused().await, "MAD-01", "sales", ProblemType::Forbidden),
        (refused().await, "LIS-02", "dealership-manager", ProblemType::SaleNotFound),
        (
            world(Stage::SaleRegistered { pay_signal_by: now() }, all()).await,
            "MAD-01",
            "dealership-manager",
            ProblemType::RegistrationNotDue,
        ),
        (world(Stage::Lapsed, all()).await, "MAD-01", "dealership-manager", ProblemType::SaleEnded),
        (
            world(paid(), DocumentSet::default()).await,
            "MAD-01",
            "dealership-manager",
            ProblemType::DocumentsMissing,
        ),
    ];
    for (world, dealership, role, expected) in refusals {
        let problem = post(&world, dealership, role).await.unwrap_err();
        assert_eq!(problem.kind(), expected);
        let told: Value = problem.body("r");
        assert!(told["type"].as_str().unwrap().starts_with("https://caas.example/problems/"));
    }
}
