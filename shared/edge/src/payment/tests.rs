use super::*;
use crate::representation::SaleView;
use domain::customer::{AddressLine, PostalCode};
use domain::ids::CustomerId;
use domain::money::Terms;
use domain::use_cases::register_sale::{self, register_sale};
use domain::{Address, BasePlatform, CountryCode, Currency, Customer, DealershipId, Delivery, EmailAddress, EmployeeId, FullName};
use domain::{Language, Money, PhoneNumber, Plan, SaleId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use testkit::faults::{Fault, Plan as Faults};
use testkit::memory::{Ports, World};

const SALE: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// A world with one sale of MAD-01, whose señal is awaited.
async fn world(faults: Faults) -> World {
    let world = World::new(1, now(), faults, false);
    let euros = |minor| Money::new(minor, Currency::Eur).unwrap();
    let customer = Customer {
        id: CustomerId::parse(SALE).unwrap(),
        full_name: FullName::parse("Ana Example").unwrap(),
        email: EmailAddress::parse("ana@example.com").unwrap(),
        phone: PhoneNumber::parse("+34600000000").unwrap(),
        address: Address {
            street: AddressLine::parse("Calle Mayor 1").unwrap(),
            postal_code: PostalCode::parse("28013").unwrap(),
            city: AddressLine::parse("Madrid").unwrap(),
            country: CountryCode::parse("ES").unwrap(),
        },
        language: Language::Es,
    };
    let input = register_sale::Input {
        id: SaleId::parse(SALE).unwrap(),
        dealership: DealershipId::parse("MAD-01").unwrap(),
        country: CountryCode::parse("ES").unwrap(),
        employee: EmployeeId::parse("e-1").unwrap(),
        customer,
        plan: Plan { base_platform: BasePlatform::parse("CITY-E").unwrap(), options: Vec::new() },
        terms: Terms::new(euros(3_250_000), euros(100_000)).unwrap(),
        delivery: Delivery::Dealership,
        signal_payment_window: SignedDuration::from_hours(168),
        request: None,
    };
    register_sale(&Ports::new(&world, "test"), input, now()).await.unwrap();
    world
}

struct Post<'a> {
    kind: PaymentKind,
    dealership: &'a str,
    roles: &'a str,
    key: Option<&'a str>,
    token: &'a str,
}

const POST: Post<'_> = Post { kind: PaymentKind::Signal, dealership: "MAD-01", roles: "[sales]", key: Some("k"), token: "pm_card" };

async fn post(world: &World, number: u8, post: Post<'_>) -> Result<Reply, Problem> {
    let mut headers = json!({ "content-type": "application/json" });
    if let Some(key) = post.key {
        headers["idempotency-key"] = json!(key);
    }
    let claims = json!({ "sub": "e-1", "dealership_id": post.dealership, "country": "ES", "roles": post.roles });
    let event = json!({
        "version": "2.0", "routeKey": "k", "rawPath": "/", "rawQueryString": "", "headers": headers, "isBase64Encoded": false,
        "body": json!({ "method": "card", "payment_method": post.token }).to_string(),
        "pathParameters": { "sale_id": SALE },
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "d", "domainPrefix": "d", "requestId": "r", "routeKey": "k",
            "stage": "$default", "time": "02/Mar/2026:09:00:00 +0000", "timeEpoch": 0,
            "http": { "method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t" },
            "authorizer": { "jwt": { "claims": claims, "scopes": null } }
        }
    });
    let request = Request::new(serde_json::from_value(event).unwrap(), now());
    let attempt = AttemptId::parse(&format!("01936d3c-7d2b-7b4c-8d8e-0000000000{number:02}")).unwrap();
    let ports = Ports::new(world, "pay");
    handle(&ports, &ports, post.kind, attempt, request).await
}

fn kind(outcome: Result<Reply, Problem>) -> ProblemType {
    outcome.unwrap_err().kind()
}

fn charges(world: &World) -> usize {
    world.with(|state| state.payments.len())
}

#[tokio::test]
async fn the_same_request_charges_once_and_is_answered_the_same() {
    let world = world(Faults::Calm).await;
    let first = post(&world, 1, POST).await.unwrap();
    assert_eq!((first.status, &first.body["outcome"], &first.body["amount"]), (200, &json!("captured"), &json!(100_000)));
    assert_eq!(post(&world, 2, POST).await.unwrap(), first);
    assert_eq!(kind(post(&world, 3, Post { token: "pm_other", ..POST }).await), ProblemType::IdempotencyKeyReused);
    assert_eq!(kind(post(&world, 4, Post { key: Some("k2"), ..POST }).await), ProblemType::AlreadyPaid);
    assert_eq!(charges(&world), 1);
}

#[tokio::test]
async fn a_declined_card_says_why_and_another_may_be_tried() {
    let world = world(Faults::Calm).await;
    let declined = post(&world, 1, Post { token: "pm_declined", ..POST }).await.unwrap_err();
    assert_eq!(declined.body("r")["decline"], "insufficient_funds");
    assert_eq!(post(&world, 2, Post { token: "pm_declined", ..POST }).await.unwrap_err(), declined);
    assert_eq!(post(&world, 3, Post { key: Some("k2"), ..POST }).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_bank_transfer_is_accepted_and_holds_off_another() {
    let world = world(Faults::Calm).await;
    assert_eq!(post(&world, 1, Post { token: "pm_bank", ..POST }).await.unwrap().status, 202);
    assert_eq!(kind(post(&world, 2, Post { key: Some("k2"), ..POST }).await), ProblemType::PaymentInProgress);
}

#[tokio::test]
async fn what_may_not_be_is_not_charged() {
    let world = world(Faults::Calm).await;
    let balance = PaymentKind::Balance;
    assert_eq!(kind(post(&world, 1, Post { key: None, ..POST }).await), ProblemType::IdempotencyKeyMissing);
    assert_eq!(kind(post(&world, 1, Post { dealership: "BCN-01", ..POST }).await), ProblemType::SaleNotFound);
    assert_eq!(kind(post(&world, 1, Post { roles: "[auditor]", ..POST }).await), ProblemType::Forbidden);
    assert_eq!(kind(post(&world, 1, Post { token: "", ..POST }).await), ProblemType::InvalidRequest);
    assert_eq!(kind(post(&world, 1, Post { kind: balance, ..POST }).await), ProblemType::PaymentNotDue);
    assert_eq!(charges(&world), 0);
}

#[tokio::test]
async fn a_lost_answer_is_unknown_until_the_request_is_repeated() {
    // The calls: one to register; then read, store the intent, charge.
    let world = world(Faults::Scripted(vec![(3, Fault::LostAnswer)])).await;
    assert_eq!(kind(post(&world, 1, POST).await), ProblemType::PaymentOutcomeUnknown);
    assert_eq!(post(&world, 2, POST).await.unwrap().status, 200);
    assert_eq!(charges(&world), 1);
}

#[tokio::test]
async fn a_sale_is_shown_without_tokens_and_digests() {
    let world = world(Faults::Calm).await;
    post(&world, 1, POST).await.unwrap();
    let row = world.with(|state| state.sales[&SaleId::parse(SALE).unwrap()].clone());
    let shown: Value = json!(SaleView::new(&row.sale, &row.details));
    assert_eq!((&shown["status"], &shown["payments"]["signal"]["state"]), (&json!("ReservationPaid"), &json!("captured")));
    assert_eq!(shown["events"][1], json!({ "type": "ReservationPaid", "status": "ReservationPaid", "at": "2026-03-02T09:00:00Z" }));
    let text = shown.to_string();
    for secret in ["pm_card", "pi_", "fingerprint", "key"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
