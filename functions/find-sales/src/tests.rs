use super::*;
use domain::sale::{Order, Registration, Stage};
use domain::vehicle::VehicleStatus;
use domain::{DealershipId, RegistrationId};
use edge::ProblemType;
use serde_json::Value;
use testkit::contract::Sample;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, VehicleRow, World};
use testkit::requests::{now, post_as};

const VIN: &str = "VSSZZZ5FZJR012345";

/// A world with one delivered sale of MAD-01.
async fn world() -> (World, Sample) {
    let world = World::new(1, now(), Faults::Calm, false);
    let mut sample = Sample::new().unwrap();
    let (vehicle, plate) = (Vin::parse(VIN).unwrap(), Plate::parse("1234 BCD").unwrap());
    sample.sale.stage = Stage::ReadyForDelivery {
        order: Some(Order { id: OrderId::parse("F-7").unwrap(), estimated_delivery: None }),
        vehicle: vehicle.clone(),
        registration: Registration {
            id: RegistrationId::parse("R-1").unwrap(),
            plate: plate.clone(),
        },
    };
    Ports::new(&world, "register-sale").register(sample.registration()).await.unwrap();
    let (dealership, sales) = (DealershipId::parse("MAD-01").unwrap(), vec![sample.sale.id]);
    let status = VehicleStatus::Matriculado;
    let row = VehicleRow {
        holder: Some(sample.sale.id),
        status,
        dealership,
        stock: None,
        plate: Some(plate),
        sales,
    };
    world.with(|state| state.vehicles.insert(vehicle, row));
    (world, sample)
}

async fn find(world: &World, dealership: &str, body: &Value) -> Result<Value, Problem> {
    let event = post_as(dealership, "sales", &json!({ "content-type": "application/json" }), body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "find-sales"), request).await.map(|reply| reply.value())
}

#[tokio::test]
async fn each_reference_leads_to_the_sale_and_to_no_other_dealership_s() {
    let (world, sample) = world().await;
    let email = sample.details.customer.email.as_str().to_uppercase();
    for body in [
        json!({ "email": email }),
        json!({ "order_id": "F-7" }),
        json!({ "vehicle_id": VIN }),
        json!({ "plate": "1234-bcd" }),
    ] {
        let found = find(&world, "MAD-01", &body).await.unwrap();
        assert_eq!(found["sales"].as_array().unwrap().len(), 1, "{body}");
        assert_eq!(found["sales"][0]["sale_id"], sample.sale.id.to_string());
        assert_eq!(find(&world, "LIS-02", &body).await.unwrap(), json!({ "sales": [] }), "{body}");
    }
    for body in [
        json!({ "email": "no@example.com" }),
        json!({ "order_id": "F-8" }),
        json!({ "plate": "1234 BCF" }),
    ] {
        assert_eq!(find(&world, "MAD-01", &body).await.unwrap(), json!({ "sales": [] }), "{body}");
    }
}

#[tokio::test]
async fn one_reference_at_a_time() {
    let (world, _) = world().await;
    for body in [
        json!({}),
        json!({ "order_id": "F-7", "plate": "1234 BCD" }),
        json!({ "vehicle_id": "1" }),
        json!({ "name": "Ana" }),
    ] {
        assert_eq!(
            find(&world, "MAD-01", &body).await.unwrap_err().kind(),
            ProblemType::InvalidRequest,
            "{body}"
        );
    }
}

/// VIN-01, PLATE-03: there is no other reading.
#[tokio::test]
async fn a_vehicle_and_a_plate_are_found_however_they_are_written() {
    let (world, sample) = world().await;
    for body in [
        json!({ "vehicle_id": "vsszzz5fzjr012345 " }),
        json!({ "vehicle_id": "VSS ZZZ5FZ JR012345" }),
        json!({ "plate": "1234·bcd" }),
        json!({ "plate": " 1234\u{a0}BCD\u{200b}" }),
        json!({ "order_id": "F-7 " }),
    ] {
        let found = find(&world, "MAD-01", &body).await.unwrap();
        assert_eq!(found["sales"][0]["sale_id"], sample.sale.id.to_string(), "{body}");
    }
    world.with(|state| {
        let row = state.vehicles.values_mut().next().unwrap();
        row.plate = Some(Plate::parse("AA·12·AB").unwrap());
    });
    for plate in ["AA·12·AB", "AA-12-AB", "aa12ab"] {
        let found = find(&world, "MAD-01", &json!({ "plate": plate })).await.unwrap();
        assert_eq!(found["sales"].as_array().unwrap().len(), 1, "{plate}");
    }
}

#[tokio::test]
async fn two_german_plates_of_the_same_letters_are_two() {
    let (world, _) = world().await;
    world.with(|state| {
        let row = state.vehicles.values_mut().next().unwrap();
        row.plate = Some(Plate::parse("B-NO 1234").unwrap());
    });
    for (plate, found) in [("B-NO 1234", 1), ("b no 1234", 1), ("BNO1234", 1), ("BN-O 1234", 0)] {
        let sales = find(&world, "MAD-01", &json!({ "plate": plate })).await.unwrap();
        assert_eq!(sales["sales"].as_array().unwrap().len(), found, "{plate}");
    }
}
