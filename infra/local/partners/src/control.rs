//! What people and tests ask of the partners behind the callers' backs. `GET /_control` lists it.

use crate::answer::Fault;
use crate::behaviour::Behaviour;
use crate::delivery::try_webhook;
use crate::factory;
use crate::ledger::Ledger;
use crate::order::Milestone;
use crate::request::Body;
use crate::webhook::{Told, Webhook};
use crate::world::World;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Operation, what it does, the rest of its curl.
const OPERATIONS: [(&str, &str, &str); 9] = [
    (
        "POST /_control/webhook-url",
        "where the factory's webhooks go",
        r#"-d '{"url":"http://127.0.0.1:3000/webhooks/factory"}'"#,
    ),
    (
        "POST /_control/behaviours",
        "what a partner does with its next POST calls: refuse (422, reason), pending (202), error (500), slow (acts, answers \
         delay_ms late), lose_answer (acts, then closes the connection); times 1, and any sale, unless told; queued",
        r#"-d '{"partner":"factory","behaviour":"refuse","times":1,"reason":"no capacity","reference":"SALE"}'"#,
    ),
    ("GET /_control/behaviours", "the behaviours that still wait for their calls", ""),
    (
        "DELETE /_control/behaviours/{reference}",
        "takes back those that wait for this sale's calls",
        "-X DELETE",
    ),
    (
        "POST /_control/orders/{order_id}/advance",
        "takes an order on, to a milestone or by one step, with a webhook for each that it passes",
        r#"-d '{"to":"AtDealership"}'"#,
    ),
    (
        "POST /_control/orders/{order_id}/webhooks",
        "sends a webhook once or in copies, whatever the order's status, also Cancelled and QualityHold, with another estimate if told; \
         answers each try",
        r#"-d '{"status":"QualityCheck","copies":2}'"#,
    ),
    (
        "POST /_control/pace",
        "orders, or one sale's, advance by themselves every so many milliseconds; null stops them",
        r#"-d '{"ms":2000,"reference":"SALE"}'"#,
    ),
    ("GET /_control/orders", "the orders", ""),
    (
        "GET /_control/ledger",
        "what the partners saw and did: orders, registrations, webhooks with their tries, calls",
        "",
    ),
];

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/", get(index))
        .route("/webhook-url", post(direct_webhooks))
        .route("/behaviours", post(queue_behaviour).get(behaviours))
        .route("/behaviours/{reference}", delete(withdraw_behaviours))
        .route("/orders", get(orders))
        .route("/orders/{order_id}/advance", post(advance))
        .route("/orders/{order_id}/webhooks", post(send_webhook))
        .route("/pace", post(set_pace))
        .route("/ledger", get(ledger))
}

async fn index(State(world): State<Arc<World>>) -> Json<Value> {
    let operations = OPERATIONS.map(|(operation, what, rest)| {
        let path = operation.split_once(' ').map_or(operation, |(_, path)| path);
        let example = format!("curl {}{path} {rest}", world.url).trim_end().to_owned();
        json!({ "operation": operation, "what": what, "example": example })
    });
    Json(json!({ "operations": operations }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookUrl {
    url: String,
}

async fn direct_webhooks(
    State(world): State<Arc<World>>,
    Body(WebhookUrl { url }): Body<WebhookUrl>,
) -> StatusCode {
    world.postman.direct(url);
    StatusCode::NO_CONTENT
}

async fn queue_behaviour(
    State(world): State<Arc<World>>,
    Body(behaviour): Body<Behaviour>,
) -> StatusCode {
    world.behaviours().push(behaviour);
    StatusCode::NO_CONTENT
}

async fn withdraw_behaviours(
    State(world): State<Arc<World>>,
    Path(reference): Path<String>,
) -> StatusCode {
    world.behaviours().retain(|behaviour| !behaviour.is_for(&reference));
    StatusCode::NO_CONTENT
}

async fn behaviours(State(world): State<Arc<World>>) -> Json<Value> {
    Json(json!({ "behaviours": *world.behaviours() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pace {
    ms: Option<u64>,
    reference: Option<String>,
}

async fn set_pace(
    State(world): State<Arc<World>>,
    Body(Pace { ms, reference }): Body<Pace>,
) -> StatusCode {
    world.pace.send_modify(|pace| pace.set(ms, reference));
    StatusCode::NO_CONTENT
}

async fn orders(State(world): State<Arc<World>>) -> Json<Value> {
    Json(json!({ "orders": world.ledger().orders }))
}

async fn ledger(State(world): State<Arc<World>>) -> Response {
    Json(&*world.ledger()).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    to: Option<Milestone>,
}

async fn advance(
    State(world): State<Arc<World>>,
    Path(order_id): Path<String>,
    Body(Advance { to }): Body<Advance>,
) -> Result<Json<Value>, Fault> {
    factory::advance(&world, &order_id, to)
        .map(|order| Json(order.report()))
        .ok_or(Fault::Unknown("order"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendWebhook {
    status: Told,
    #[serde(default = "one")]
    copies: u32,
    /// Instead of what the order would tell at this status.
    vehicle_id: Option<String>,
    /// What the factory expects from now on, and why.
    estimated_delivery: Option<Date>,
    reason: Option<String>,
}

fn one() -> u32 {
    1
}

async fn send_webhook(
    State(world): State<Arc<World>>,
    Path(order_id): Path<String>,
    Body(SendWebhook { status, copies, vehicle_id, estimated_delivery, reason }): Body<SendWebhook>,
) -> Result<Json<Value>, Fault> {
    if !world.postman.is_directed() {
        return Err(Fault::Conflict("no webhook URL is set yet"));
    }
    let place = {
        let mut ledger = world.ledger();
        let Ledger { orders, webhooks, .. } = &mut *ledger;
        let order = orders.iter_mut().find(|order| order.id == order_id);
        let order = order.ok_or(Fault::Unknown("order"))?;
        order.estimated_delivery = estimated_delivery.unwrap_or(order.estimated_delivery);
        let vehicle_id = vehicle_id.as_deref().or(order.vehicle_at(status.milestone()));
        let reason = reason.as_deref();
        let webhook = Webhook::new(world.serial(), order, status, vehicle_id, reason);
        webhooks.push(webhook);
        webhooks.len() - 1
    };
    for _ in 0..copies {
        try_webhook(&world, place).await;
    }
    Ok(Json(json!(world.ledger().webhooks.get(place))))
}
