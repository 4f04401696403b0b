use super::*;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Method, RequestBuilder};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

const SALE: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const MILESTONES: [&str; 6] = [
    "InProduction",
    "QualityCheck",
    "ReadyForShipment",
    "InTransit",
    "AtDealership",
    "AvailableForCustomer",
];

/// The partners, and a caller of theirs.
struct Local {
    partners: Partners,
    client: Client,
}

/// Status and body; `None` without an answer.
type Answer = Option<(u16, Value)>;

impl Local {
    async fn start() -> Self {
        let settings = Settings {
            port: 0,
            webhook_url: None,
            factory_key: "f".to_owned(),
            registry_key: "r".to_owned(),
            factory_webhook_secret: SECRET.to_owned(),
            pace_ms: None,
            mails_url: None,
        };
        let partners = Partners::start(settings).await.unwrap();
        Self { partners, client: Client::builder().no_proxy().build().unwrap() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.partners.url()))
    }

    async fn get(&self, path: &str) -> Value {
        answer(self.request(Method::GET, path).bearer_auth("f")).await.unwrap().1
    }

    async fn order(&self, key: &str, body: &Value) -> Answer {
        answer(
            self.request(Method::POST, "/factory/orders")
                .bearer_auth("f")
                .header("idempotency-key", key)
                .json(body),
        )
        .await
    }

    /// An order whose id is all that matters.
    async fn some_order(&self) -> String {
        self.order(SALE, &order()).await.unwrap().1["order_id"].as_str().unwrap().to_owned()
    }

    async fn register(&self, country: &str, key: &str) -> Answer {
        let owner = json!({ "full_name": "Ana", "address": { "city": "Madrid" } });
        let documents = json!([{ "kind": "identity", "sha256": "ab".repeat(32) }]);
        let body = json!({ "vehicle_id": "VCA00000000000001", "dealership_id": "MAD-01", "owner": owner, "documents": documents });
        let request = self.request(Method::POST, &format!("/registry/{country}/registrations"));
        answer(request.bearer_auth("r").header("idempotency-key", key).json(&body)).await
    }

    async fn control(&self, path: &str, body: Value) -> Value {
        let (status, body) =
            answer(self.request(Method::POST, &format!("/_control{path}")).json(&body))
                .await
                .unwrap();
        assert!((200..300).contains(&status), "{path}: {status} {body}");
        body
    }

    async fn ledger(&self) -> Value {
        self.get("/_control/ledger").await
    }

    /// The ledger, once it is as wanted.
    async fn ledger_when(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let wait = async {
            loop {
                let ledger = self.ledger().await;
                if wanted(&ledger) {
                    return ledger;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait)
            .await
            .expect("the ledger is not as wanted in time")
    }
}

async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.ok()?;
    Some((response.status().as_u16(), response.json().await.unwrap_or_default()))
}

fn order() -> Value {
    json!({
        "customer_id": "01936d3c-0000-7000-8000-000000000001", "base_platform": "ATLAS", "options": ["RED"],
        "delivery_location": { "dealership_id": "MAD-01" }, "order_date": "2026-03-02T23:30:00Z",
    })
}

/// What a receiver of webhooks got, each with a signature that fits; it answers what is left of its
/// plan, then 200.
#[derive(Default)]
struct Inbox {
    received: Mutex<Vec<(String, Value)>>,
    plan: Mutex<Vec<StatusCode>>,
}

impl Inbox {
    async fn start(plan: &[StatusCode]) -> (String, Arc<Self>) {
        let inbox = Arc::new(Self {
            plan: Mutex::new(plan.iter().rev().copied().collect()),
            ..Self::default()
        });
        let routes = Router::new().route("/", post(receive)).with_state(Arc::clone(&inbox));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (url, inbox)
    }

    fn received(&self) -> Vec<(String, Value)> {
        self.received.lock().unwrap().clone()
    }
}

async fn receive(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if standardwebhooks::Webhook::new(SECRET).unwrap().verify(&body, &headers).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    inbox.received.lock().unwrap().push((id, serde_json::from_slice(&body).unwrap()));
    inbox.plan.lock().unwrap().pop().unwrap_or(StatusCode::OK)
}

