use super::*;
use domain::vehicle::VehicleStatus;
use domain::{CountryCode, DealershipId, OptionCode, Vin};
use edge::ProblemType;
use serde_json::{Value, json};
use testkit::contract::plan_store::plan;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, VehicleRow, World};
use testkit::requests::{SALE, now, post_as};

const OTHER: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6f";

fn request(headers: &Value, body: &Value) -> Request {
    Request::new(
        serde_json::from_value(post_as("MAD-01", "[sales]", headers, body)).unwrap(),
        now(),
    )
    .unwrap()
}

fn body() -> Value {
    json!({
        "customer": {
            "full_name": "Ana Example", "email": "ana@example.com", "phone": "+34600000000", "language": "es",
            "address": { "street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid", "country": "ES" }
        },
        "plan": { "code": "CITY", "options": ["GPS"] },
        "delivery": { "to": "dealership" }
    })
}

async fn post(
    world: &World,
    key: Option<&str>,
    body: &Value,
    sale: &str,
) -> Result<Reply, Problem> {
    let mut headers = json!({ "content-type": "application/json" });
    if let Some(key) = key {
        headers["idempotency-key"] = json!(key);
    }
    let fresh =
        Fresh { sale: SaleId::parse(sale).unwrap(), customer: CustomerId::parse(sale).unwrap() };
    let ports = Ports::new(world, "register-sale");
    let limits = UnpaidLimits { employee: 3, dealership: 5 };
    let bounds = Bounds {
        signal: SignedDuration::from_hours(168),
        balance: SignedDuration::from_hours(336),
        limits,
    };
    handle(&ports, &ports, bounds, fresh, request(&headers, body)).await
}

/// The plan `CITY` costs this much, and `GPS` 500 euros more.
fn put_plan(world: &World, price: u64) {
    let plan = plan("CITY", price).unwrap();
    world.with(|state| state.plans.insert(plan.code.clone(), plan));
}

fn world() -> World {
    let world = World::new(1, now(), Faults::Calm, false);
    put_plan(&world, 3_200_000);
    world
}

#[tokio::test]
async fn a_sale_is_created_once_a_key() {
    let world = world();
    let first = post(&world, Some("k"), &body(), SALE).await.unwrap();
    assert_eq!(
        (first.status, first.location.as_deref()),
        (201, Some(format!("/sales/{SALE}").as_str()))
    );
    assert_eq!(
        first.value()["terms"],
        json!({ "currency": "EUR", "price": 3_250_000, "signal": 100_000, "balance": 3_150_000 })
    );
    assert_eq!(post(&world, Some("k"), &body(), OTHER).await.unwrap(), first);
    let mut changed = body();
    changed["plan"]["options"] = json!([]);
    assert_eq!(
        post(&world, Some("k"), &changed, OTHER).await.unwrap_err().kind(),
        ProblemType::IdempotencyKeyReused
    );
    assert_eq!(post(&world, None, &body(), OTHER).await.unwrap().value()["sale_id"], OTHER);
}

#[tokio::test]
async fn every_fault_is_listed() {
    let mut bad = body();
    bad["customer"]["email"] = json!("nobody");
    bad["customer"]["address"]["country"] = json!("Spain");
    bad["customer"].as_object_mut().unwrap().remove("phone");
    bad["plan"]["options"] = json!(["GPS", "GPS"]);
    bad["plan"]["code"] = json!("city");
    bad["payment"] = json!({ "price": 1 });
    bad["delivery"] = json!({ "to": "moon", "address": {} });
    bad["colour"] = json!("red");
    let problem = post(&world(), None, &bad, SALE).await.unwrap_err();
    let pointers: Vec<&str> = problem.errors().iter().map(|fault| fault.pointer.as_str()).collect();
    let expected = [
        "/customer/email",
        "/customer/phone",
        "/customer/address/country",
        "/plan/code",
        "/plan/options/1",
        "/delivery/to",
        "/colour",
        "/payment",
    ];
    assert_eq!(pointers, expected);
}

