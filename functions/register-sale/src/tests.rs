use super::*;
use domain::vehicle::VehicleStatus;
use domain::{CountryCode, DealershipId, OptionCode, Vin};
use edge::ProblemType;
use edge::representation::SaleView;
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

/// What is kept of the customer of [`body`] with these fields.
async fn kept(fields: Value) -> Result<Customer, Problem> {
    let world = world();
    let mut body = body();
    let customer = body["customer"].as_object_mut().unwrap();
    customer.extend(fields.as_object().unwrap().clone());
    post(&world, None, &body, SALE).await?;
    Ok(world.with(|state| state.sales[&SaleId::parse(SALE).unwrap()].details.customer.clone()))
}

/// Whose address is in this country, with this postal code.
fn address_in(country: &str, postal_code: &str) -> Value {
    json!({ "address": { "street": "x 12", "postal_code": postal_code, "city": "x", "country": country } })
}

/// NAME-06: stored, it would not be found, and turn round what stands after it.
#[tokio::test]
async fn characters_that_nobody_sees_are_left_out_of_a_name() {
    let customer = kept(json!({ "full_name": "Irene \u{202e}oiñibrU\u{200b}" })).await.unwrap();
    assert_eq!(customer.full_name.as_str(), "Irene oiñibrU");
}

/// TEL-01, TEL-02: a text message to what was typed would be lost for ever, unseen.
#[tokio::test]
async fn a_phone_number_is_kept_as_it_is_dialled_from_abroad() {
    for (typed, dialled) in [
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("\u{202a}+34\u{a0}612\u{a0}34\u{a0}56\u{a0}78\u{202c}", "+34612345678"),
        ("600 111 222", "+34600111222"),
        ("0034 600 111 222", "+34600111222"),
    ] {
        assert_eq!(kept(json!({ "phone": typed })).await.unwrap().phone.as_str(), dialled);
    }
}

/// MAIL-01: small firms have such domains.
#[tokio::test]
async fn a_mailbox_under_an_international_domain_is_taken_and_shown_as_it_was_typed() {
    let typed = "info@autohaus-müller.example";
    let customer = kept(json!({ "email": typed })).await.unwrap();
    assert_eq!(customer.email.as_str(), "info@xn--autohaus-mller-psb.example");
    assert_eq!(customer.email.shown(), typed);
}

/// ADDR-05 and its kind: a mailer, or the authority, would refuse it after the señal.
#[tokio::test]
async fn a_country_has_its_iso_code_and_a_postal_code_its_country_s_form() {
    for (country, postal_code, pointer, detail) in [
        ("UK", "GX11 1AA", "/customer/address/country", "GB"),
        ("EL", "105 57", "/customer/address/country", "GR"),
        ("XX", "1", "/customer/address/country", "ISO 3166-1"),
        ("ES", "ABC", "/customer/address/postal_code", "28013"),
        ("ES", "8013", "/customer/address/postal_code", "28013"),
    ] {
        let problem = kept(address_in(country, postal_code)).await.unwrap_err();
        assert_eq!(problem.errors().len(), 1, "{country} {postal_code}");
        let fault = &problem.errors()[0];
        assert_eq!(fault.pointer, pointer, "{country} {postal_code}");
        assert!(fault.detail.contains(detail), "{}", fault.detail);
    }
    assert!(kept(address_in("GB", "GX11 1AA")).await.is_ok());
}

/// ARCH-01: every authority asks for the owner's number, and an invoice for a firm needs it.
#[tokio::test]
async fn a_company_s_tax_number_is_taken_if_its_check_digit_is_right() {
    let company = json!({ "full_name": "Transportes Ría Baixa, S.L.", "tax_id": "b-12345674" });
    assert_eq!(kept(company).await.unwrap().tax_id.unwrap().as_str(), "B12345674");
    let slip = kept(json!({ "tax_id": "B12345675" })).await.unwrap_err();
    assert_eq!(slip.errors()[0].pointer, "/customer/tax_id");
    assert_eq!(kept(json!({ "tax_id": null })).await.unwrap().tax_id, None);
}

/// TAX-01, TAX-02: what the desk tells the customer, and the tax file.
#[tokio::test]
async fn the_desk_tells_the_tax_of_the_part_of_the_country() {
    for (country, postal_code, told) in [
        ("ES", "28004", json!({ "name": "IVA", "amount": 564_050 })),
        ("ES", "35002", json!({ "name": "IGIC" })),
        ("ES", "38001", json!({ "name": "IGIC" })),
        ("ES", "51001", json!({ "name": "IPSI" })),
        ("ES", "52001", json!({ "name": "IPSI" })),
        // A buyer from abroad, who may take the vehicle home: no figure is right.
        ("PT", "9000-042", Value::Null),
    ] {
        let world = world();
        let mut body = body();
        let customer = body["customer"].as_object_mut().unwrap();
        customer.extend(address_in(country, postal_code).as_object().unwrap().clone());
        post(&world, None, &body, SALE).await.unwrap();
        let sale = world.with(|state| {
            let row = &state.sales[&SaleId::parse(SALE).unwrap()];
            serde_json::to_value(SaleView::new(&row.sale, &row.details)).unwrap()
        });
        let charges = sale["authority"]["charges"].as_array().unwrap();
        let taxes = || charges.iter().filter(|charge| charge["kind"] == "tax");
        let Some(tax) = taxes().next() else {
            assert_eq!(told, Value::Null, "{country} {postal_code}");
            continue;
        };
        let figures = [&tax["name"], &tax["amount"]];
        assert_eq!(figures, [&told["name"], &told["amount"]], "{country} {postal_code}");
        assert!(taxes().count() == 1 && tax["source"].as_str().unwrap().starts_with("https://"));
    }
}

/// MAIL-04: the second of a couple would get no credentials, and see the first one's purchase.
#[tokio::test]
async fn the_desk_is_told_that_an_e_mail_address_is_a_customer_s_of_another_name() {
    let world = world();
    post(&world, None, &body(), SALE).await.unwrap();
    assert_eq!(world.with(|state| state.calls), 2, "the plan, and one call");
    let mut again = body();
    again["customer"]["full_name"] = json!("EXAMPLE, Ana");
    post(&world, None, &again, "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d70").await.unwrap();
    again["customer"]["full_name"] = json!("Iker Zabala Otxoa");
    let refused = post(&world, Some("k"), &again, OTHER).await.unwrap_err();
    assert_eq!(refused.kind(), ProblemType::EmailOfAnother);
    assert!(!format!("{refused:?}").contains("Example"), "whose it is, is not told");
    assert_eq!(world.with(|state| state.sales.len()), 2);
    again["known_customer"] = json!(true);
    post(&world, Some("k"), &again, OTHER).await.unwrap();
    let customers = world.with(|state| {
        assert_eq!(state.customers.len(), 1);
        state.sales.values().map(|row| row.details.customer.full_name.clone()).collect::<Vec<_>>()
    });
    assert_eq!(customers.len(), 3, "each sale has its own buyer's name");
}