fn statuses(received: &[(String, Value)]) -> Vec<&str> {
    received.iter().map(|(_, body)| body["data"]["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_order_is_placed_once() {
    let local = Local::start().await;
    let first = local.order(SALE, &order()).await.unwrap();
    assert_eq!((first.0, first.1["estimated_delivery"].as_str()), (200, Some("2026-05-31")));
    assert_eq!(local.order(SALE, &order()).await.unwrap(), first);

    let mut changed = order();
    changed["order_date"] = json!("2026-03-02T23:30:01Z");
    assert_eq!(local.order(SALE, &changed).await.unwrap().0, 409);

    let ledger = local.ledger().await;
    assert_eq!(ledger["orders"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&ledger["orders"][0]["reference"], &ledger["orders"][0]["calls"]),
        (&json!(SALE), &json!(3))
    );
    let id = first.1["order_id"].as_str().unwrap();
    let report = json!({
        "order_id": id, "reference": SALE, "status": null, "vehicle_id": null, "estimated_delivery": "2026-05-31",
    });
    assert_eq!(local.get(&format!("/factory/orders/{id}")).await, report);
    assert_eq!(
        local.get(&format!("/factory/orders?reference={SALE}")).await,
        json!({ "orders": [report] })
    );
    assert_eq!(local.get("/factory/orders?reference=another").await, json!({ "orders": [] }));
    assert_eq!(local.get("/factory/orders/F-1").await, json!({ "error": "unknown order" }));
}

#[tokio::test]
async fn a_call_that_is_not_as_agreed_is_told_why() {
    let local = Local::start().await;
    let post =
        |key: &str| local.request(Method::POST, "/factory/orders").bearer_auth(key).json(&order());
    assert_eq!(answer(post("r").header("idempotency-key", SALE)).await.unwrap().0, 401);
    assert_eq!(answer(post("f")).await.unwrap().0, 400);
    for (field, change) in
        [("options", None), ("colour", Some(json!("red"))), ("order_date", Some(json!("soon")))]
    {
        let mut body = order();
        match change {
            Some(value) => body[field] = value,
            None => drop(body.as_object_mut().unwrap().remove(field)),
        }
        let (status, body) = local.order(SALE, &body).await.unwrap();
        assert!(
            status == 400 && body["error"].as_str().unwrap().contains(field),
            "{status} {body}"
        );
    }
    let ledger = local.ledger().await;
    let calls: Vec<_> = ledger["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| (&call["operation"], &call["http_status"]))
        .collect();
    let call = json!("POST /factory/orders");
    assert_eq!(
        calls,
        [401, 400, 400, 400, 400]
            .map(Value::from)
            .iter()
            .map(|status| (&call, status))
            .collect::<Vec<_>>()
    );
    assert_eq!(ledger["orders"], json!([]));
}

#[tokio::test]
async fn a_refusal_gives_its_reason() {
    let local = Local::start().await;
    let mut unbuildable = order();
    unbuildable["base_platform"] = json!(factory::UNBUILDABLE);
    assert_eq!(local.order(SALE, &unbuildable).await.unwrap().0, 422);

    local.control("/behaviours", json!({ "partner": "factory", "behaviour": "refuse", "reason": "full", "reference": SALE })).await;
    assert_eq!(local.order("another", &order()).await.unwrap().0, 200);
    assert_eq!(local.order(SALE, &order()).await.unwrap(), (422, json!({ "reason": "full" })));
    assert_eq!(local.order(SALE, &order()).await.unwrap().0, 200);
}

#[tokio::test]
async fn behaviours_come_in_turn() {
    let local = Local::start().await;
    local
        .control("/behaviours", json!({ "partner": "factory", "behaviour": "error", "times": 2 }))
        .await;
    local
        .control("/behaviours", json!({ "partner": "factory", "behaviour": "slow", "delay_ms": 1 }))
        .await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(local.order(SALE, &order()).await.unwrap().0);
    }
    assert_eq!(answers, [500, 500, 200]);
    assert_eq!(local.get("/_control/behaviours").await, json!({ "behaviours": [] }));
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_placed_all_the_same() {
    let local = Local::start().await;
    local.control("/behaviours", json!({ "partner": "factory", "behaviour": "lose_answer" })).await;
    assert_eq!(local.order(SALE, &order()).await, None);
    let again = local.order(SALE, &order()).await.unwrap();
    let ledger = local.ledger().await;
    assert_eq!(
        (&ledger["orders"][0]["order_id"], &ledger["orders"][0]["calls"]),
        (&again.1["order_id"], &json!(2))
    );
    assert_eq!(
        (&ledger["calls"][0]["http_status"], &ledger["calls"][1]["http_status"]),
        (&json!(null), &json!(200))
    );
}

#[tokio::test]
async fn milestones_are_told_in_order_and_signed() {
    let local = Local::start().await;
    let order_id = local.some_order().await;
    let advanced =
        local.control(&format!("/orders/{order_id}/advance"), json!({ "to": "InTransit" })).await;
    assert_eq!((&advanced["status"], &advanced["vehicle_id"]), (&json!("InTransit"), &json!(null)));

    // Only now is there somewhere to go.
    let (url, inbox) = Inbox::start(&[]).await;
    local.control("/webhook-url", json!({ "url": url })).await;
    let advanced = local.control(&format!("/orders/{order_id}/advance"), json!({})).await;
    let vin = advanced["vehicle_id"].as_str().unwrap();
    assert!(
        vin.len() == 17
            && vin
                .chars()
                .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase() && !"IOQ".contains(c)),
        "{vin}"
    );
    local.control(&format!("/orders/{order_id}/advance"), json!({})).await;

    local.ledger_when(|ledger| ledger.pointer("/webhooks/5/tries/0").is_some()).await;
    let received = inbox.received();
    assert_eq!(statuses(&received), MILESTONES);
    assert_eq!(received.iter().map(|(id, _)| id).collect::<HashSet<_>>().len(), 6);
    for (number, (_, body)) in received.iter().enumerate() {
        let data = &body["data"];
        assert_eq!(
            (&body["type"], &data["order_id"]),
            (&json!("order.status_changed"), &json!(order_id))
        );
        assert_eq!(
            (&data["reference"], &data["estimated_delivery"]),
            (&json!(SALE), &json!("2026-05-31"))
        );
        assert_eq!(data.get("vehicle_id").and_then(Value::as_str), (number >= 4).then_some(vin));
    }
}

#[tokio::test]
async fn a_webhook_is_tried_until_it_is_taken() {
    let local = Local::start().await;
    let (url, inbox) = Inbox::start(&[StatusCode::INTERNAL_SERVER_ERROR]).await;
    local.control("/webhook-url", json!({ "url": url })).await;
    let order_id = local.some_order().await;
    local.control(&format!("/orders/{order_id}/advance"), json!({ "to": "QualityCheck" })).await;
    let ledger = local.ledger_when(|ledger| ledger.pointer("/webhooks/1/tries/0").is_some()).await;
    let tries: Vec<_> = ledger["webhooks"][0]["tries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|done| &done["http_status"])
        .collect();
    assert_eq!(tries, [500, 200]);
    let received = inbox.received();
    assert_eq!(statuses(&received), ["InProduction", "InProduction", "QualityCheck"]);
    assert_eq!(received[0], received[1]);
}

#[tokio::test]
async fn webhooks_are_sent_as_told() {
    let local = Local::start().await;
    let (url, inbox) = Inbox::start(&[StatusCode::OK, StatusCode::CONFLICT]).await;
    local.control("/webhook-url", json!({ "url": url })).await;
    let order_id = local.some_order().await;
    let sent = local
        .control(
            &format!("/orders/{order_id}/webhooks"),
            json!({ "status": "AtDealership", "copies": 2 }),
        )
        .await;
    assert_eq!(
        (&sent["tries"][0]["http_status"], &sent["tries"][1]["http_status"]),
        (&json!(200), &json!(409))
    );
    let [(first, body), (second, _)] = &inbox.received()[..] else { panic!("not two") };
    assert!(first == second && body["data"]["vehicle_id"].is_string());
    assert_eq!(local.get(&format!("/factory/orders/{order_id}")).await["status"], json!(null));
}

#[tokio::test]
async fn an_order_keeps_its_own_pace() {
    let local = Local::start().await;
    let (url, inbox) = Inbox::start(&[]).await;
    local.control("/webhook-url", json!({ "url": url })).await;
    local.control("/pace", json!({ "ms": 1, "reference": SALE })).await;
    local.some_order().await;
    local.order("another", &order()).await.unwrap();
    local.ledger_when(|ledger| ledger.pointer("/webhooks/5/tries/0").is_some()).await;
    assert_eq!(statuses(&inbox.received()), MILESTONES);

    local.control("/pace", json!({ "ms": 1 })).await;
    let ledger = local.ledger_when(|ledger| ledger["orders"][1]["status"] == MILESTONES[5]).await;
    assert_eq!(ledger["orders"][1]["reference"], "another");
}

#[tokio::test]
async fn a_plate_has_its_country_s_form() {
    let local = Local::start().await;
    for (country, form) in [
        ("ES", "0000 AAA"),
        ("PT", "AA-00-AA"),
        ("FR", "AA-000-AA"),
        ("DE", "A-AA 0000"),
        ("IT", "AA 000 AA"),
    ] {
        let (status, registration) = local.register(country, SALE).await.unwrap();
        let plate = registration["plate"].as_str().unwrap();
        let shape: String = plate
            .chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    '0'
                } else if c.is_ascii_uppercase() {
                    'A'
                } else {
                    c
                }
            })
            .collect();
        assert_eq!((status, shape.as_str()), (201, form), "{plate}");
        assert!(country != "ES" || !plate.contains(['A', 'E', 'I', 'O', 'U', 'Q']), "{plate}");
        assert_eq!(local.register(country, SALE).await.unwrap().1, registration);
        assert_ne!(local.register(country, "another").await.unwrap().1["plate"], plate);
    }
    assert_eq!(
        local.register("XX", SALE).await.unwrap(),
        (404, json!({ "error": "unknown country" }))
    );
}

