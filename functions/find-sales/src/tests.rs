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
