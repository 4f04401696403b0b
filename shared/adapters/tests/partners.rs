//! The partners' adapters: factory and registries against the local partners server, the gateway
//! against a small one that honours `Idempotency-Key` as Stripe does. (`localstripe`, which the
//! end-to-end tests use, ignores it.)

use adapters::{
    Aws, AwsSettings, HttpFactory, HttpRegistry, Partner, PartnerSettings, Reach, Secrets,
    StripeGateway,
};
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use partners::{Partners, Settings};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use testkit::contract::Outcome;
use testkit::contract::gateway::Till;
use tokio::net::TcpListener;

/// Serves until the test's runtime ends; answers where.
async fn serve(routes: Router) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

/// A partner at this address whose key is `key`, by way of a Secrets Manager that knows only this
/// one.
async fn partner(
    name: &'static str,
    base_url: String,
    key: &'static str,
) -> Result<Partner, Box<dyn Error>> {
    let secret =
        json!({ "ARN": name, "Name": name, "SecretString": json!({ "current": key }).to_string() });
    let endpoint_url =
        serve(Router::new().route("/", post(async move || Json(secret.clone())))).await?;
    let settings = AwsSettings {
        function: "contract".to_owned(),
        region: "eu-west-1".to_owned(),
        access_key_id: "test".to_owned(),
        secret_access_key: "test".to_owned(),
        session_token: None,
        endpoint_url: Some(endpoint_url),
        ca_bundle: None,
    };
    let key = Secrets::new(&Aws::new(settings)?, name.to_owned(), || Timestamp::UNIX_EPOCH);
    Ok(Partner::new(PartnerSettings {
        name,
        function: "contract",
        base_url,
        key,
        reach: Reach::Anywhere,
    })?)
}

async fn local_partners() -> Result<Partners, Box<dyn Error>> {
    let settings = Settings {
        port: 0,
        webhook_url: None,
        factory_key: "factory-key".to_owned(),
        registry_key: "registry-key".to_owned(),
        factory_webhook_secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned(),
        pace_ms: None,
    };
    Ok(Partners::start(settings).await?)
}

macro_rules! at_the_partners {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            $(
                #[tokio::test]
                async fn $check() -> super::Outcome {
                    let partners = super::local_partners().await?;
                    testkit::contract::$suite::$check(&super::$suite(&partners).await?).await
                }
            )+
        }
    };
}

async fn factory(partners: &Partners) -> Result<HttpFactory, Box<dyn Error>> {
    Ok(HttpFactory::new(
        partner("factory", format!("{}/factory", partners.url()), "factory-key").await?,
    ))
}

async fn registry(partners: &Partners) -> Result<HttpRegistry, Box<dyn Error>> {
    Ok(HttpRegistry::new(
        partner("registry", format!("{}/registry", partners.url()), "registry-key").await?,
    ))
}

testkit::factory!(at_the_partners);
testkit::registry!(at_the_partners);

#[tokio::test]
async fn what_is_pending_is_registered_in_the_end() -> Outcome {
    let partners = local_partners().await?;
    let registry = registry(&partners).await?;
    let keep_busy = async |sale: domain::SaleId| {
        let busy = json!({ "partner": "registry", "behaviour": "pending", "times": 2, "reference": sale.to_string() });
        let asked = reqwest::Client::builder().no_proxy().build().unwrap();
        let asked = asked
            .post(format!("{}/_control/behaviours", partners.url()))
            .json(&busy)
            .send()
            .await
            .unwrap();
        assert!(asked.status().is_success());
    };
    testkit::contract::registry::what_is_pending_is_registered_in_the_end(&registry, keep_busy)
        .await
}

/// The gateway's books: answers by key, and payments and refunds by the gateway's id.
#[derive(Debug, Default)]
struct Books {
    answers: HashMap<String, (StatusCode, Value)>,
    payments: HashMap<String, Value>,
    refunds: HashMap<String, Value>,
}

type Answer = (StatusCode, Json<Value>);

/// As much of Stripe's API as the adapter uses (<https://docs.stripe.com/api/idempotent_requests>).
fn stripe() -> Router {
    Router::new()
        .route("/v1/payment_intents", post(pay))
        .route("/v1/payment_intents/{id}", get(payment))
        .route("/v1/refunds", post(refund).get(refunds))
        .with_state(Arc::new(Mutex::new(Books::default())))
}

type Shared = State<Arc<Mutex<Books>>>;

async fn pay(
    State(books): Shared,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": { "message": "no key" } })));
    };
    if let Some((status, body)) = books.answers.get(key) {
        return (*status, Json(body.clone()));
    }
    let id = format!("pi_{}", books.payments.len());
    let status = match form.get("payment_method").map(String::as_str) {
        Some("pm_card_visa") => "succeeded",
        Some("pm_sepa_debit") => "processing",
        _ => "requires_payment_method",
    };
    let metadata =
        ["sale_id", "attempt"].map(|name| (name, form.get(&format!("metadata[{name}]"))));
    let metadata: HashMap<_, _> = metadata.into();
    let payment =
        json!({ "id": id, "status": status, "amount": form.get("amount"), "metadata": metadata });
    books.payments.insert(id, payment.clone());
    let answer = if status == "requires_payment_method" {
        let error = json!({ "error": { "code": "card_declined", "decline_code": "insufficient_funds", "payment_intent": payment } });
        (StatusCode::PAYMENT_REQUIRED, error)
    } else {
        (StatusCode::OK, payment)
    };
    books.answers.insert(key.to_owned(), answer.clone());
    (answer.0, Json(answer.1))
}

async fn payment(State(books): Shared, Path(id): Path<String>) -> Answer {
    let missing = || json!({ "error": { "code": "resource_missing", "param": "intent" } });
    let found = books.lock().unwrap_or_else(PoisonError::into_inner).payments.get(&id).cloned();
    found.map_or_else(
        || (StatusCode::NOT_FOUND, Json(missing())),
        |payment| (StatusCode::OK, Json(payment)),
    )
}

async fn refund(State(books): Shared, Form(form): Form<HashMap<String, String>>) -> Answer {
    let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
    let payment = form.get("payment_intent").cloned().unwrap_or_default();
    if books.refunds.contains_key(&payment) {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": { "code": "charge_already_refunded" } })),
        );
    }
    let refund = json!({ "id": format!("re_{payment}"), "status": "succeeded" });
    books.refunds.insert(payment, refund.clone());
    (StatusCode::OK, Json(refund))
}

async fn refunds(
    State(books): Shared,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let books = books.lock().unwrap_or_else(PoisonError::into_inner);
    let found = query.get("payment_intent").and_then(|payment| books.refunds.get(payment));
    Json(json!({ "data": found.into_iter().collect::<Vec<_>>() }))
}

async fn till() -> Result<Till<StripeGateway>, Box<dyn Error>> {
    let gateway = StripeGateway::new(partner("gateway", serve(stripe()).await?, "sk_test").await?);
    let token = domain::ids::PaymentMethodToken::parse;
    Ok(Till {
        gateway,
        good: token("pm_card_visa")?,
        bad: token("pm_card_declined")?,
        slow: token("pm_sepa_debit")?,
    })
}

macro_rules! at_a_gateway_with_keys {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            $(
                #[tokio::test]
                async fn $check() -> super::Outcome {
                    testkit::contract::$suite::$check(&super::till().await?).await
                }
            )+
        }
    };
}

testkit::gateway!(at_a_gateway_with_keys);