#[tokio::test]
async fn a_registration_can_take_its_time() {
    let local = Local::start().await;
    local
        .control(
            "/behaviours",
            json!({ "partner": "registry", "behaviour": "pending", "times": 2 }),
        )
        .await;
    local
        .control("/behaviours", json!({ "partner": "registry", "behaviour": "lose_answer" }))
        .await;
    for _ in 0..2 {
        assert_eq!(
            local.register("ES", SALE).await.unwrap(),
            (202, json!({ "status": "pending" }))
        );
    }
    assert_eq!(local.register("ES", SALE).await, None);
    let (status, registration) = local.register("ES", SALE).await.unwrap();
    let ledger = local.ledger().await;
    assert_eq!((status, ledger["registrations"].as_array().unwrap().len()), (201, 1));
    assert_eq!(ledger["registrations"][0]["plate"], registration["plate"]);
}

#[tokio::test]
async fn a_token_verifies_unless_another_key_signed_it() {
    let local = Local::start().await;
    let discovery = local.get("/issuer/.well-known/openid-configuration").await;
    let jwks_path =
        discovery["jwks_uri"].as_str().unwrap().strip_prefix(local.partners.url()).unwrap();
    let key = local.get(jwks_path).await["keys"][0].clone();
    for (with, good) in [("published", true), ("other_key", false)] {
        let body = json!({ "sub": "e-17", "roles": ["sales"], "dealership_id": "MAD-01", "country": "ES", "sign_with": with });
        let (status, token) =
            answer(local.request(Method::POST, "/issuer/token").json(&body)).await.unwrap();
        assert_eq!((status, &token["expires_in"]), (200, &json!(3600)));
        let [header, claims, signature] =
            token["access_token"].as_str().unwrap().split('.').collect::<Vec<_>>()[..]
        else {
            panic!("not three parts")
        };
        let public = RsaPublicKeyComponents {
            n: bytes(key["n"].as_str().unwrap()),
            e: bytes(key["e"].as_str().unwrap()),
        };
        let verdict = public.verify(
            &RSA_PKCS1_2048_8192_SHA256,
            format!("{header}.{claims}").as_bytes(),
            &bytes(signature),
        );
        assert_eq!(verdict.is_ok(), good);

        let (header, claims): (Value, Value) = (
            serde_json::from_slice(&bytes(header)).unwrap(),
            serde_json::from_slice(&bytes(claims)).unwrap(),
        );
        assert_eq!((&header["alg"], &header["kid"]), (&json!("RS256"), &key["kid"]));
        assert_eq!(
            (&claims["iss"], &claims["aud"]),
            (&discovery["issuer"], &json!("caas-intranet"))
        );
        assert_eq!((&claims["roles"], &claims["sub"]), (&json!(["sales"]), &json!("e-17")));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    }
}

fn bytes(base64url: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(base64url).unwrap()
}

#[tokio::test]
async fn the_index_lists_what_control_answers() {
    let local = Local::start().await;
    let index = local.get("/_control").await;
    for operation in index["operations"].as_array().unwrap() {
        let (method, path) = operation["operation"].as_str().unwrap().split_once(' ').unwrap();
        let known = answer(local.request(method.parse().unwrap(), path)).await.unwrap();
        assert!(known.0 != 405 && known != (404, Value::Null), "{operation}");
        assert!(operation["example"].as_str().unwrap().starts_with("curl http://127.0.0.1:"));
    }
}
