use super::*;
use domain::sale::{CaseKind, Command, FactKind, Sale, Stage, Status, decide, effects, evolve};
use domain::{CustomerKey, SaleId, Vin};
use serde_json::{Value, json};
use testkit::contract::fresh_attempt_id;
use testkit::faults::Plan as Faults;
use testkit::memory::{Ports, World};
use testkit::requests::{SALE, now, post_as, registered};

async fn post(world: &World, dealership: &str, role: &str, body: &Value) -> Result<Reply, Problem> {
    let event = post_as(dealership, role, &json!({ "content-type": "application/json" }), body);
    let request = Request::new(serde_json::from_value(event).unwrap(), now()).unwrap();
    handle(&Ports::new(world, "correct-customer"), fresh_attempt_id(), request).await
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
async fn nothing_is_corrected_without_reason_or_by_somebody_else() {
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
        json!({ "reason": "x", "known_customer": true }),
        json!({ "phone": "1" }),
    ] {
        assert_eq!(
            post(&world, "MAD-01", "sales", &body).await.unwrap_err().kind(),
            ProblemType::InvalidRequest,
            "{body}"
        );
    }
}

/// A world with the sale in this stage.
async fn at(stage: Stage) -> World {
    let world = registered(Faults::Calm).await;
    commit(&world, |sale| Sale { stage, ..sale }).await;
    world
}

fn sale(world: &World) -> Sale {
    world.with(|state| state.sales[&SaleId::parse(SALE).unwrap()].sale.clone())
}

async fn commit(world: &World, change: impl FnOnce(Sale) -> Sale) {
    let mut next = change(sale(world));
    next.version += 1;
    Ports::new(world, "t").commit(&next, None).await.unwrap();
}

fn paid(asked: bool, refusal: Option<&str>) -> Stage {
    Stage::PaymentReceived {
        order: None,
        vehicle: Vin::parse("VSSZZZ5FZJR012345").unwrap(),
        registration_requested_at: asked.then(|| now().as_millisecond()),
        refusal: refusal.map(str::to_owned),
    }
}

fn manufacturing() -> Stage {
    serde_json::from_value(
        json!({ "Manufacturing": { "order": { "id": "F-1" }, "milestone": "InProduction" } }),
    )
    .unwrap()
}

/// ADDR-06: manufacturing takes months, and people move.
#[tokio::test]
async fn a_customer_who_moves_while_the_vehicle_is_built_is_registered_at_the_new_address() {
    let world = at(manufacturing()).await;
    let body =
        json!({ "reason": "cambio de domicilio", "phone": "600 111 222", "address": address() });
    let reply = post(&world, "MAD-01", "sales", &body).await.unwrap();
    assert_eq!(reply.value()["customer"]["address"], address());
    assert_eq!(reply.value()["customer"]["phone"], "+34600111222");
    assert_eq!(reply.value()["corrections"][0]["fields"], json!(["phone", "address"]));
}

#[tokio::test]
async fn a_sale_that_the_authority_refused_for_a_name_goes_on_with_the_right_one() {
    let world = at(paid(false, Some("the name differs from the document"))).await;
    let body = json!({ "reason": "as in the passport", "full_name": "Ana Peña Ruiz", "tax_id": "12345678Z" });
    let reply = post(&world, "MAD-01", "sales", &body).await.unwrap();
    assert_eq!(reply.value()["customer"]["full_name"], "Ana Peña Ruiz");
    assert_eq!(reply.value()["customer"]["tax_id"], "12345678Z");
}

/// What a partner acts on under one key may not be another thing when it is asked again.
#[tokio::test]
async fn name_and_address_stay_while_a_partner_is_asked_and_once_the_vehicle_is_registered() {
    let name = json!({ "reason": "mistyped", "full_name": "Ana Peña" });
    let phone = json!({ "reason": "new number", "phone": "600111222" });
    let asked = Some(now().as_millisecond());
    let registered: Stage = serde_json::from_value(json!({ "ReadyForDelivery": {
        "vehicle": "VSSZZZ5FZJR012345", "registration": { "id": "R-1", "plate": "1234 BCD" }
    } }))
    .unwrap();
    for (stage, kind) in [
        (Stage::ReservationPaid { order_requested_at: asked }, ProblemType::PartnerHasCustomer),
        (paid(true, None), ProblemType::PartnerHasCustomer),
        (registered, ProblemType::AlreadyRegistered),
    ] {
        let world = at(stage.clone()).await;
        let refused = post(&world, "MAD-01", "sales", &name).await.unwrap_err();
        assert_eq!(refused.kind(), kind, "{stage:?}");
        assert!(!format!("{refused:?}").contains("cancel"), "{refused:?}");
        assert!(post(&world, "MAD-01", "sales", &phone).await.is_ok(), "{stage:?}");
    }
    let ended = post(&at(Stage::Lapsed).await, "MAD-01", "sales", &phone).await.unwrap_err();
    assert_eq!(ended.kind(), ProblemType::SaleEnded);
}

/// MAIL-05: the customer would get no mail, and no access, for good.
#[tokio::test]
async fn credentials_go_to_the_right_address_and_what_the_wrong_one_got_opens_nothing() {
    let world = at(manufacturing()).await;
    commit(&world, |sale| {
        let events = decide(&sale, Command::ReportUndeliverable, now()).unwrap();
        let next = evolve(&sale, &events, now());
        Sale { version: sale.version, ..next }
    })
    .await;
    let before = sale(&world);
    assert!(before.has_open_case(CaseKind::MailUndeliverable));
    let email = "nerea.ibarluzea@example.com";
    let body = json!({ "reason": "errata en el correo", "email": email });
    let reply = post(&world, "MAD-01", "sales", &body).await.unwrap();
    assert_eq!(reply.value()["customer"]["email"], email);
    let after = sale(&world);
    assert_eq!(after.customer, CustomerKey::of(&EmailAddress::parse(email).unwrap()));
    assert!(!after.has_open_case(CaseKind::MailUndeliverable), "the right address settles it");
    assert_eq!(effects(Some(&before), &after), [domain::sale::Effect::IssueCredentials]);
    let accounts = world.with(|state| state.customers.keys().cloned().collect::<Vec<_>>());
    assert_eq!(accounts, [after.customer.to_string()], "the account of the wrong one is gone");
    assert_eq!(post(&world, "MAD-01", "sales", &body).await.unwrap(), reply, "a repeat");
    assert_eq!(
        (after.status(), after.facts[0].0),
        (Status::Manufacturing, FactKind::SaleRegistered)
    );
}

#[tokio::test]
async fn an_address_of_another_customer_is_taken_once_the_desk_has_made_sure() {
    let world = registered(Faults::Calm).await;
    let ports = Ports::new(&world, "register-sale");
    let there = testkit::contract::Sample::new().unwrap();
    ports.register(there.registration()).await.unwrap();
    let mut body = json!({ "reason": "mistyped", "email": there.details.customer.email.as_str() });
    let refused = post(&world, "MAD-01", "sales", &body).await.unwrap_err();
    assert_eq!(refused.kind(), ProblemType::EmailOfAnother);
    body["known_customer"] = json!(true);
    post(&world, "MAD-01", "sales", &body).await.unwrap();
    assert_eq!(sale(&world).customer, there.sale.customer);
    assert_eq!(world.with(|state| state.customers.len()), 1);
}
