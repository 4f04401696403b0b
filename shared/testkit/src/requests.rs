//! What API Gateway hands to an operation, and the one sale that an operation's own tests are
//! about.

#![expect(clippy::expect_used, reason = "what a test stands on is right or the test fails")]

use crate::faults::Plan as Faults;
use crate::memory::{Ports, World};
use crate::simulation::register_input;
use domain::use_cases::register_sale::register_sale;
use domain::{CustomerId, SaleId};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The sale's id.
pub const SALE: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";

/// When the sale is registered and the requests come.
///
/// # Panics
///
/// Never.
pub fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a time")
}

/// A world with the sale, registered by MAD-01, whose señal is awaited.
///
/// # Panics
///
/// When the registration fails, which a fault may have it do.
pub async fn registered(faults: Faults) -> World {
    let world = World::new(1, now(), faults, false);
    let (sale, customer) =
        (SaleId::parse(SALE).expect("an id"), CustomerId::parse(SALE).expect("an id"));
    let input = register_input(sale, customer, 1, false).expect("an input");
    register_sale(&Ports::new(&world, "register-sale"), input, now()).await.expect("a sale");
    world
}

/// A POST about [`SALE`] that no authorizer let in.
pub fn post(headers: &Value, body: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "k", "rawPath": "/", "rawQueryString": "", "headers": headers, "body": body,
        "isBase64Encoded": false, "pathParameters": { "sale_id": SALE },
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "d", "domainPrefix": "d", "requestId": "r", "routeKey": "k",
            "stage": "$default", "time": "02/Mar/2026:09:00:00 +0000", "timeEpoch": 0,
            "http": { "method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t" }
        }
    })
}

/// The same of an employee of this dealership of Spain with these roles, as the authorizer passes
/// them on.
pub fn post_as(dealership: &str, roles: &str, headers: &Value, body: &Value) -> Value {
    let mut event = post(headers, &body.to_string());
    let claims =
        json!({ "sub": "e-1", "dealership_id": dealership, "country": "ES", "roles": roles });
    if let Some(context) = event.get_mut("requestContext").and_then(Value::as_object_mut) {
        context.insert(
            "authorizer".to_owned(),
            json!({ "jwt": { "claims": claims, "scopes": null } }),
        );
    }
    event
}

/// A GET of such an employee with this query and these headers.
pub fn get_as(dealership: &str, roles: &str, headers: &Value, query: &Value) -> Value {
    let mut event = post_as(dealership, roles, headers, &Value::Null);
    let parameters = query.as_object().into_iter().flatten();
    let parameters = parameters.filter_map(|(name, value)| Some((name, value.as_str()?)));
    let raw = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    if let Some(event) = event.as_object_mut() {
        event.extend([
            ("body".to_owned(), Value::Null),
            ("rawQueryString".to_owned(), json!(raw)),
            ("queryStringParameters".to_owned(), query.clone()),
        ]);
    }
    event
}
