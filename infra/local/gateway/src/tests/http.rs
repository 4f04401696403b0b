//! What only HTTP shows: webhooks, pages, control calls, books that outlive the process.

use crate::delivery::{client, signature};
use crate::server::{Gateway, Settings};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

/// A receiver of webhooks, which refuses the first so many.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Inbox>>);

#[derive(Default)]
struct Inbox {
    refuses: usize,
    kinds: Vec<String>,
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    let mut inbox = receiver.0.lock().unwrap();
    if inbox.refuses > 0 {
        inbox.refuses -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let sent = headers["stripe-signature"].to_str().unwrap();
    let at = sent.strip_prefix("t=").and_then(|rest| rest.split(',').next()).unwrap();
    assert_eq!(signature("whsec_x", at.parse().unwrap(), &body).as_deref(), Some(sent));
    let event: Value = serde_json::from_str(&body).unwrap();
    inbox.kinds.push(event["type"].as_str().unwrap().to_owned());
    StatusCode::OK
}

impl Receiver {
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let routes = Router::new().route("/webhooks", post(take)).with_state(self.clone());
        tokio::spawn(async { axum::serve(listener, routes).await });
        url
    }

    /// Waits until so many have come.
    async fn kinds(&self, number: usize) -> Vec<String> {
        for _ in 0..500 {
            let kinds = self.0.lock().unwrap().kinds.clone();
            if kinds.len() >= number {
                return kinds;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no {number} webhooks came: {:?}", self.0.lock().unwrap().kinds);
    }
}

fn settings() -> Settings {
    Settings {
        port: 0,
        key: "sk_test_local".to_owned(),
        books: None,
        debit_seconds: 0.05,
        api_version: "2026-08-26.dahlia".to_owned(),
    }
}

struct Caller(Client, String);

impl Caller {
    fn new(gateway: &Gateway) -> Self {
        Self(client().unwrap(), gateway.url().to_owned())
    }

    async fn control(&self, path: &str, body: &Value) -> Value {
        let answer = self.0.post(format!("{}{path}", self.1)).json(body).send().await.unwrap();
        let status = answer.status();
        let value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {value}");
        value
    }

    async fn pay(&self, method: &str) -> Value {
        let form = [
            ("amount", "100000"),
            ("currency", "eur"),
            ("payment_method", method),
            ("payment_method_types[0]", "card"),
            ("confirm", "true"),
            ("return_url", "https://portal.example/back"),
        ];
        let call = self.0.post(format!("{}/v1/payment_intents", self.1));
        call.bearer_auth("sk_test_local").form(&form).send().await.unwrap().json().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let call = self.0.get(format!("{}{path}", self.1)).basic_auth("sk_test_local", Some(""));
        call.send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn webhooks_are_signed_tried_again_and_in_order() {
    let gateway = Gateway::start(settings()).await.unwrap();
    let (caller, receiver) = (Caller::new(&gateway), Receiver::default());
    receiver.0.lock().unwrap().refuses = 2;
    let direction = json!({ "url": receiver.listen().await, "secret": "whsec_x" });
    caller.control("/_config/webhooks/caas", &direction).await;
    caller.pay("pm_card_visa").await;
    let paid = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"];
    assert_eq!(receiver.kinds(3).await, paid);
    caller.control("/_control/events/hold", &json!({})).await;
    caller.pay("pm_card_visa").await;
    caller.control("/_control/events/release", &json!({ "is_reversed": true })).await;
    let kinds = receiver.kinds(6).await;
    assert_eq!(kinds[3..], [paid[2], paid[1], paid[0]], "out of order, as asked");
    caller.control("/_control/events/repeat", &json!({ "last": 2 })).await;
    assert_eq!(receiver.kinds(8).await[6..], paid[1..]);
    let seen = caller.get("/_control/webhooks").await;
    assert_eq!(seen["tries"].as_array().unwrap().len(), 10, "two were refused");
}

#[tokio::test]
async fn books_outlive_the_process() {
    let file = std::env::temp_dir().join(format!("gateway-{}.json", std::process::id()));
    let kept = Settings { books: Some(file.clone()), ..settings() };
    let gateway = Gateway::start(kept.clone()).await.unwrap();
    let intent = Caller::new(&gateway).pay("pm_card_visa").await;
    drop(gateway);
    let gateway = Gateway::start(kept).await.unwrap();
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    assert_eq!(Caller::new(&gateway).get(&path).await, intent);
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn control_calls_move_money_and_the_books_say_so() {
    let gateway = Gateway::start(settings()).await.unwrap();
    let caller = Caller::new(&gateway);
    let intent = caller.pay("pm_card_visa").await;
    let id = intent["id"].as_str().unwrap();
    let refund = json!({ "amount": 5000 });
    caller.control(&format!("/_control/payments/{id}/refunds"), &refund).await;
    let dispute = json!({ "kind": "inquiry", "amount": 20000 });
    let dispute = caller.control(&format!("/_control/payments/{id}/disputes"), &dispute).await;
    let path = format!("/_control/disputes/{}", dispute["id"].as_str().unwrap());
    caller.control(&path, &json!({ "action": "escalate" })).await;
    caller.control(&path, &json!({ "action": "withdraw" })).await;
    let sums = caller.get(&format!("/_control/books/{id}")).await;
    assert_eq!(
        sums,
        json!({
            "captured": 100_000, "refunded": 5000, "disputed": 20_000, "fees": 3525,
            "net": 71_475,
        })
    );
    caller.control(&path, &json!({ "action": "win" })).await;
    let books = caller.get("/_control/books").await;
    assert_eq!(books["total"]["disputed"], 0);
    assert_eq!(books["balance_transactions"].as_array().unwrap().len(), 4);
    let operations = caller.get("/_control").await;
    assert!(operations["operations"].as_array().unwrap().len() > 10);
}

#[tokio::test]
async fn the_pages_speak_the_customer_s_language() {
    let gateway = Gateway::start(settings()).await.unwrap();
    let caller = Caller::new(&gateway);
    let intent = caller.pay("pm_card_authenticationRequired").await;
    let url = intent.pointer("/next_action/redirect_to_url/url").unwrap().as_str().unwrap();
    for (language, word) in [
        ("es-ES,es;q=0.9", "Confirmar el pago"),
        ("pt", "Confirmar o pagamento"),
        ("fr", "Confirmer le paiement"),
        ("de", "Zahlung bestätigen"),
        ("it", "Conferma il pagamento"),
        ("sv, en;q=0.5", "Confirm the payment"),
    ] {
        let call = caller.0.get(url).header("accept-language", language);
        let page = call.send().await.unwrap().text().await.unwrap();
        assert!(page.contains(word), "{language}: {page}");
        assert!(!page.contains("<script"));
    }
}