#[tokio::test]
async fn a_sale_keeps_the_price_that_it_was_sold_at() {
    let world = world();
    let first = post(&world, Some("k"), &body(), SALE).await.unwrap();
    put_plan(&world, 3_300_000);
    assert_eq!(
        post(&world, Some("k"), &body(), OTHER).await.unwrap(),
        first,
        "a repeat is answered the same"
    );
    world.with(|state| state.plans.clear());
    assert_eq!(
        post(&world, Some("k"), &body(), OTHER).await.unwrap(),
        first,
        "even if the plan is gone"
    );
    let kept =
        world.with(|state| state.sales[&SaleId::parse(SALE).unwrap()].sale.terms.price().minor());
    assert_eq!(kept, 3_250_000);
}

#[tokio::test]
async fn what_the_plan_does_not_offer_is_refused() {
    let world = world();
    for (field, value, pointers) in [
        ("code", json!("NONE"), &["/plan/code"][..]),
        ("options", json!(["TOW-BAR", "GPS", "RED"]), &["/plan/options/0", "/plan/options/2"]),
    ] {
        let mut bad = body();
        bad["plan"][field] = value;
        for key in [None, Some("k")] {
            let problem = post(&world, key, &bad, SALE).await.unwrap_err();
            assert_eq!(problem.kind(), ProblemType::NotOffered);
            let found: Vec<&str> =
                problem.errors().iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(found, pointers);
        }
    }
    assert!(world.with(|state| state.sales.is_empty()));
}

#[tokio::test]
async fn delivery_goes_to_the_dealership_or_to_an_address() {
    let mut there = body();
    there["delivery"] =
        json!({ "to": "customer_address", "address": there["customer"]["address"] });
    assert_eq!(
        post(&world(), None, &there, SALE).await.unwrap().value()["delivery"],
        there["delivery"]
    );
    there["delivery"]["to"] = json!("dealership");
    let problem = post(&world(), None, &there, SALE).await.unwrap_err();
    assert_eq!(problem.errors()[0].pointer, "/delivery/address");
}

#[tokio::test]
async fn a_stock_vehicle_is_sold_once_and_only_as_what_it_is() {
    let world = world();
    let (ours, theirs, held) = ("VSSZZZ5FZJR012345", "VSSZZZ5FZJR012346", "VSSZZZ5FZJR012347");
    for (vin, dealership, stock) in
        [(ours, "MAD-01", true), (theirs, "LIS-02", true), (held, "MAD-01", false)]
    {
        put_vehicle(&world, vin, dealership, stock);
    }
    let mut stock = body();
    let with = |body: &Value, vehicle: &str| {
        let mut body = body.clone();
        body["vehicle_id"] = json!(vehicle);
        body
    };
    for (vehicle, kind) in [
        (theirs, ProblemType::VehicleNotFound),
        ("VSSZZZ5FZJR012348", ProblemType::VehicleNotFound),
        (held, ProblemType::VehicleHeld),
    ] {
        assert_eq!(
            post(&world, None, &with(&stock, vehicle), SALE).await.unwrap_err().kind(),
            kind
        );
    }
    stock["plan"]["options"] = json!([]);
    let other = post(&world, None, &with(&stock, ours), SALE).await.unwrap_err();
    assert_eq!(other.kind(), ProblemType::VehicleDiffers);
    assert!(world.with(|state| state.sales.is_empty()));

    let sold = post(&world, Some("k"), &with(&body(), ours), SALE).await.unwrap();
    assert_eq!(sold.value()["vehicle_id"], ours);
    assert_eq!(
        post(&world, Some("k"), &with(&body(), ours), OTHER).await.unwrap(),
        sold,
        "a repeat is answered the same"
    );
    assert_eq!(
        post(&world, None, &with(&body(), ours), OTHER).await.unwrap_err().kind(),
        ProblemType::VehicleHeld
    );
}

/// A vehicle that is what `body` sells.
fn put_vehicle(world: &World, vin: &str, dealership: &str, in_stock: bool) {
    let sold = plan("CITY", 1_000_000)
        .unwrap()
        .sell(CountryCode::parse("ES").unwrap(), &[OptionCode::parse("GPS").unwrap()]);
    let row = VehicleRow {
        holder: None,
        status: VehicleStatus::SinAsignar,
        dealership: DealershipId::parse(dealership).unwrap(),
        stock: in_stock.then(|| (sold.unwrap().plan, now())),
        plate: None,
        sales: Vec::new(),
    };
    world.with(|state| state.vehicles.insert(Vin::parse(vin).unwrap(), row));
}
