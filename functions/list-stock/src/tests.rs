use super::*;
use domain::vehicle::VehicleStatus;
use domain::{DealershipId, Names, PlanCode, Vin};
use edge::ProblemType;
use jiff::Timestamp;
use serde_json::Value;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, VehicleRow, World};
use testkit::requests::get_as;

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

async fn list(world: &World, query: &Value) -> Result<Value, Problem> {
    let event = get_as("MAD-01", "sales", &json!({}), query);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "list-stock"), request).await.map(|reply| reply.value())
}

/// 120 vehicles of ours, a day older each, every other one of the platform `CITY-E` and every third
/// one with a tow bar; and one of somebody else.
fn world() -> World {
    let world = World::new(1, now(), Faults::Calm, false);
    for number in 0..=120_i64 {
        let options = if number % 3 == 0 {
            vec![OptionCode::parse("TOW-BAR").unwrap(), OptionCode::parse("GPS").unwrap()]
        } else {
            vec![]
        };
        let platform =
            BasePlatform::parse(if number % 2 == 0 { "CITY-E" } else { "TERRA-5" }).unwrap();
        let plan = Plan {
            code: PlanCode::parse("P").unwrap(),
            base_platform: platform,
            options,
            names: Names::default(),
            option_names: std::collections::BTreeMap::new(),
        };
        let since = now().checked_sub(SignedDuration::from_hours(24 * number)).unwrap();
        let dealership =
            DealershipId::parse(if number == 120 { "LIS-02" } else { "MAD-01" }).unwrap();
        let (status, stock) = (VehicleStatus::SinAsignar, Some((plan, since)));
        let row =
            VehicleRow { holder: None, status, dealership, stock, plate: None, sales: Vec::new() };
        world.with(|state| {
            state.vehicles.insert(Vin::parse(&format!("VSS{number:014}")).unwrap(), row)
        });
    }
    world
}

#[tokio::test]
async fn pages_go_on_to_the_end_and_hold_each_vehicle_once() {
    let world = world();
    let (mut seen, mut query, mut pages) = (Vec::new(), json!({}), 0);
    loop {
        let page = list(&world, &query).await.unwrap();
        seen.extend(
            page["vehicles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|vehicle| vehicle["vehicle_id"].to_string()),
        );
        pages += 1;
        let Some(next) = page.get("next") else { break };
        query = json!({ "after": next });
    }
    assert_eq!((seen.len(), pages), (120, 3));
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 120);
}

#[tokio::test]
async fn platform_options_and_age_choose() {
    let world = world();
    let count = async |query: Value| {
        list(&world, &query).await.unwrap()["vehicles"].as_array().unwrap().len()
    };
    assert_eq!(count(json!({ "platform": "NONE" })).await, 0);
    assert_eq!(
        count(json!({ "platform": "TERRA-5", "options": "GPS,TOW-BAR", "min_days": "99" })).await,
        4
    );
    let page =
        list(&world, &json!({ "platform": "TERRA-5", "options": "TOW-BAR", "min_days": "117" }))
            .await
            .unwrap();
    assert_eq!(page["vehicles"][0]["vehicle_id"], "VSS00000000000117");
    assert_eq!(page["vehicles"][0]["plan"]["options"], json!(["TOW-BAR", "GPS"]));
}

#[tokio::test]
async fn parameters_that_can_t_be_read_are_refused() {
    let world = world();
    for query in [
        json!({ "platform": "city" }),
        json!({ "options": "GPS,,TOW-BAR" }),
        json!({ "min_days": "-1" }),
        json!({ "min_days": "many" }),
        json!({ "after": "x" }),
        json!({ "after": "CITY-E.1.VSS/../x" }),
        // A place of the list that this is a part of.
        json!({ "platform": "CITY-E", "after": "TERRA-5.1781510400000.VSS00000000000117" }),
        json!({ "dealership": "LIS-02" }),
    ] {
        let problem = list(&world, &query).await.unwrap_err();
        assert_eq!(
            (problem.kind(), problem.errors().len()),
            (ProblemType::InvalidRequest, 1),
            "{query}"
        );
    }
}
