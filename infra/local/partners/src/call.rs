//! What every call to a partner goes through: the ledger, the partner's key, the behaviours that
//! were asked for.

use crate::answer::{About, Fault, Lost};
use crate::behaviour::{Kind, next_behaviour};
use crate::clock::now;
use crate::ledger::Call;
use crate::partner::Partner;
use crate::request::idempotency_key;
use crate::world::World;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::json;
use std::sync::Arc;

#[derive(Clone)]
struct Desk {
    world: Arc<World>,
    partner: Partner,
}

/// Notes each call, then checks its key, then lets a behaviour that waits for it act.
pub(crate) fn guard(
    routes: Router<Arc<World>>,
    partner: Partner,
    world: &Arc<World>,
) -> Router<Arc<World>> {
    let desk = Desk { world: Arc::clone(world), partner };
    routes
        .route_layer(from_fn_with_state(desk.clone(), behave))
        .route_layer(from_fn_with_state(desk.clone(), authorize))
        .route_layer(from_fn_with_state(desk, note))
}

async fn note(
    State(Desk { world, partner }): State<Desk>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let operation = format!("{} {}", request.method(), path.as_str());
    let reference = idempotency_key(request.headers()).map(str::to_owned);
    let number =
        world.ledger().note(Call { partner, operation, reference, http_status: None, at: now() });
    let response = next.run(request).await;
    if let Some(call) = world.ledger().calls.get_mut(number) {
        call.http_status = (!Lost::is(&response)).then_some(response.status().as_u16());
        if let Some(About(reference)) = response.extensions().get() {
            call.reference = Some(reference.clone());
        }
    }
    response
}

async fn authorize(
    State(Desk { world, partner }): State<Desk>,
    request: Request,
    next: Next,
) -> Response {
    let wanted = match partner {
        Partner::Factory => &world.factory_key,
        Partner::Registry => &world.registry_key,
        Partner::Issuer => return next.run(request).await,
    };
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if sent.and_then(|value| value.strip_prefix("Bearer ")) == Some(wanted) {
        next.run(request).await
    } else {
        Fault::Unauthorized.into_response()
    }
}

async fn behave(
    State(Desk { world, partner }): State<Desk>,
    request: Request,
    next: Next,
) -> Response {
    let behaviour = idempotency_key(request.headers())
        .and_then(|key| next_behaviour(&mut world.behaviours(), partner, key));
    match behaviour {
        None => next.run(request).await,
        Some(Kind::Refuse(reason)) => Fault::Refused(reason).into_response(),
        Some(Kind::Pending) => {
            (StatusCode::ACCEPTED, Json(json!({ "status": "pending" }))).into_response()
        }
        Some(Kind::Error) => Fault::Failed.into_response(),
        Some(Kind::Slow(delay)) => {
            let response = next.run(request).await;
            tokio::time::sleep(delay).await;
            response
        }
        Some(Kind::LoseAnswer) => {
            let mut response = next.run(request).await;
            response.extensions_mut().insert(Lost);
            response
        }
    }
}
