//! What every call to a partner goes through: the ledger, the partner's key, the behaviours that
//! were asked for.

use crate::World;
use crate::behaviour::{Kind, next_behaviour};
use crate::ledger::{Call, now};
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use std::sync::Arc;

/// Whom a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Partner {
    Factory,
    Registry,
    /// It takes no keys, and has no behaviours.
    #[serde(skip_deserializing)]
    Issuer,
}

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

fn idempotency_key(headers: &HeaderMap) -> Option<&str> {
    headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| !key.is_empty())
}

/// The partner acted, and the caller won't know: the connection closes without an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lost;

impl Lost {
    pub(crate) fn is(response: &Response) -> bool {
        response.extensions().get::<Self>().is_some()
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer is lost")
    }
}

impl std::error::Error for Lost {}

/// Goes along with an answer: the sale that the call turned out to be about.
#[derive(Clone)]
pub(crate) struct About(pub(crate) String);

/// The `Idempotency-Key` header.
pub(crate) struct Key(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let key = idempotency_key(&parts.headers)
            .ok_or_else(|| Fault::Invalid("the Idempotency-Key header is missing".to_owned()))?;
        Ok(Self(key.to_owned()))
    }
}

/// A JSON body; none stands for `{}`.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|fault| Fault::Invalid(fault.body_text()))?;
        let json: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(json).map(Self).map_err(|fault| Fault::Invalid(fault.to_string()))
    }
}

/// Why a call isn't answered with what it asks for.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Without the partner's key.
    Unauthorized,
    /// The request can't be read; the text names what is wrong.
    Invalid(String),
    /// There is no such thing.
    Unknown(&'static str),
    /// It contradicts what is known.
    Conflict(&'static str),
    /// A partner's no, for good.
    Refused(String),
    /// A partner's own trouble.
    Failed,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, json!({ "error": "not this partner's key" }))
            }
            Self::Invalid(what) => (StatusCode::BAD_REQUEST, json!({ "error": what })),
            Self::Unknown(what) => {
                (StatusCode::NOT_FOUND, json!({ "error": format!("unknown {what}") }))
            }
            Self::Conflict(what) => (StatusCode::CONFLICT, json!({ "error": what })),
            Self::Refused(reason) => {
                (StatusCode::UNPROCESSABLE_ENTITY, json!({ "reason": reason }))
            }
            Self::Failed => {
                (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "the partner failed" }))
            }
        };
        (status, Json(body)).into_response()
    }
}
