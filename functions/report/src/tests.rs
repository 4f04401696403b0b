use super::*;
use domain::ports::SaleStore;
use domain::sale::{Fact, FactKind, Movement, Part, Posting, Sale, Stage};
use domain::{DealershipId, Vin};
use edge::ProblemType;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::contract::{Sample, registered_at};
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::get_as;

async fn ask(world: &World, role: &str, month: &str) -> Result<Value, Problem> {
    let mut event = get_as("MAD-01", role, &json!({}), &json!({}));
    event["pathParameters"] = json!({ "month": month });
    let request = Request::new(serde_json::from_value(event).unwrap(), registered_at()).unwrap();
    handle(&Ports::new(world, "report"), request).await.map(|reply| reply.value())
}

fn hours(hours: i64) -> Timestamp {
    registered_at().checked_add(SignedDuration::from_hours(hours)).unwrap()
}

/// A sale that lost its vehicle after 50 hours; its señal was paid after `paid`.
fn lost(sale: &mut Sale, paid: i64) {
    let facts = [
        (FactKind::ReservationPaid, paid),
        (FactKind::OrderPlaced, paid),
        (FactKind::AtDealership, 20),
    ];
    let ends = [
        (FactKind::AvailableForCustomer, 20),
        (FactKind::PaymentFailed, 50),
        (FactKind::SinAsignar, 50),
    ];
    sale.facts.extend(facts.into_iter().chain(ends).map(|(kind, at)| Fact(kind, hours(at))));
    let movements = [(Movement::Captured, paid), (Movement::Forfeited, 50)];
    sale.ledger =
        movements.map(|(movement, at)| Posting(movement, Part::Signal, hours(at))).to_vec();
    sale.stage =
        Stage::SinAsignar { order: None, vehicle: Vin::parse("VSSZZZ5FZJR012345").unwrap() };
}

#[tokio::test]
async fn a_month_s_sales_are_counted_with_their_money_and_their_time() {
    let world = World::new(1, registered_at(), Faults::Calm, false);
    let mut samples = Vec::new();
    for paid in [4, 8] {
        let mut sample = Sample::new().unwrap();
        lost(&mut sample.sale, paid);
        samples.push(sample);
    }
    samples.push(Sample::new().unwrap());
    let mut theirs = Sample::new().unwrap();
    theirs.sale.dealership = DealershipId::parse("LIS-02").unwrap();
    samples.push(theirs);
    for sample in &samples {
        Ports::new(&world, "register-sale").register(sample.registration()).await.unwrap();
    }
    let month = samples[0].sale.id.made_at().strftime("%Y-%m").to_string();
    let report = ask(&world, "auditor", &month).await.unwrap();
    assert_eq!((report["sold"].as_u64(), report["is_partial"].as_bool()), (Some(3), Some(false)));
    assert_eq!(report["by_status"], json!({ "SaleRegistered": 1, "SinAsignar": 2 }));
    let eur = &report["ledger"]["EUR"];
    assert_eq!(
        (eur["gateway"].as_i64(), eur["forfeits"].as_i64(), eur["deposits"].as_i64()),
        (Some(200_000), Some(-200_000), Some(0))
    );
    assert_eq!(report["stages"]["SaleRegistered"], json!({ "sales": 2, "mean_seconds": 6 * 3600 }));
    assert_eq!(
        report["stages"]["FinalPaymentPending"],
        json!({ "sales": 2, "mean_seconds": 30 * 3600 })
    );
    assert!(report["stages"].get("SinAsignar").is_none(), "nothing has left it");
    assert_eq!(ask(&world, "dealership-manager", "2020-01").await.unwrap()["sold"], 0);
}

#[tokio::test]
async fn a_month_is_a_month_and_not_everybody_s() {
    let world = World::new(1, registered_at(), Faults::Calm, false);
    for month in ["", "2026", "2026-13", "2026-3", "2026-03-01", "March", "-026-03"] {
        assert_eq!(
            ask(&world, "auditor", month).await.unwrap_err().kind(),
            ProblemType::InvalidRequest,
            "{month}"
        );
    }
    assert_eq!(ask(&world, "sales", "2026-03").await.unwrap_err().kind(), ProblemType::Forbidden);
}
