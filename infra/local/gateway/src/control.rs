//! What people and tests ask of the gateway behind the callers' backs. `GET /_control` lists it.

mod ask;
mod books;
mod events;
mod money;

use crate::world::World;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

/// Operation, what it does, its body.
const OPERATIONS: [(&str, &str, &str); 20] = [
    ("POST /_control/debits/{payment_intent}/settle", "a processing debit succeeds", "{}"),
    (
        "POST /_control/debits/{payment_intent}/fail",
        "a processing debit fails: insufficient_funds, account_closed, debit_not_authorized",
        r#"{"code":"insufficient_funds"}"#,
    ),
    (
        "POST /_control/debits/{payment_intent}/return",
        "the customer claims a debit back: a dispute that is lost at once",
        r#"{"amount":100000}"#,
    ),
    (
        "POST /_control/payments/{payment_intent}/disputes",
        "opens a dispute, or an inquiry, of all or an amount; is_withdrawn false keeps the money",
        r#"{"kind":"inquiry","amount":20000,"reason":"fraudulent","is_withdrawn":false}"#,
    ),
    (
        "POST /_control/disputes/{dispute}",
        "escalate (an inquiry needs a response), review, withdraw (the funds), win, lose, close",
        r#"{"action":"escalate"}"#,
    ),
    (
        "POST /_control/refunds/next",
        "what becomes of the next refunds: pending, succeeded, failed, requires_action",
        r#"{"status":"pending","times":1}"#,
    ),
    (
        "POST /_control/refunds/{refund}/settle",
        "a refund becomes succeeded, failed or canceled; one that succeeded can fail, too",
        r#"{"status":"failed","reason":"lost_or_stolen_card"}"#,
    ),
    (
        "POST /_control/payments/{payment_intent}/refunds",
        "a refund by hand, as in Stripe's Dashboard; all that is left, or an amount",
        r#"{"amount":10000,"reason":"requested_by_customer"}"#,
    ),
    (
        "POST /_control/transfers",
        "money comes to a customer's IBAN",
        r#"{"iban":"DE…","amount":1500000,"reference":null}"#,
    ),
    (
        "POST /_control/challenges/{payment_intent}",
        "answers a challenge, complete or fail; answers where the customer's browser would go",
        r#"{"outcome":"complete"}"#,
    ),
    ("POST /_control/sessions/{session}/expire", "a Checkout Session's time is over", "{}"),
    (
        "POST /_control/events/repeat",
        "sends the last events once more, or those of these ids",
        r#"{"last":1}"#,
    ),
    ("POST /_control/events/hold", "events wait from now on", "{}"),
    (
        "POST /_control/events/release",
        "sends what waits: reversed, or these ids first; false in hold ends the waiting",
        r#"{"is_reversed":true,"first":[],"hold":false}"#,
    ),
    ("POST /_control/clock", "moves the gateway's clock forward", r#"{"seconds":86400}"#),
    ("GET /_control/requests", "the parameters that calls had, by their operation", ""),
    ("GET /_control/books", "each line of the account, and the sums of each payment", ""),
    ("GET /_control/books/{payment_intent}", "the sums of one payment", ""),
    ("GET /_control/webhooks", "the endpoints, what they are still due, and each try", ""),
    (
        "POST /_config/webhooks/{name}",
        "an endpoint with a secret of the caller's; the same name again changes it",
        r#"{"url":"http://127.0.0.1:3000/webhooks/payments","secret":"whsec_x","events":["*"]}"#,
    ),
];

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/_control", get(index))
        .route("/_control/debits/{intent}/settle", post(money::settle_debit))
        .route("/_control/debits/{intent}/fail", post(money::fail_debit))
        .route("/_control/debits/{intent}/return", post(money::return_debit))
        .route("/_control/payments/{intent}/disputes", post(money::open_dispute))
        .route("/_control/disputes/{dispute}", post(money::move_dispute))
        .route("/_control/refunds/next", post(money::plan_refunds))
        .route("/_control/refunds/{refund}/settle", post(money::settle_refund))
        .route("/_control/payments/{intent}/refunds", post(money::refund_by_hand))
        .route("/_control/transfers", post(money::transfer))
        .route("/_control/challenges/{intent}", post(money::answer_challenge))
        .route("/_control/sessions/{session}/expire", post(money::expire_session))
        .route("/_control/events/repeat", post(events::repeat))
        .route("/_control/events/hold", post(events::hold))
        .route("/_control/events/release", post(events::release))
        .route("/_control/clock", post(events::move_clock))
        .route("/_control/webhooks", get(events::webhooks))
        .route("/_control/requests", get(books::requests))
        .route("/_control/books", get(books::all))
        .route("/_control/books/{intent}", get(books::of_payment))
        .route("/_config/webhooks/{name}", post(events::direct))
}

async fn index() -> Json<Value> {
    let operations = OPERATIONS.map(
        |(operation, what, body)| json!({ "operation": operation, "what": what, "body": body }),
    );
    Json(json!({ "operations": operations }))
}
