//! The corporate token issuer: a key of this run, and a token for whoever asks, so that a test can
//! be anybody. How a browser logs in is beside it.

use crate::answer::Fault;
use crate::authorization;
use crate::keys::{AUDIENCE, Employee, LIFETIME, SigningKey};
use crate::request::Body;
use crate::world::World;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
        .merge(authorization::routes())
}

async fn discovery(State(world): State<Arc<World>>) -> Json<Value> {
    let url = &world.issuer.url;
    Json(json!({
        "issuer": url,
        "jwks_uri": format!("{url}/jwks"),
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/oauth/token"),
        "end_session_endpoint": format!("{url}/end-session"),
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": ["authorization_code"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn jwks(State(world): State<Arc<World>>) -> Result<Json<Value>, Fault> {
    world.issuer.jwks().map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenBody {
    sub: String,
    roles: Vec<String>,
    dealership_id: String,
    country: String,
    /// Seconds; less than nothing makes a token that is over already.
    #[serde(default = "an_hour")]
    expires_in: i64,
    #[serde(default = "intranet")]
    audience: String,
    #[serde(default)]
    sign_with: SigningKey,
}

fn an_hour() -> i64 {
    LIFETIME
}

fn intranet() -> String {
    AUDIENCE.to_owned()
}

async fn token(
    State(world): State<Arc<World>>,
    Body(body): Body<TokenBody>,
) -> Result<Json<Value>, Fault> {
    let TokenBody { sub, roles, dealership_id, country, expires_in, audience, sign_with } = body;
    let employee = Employee { sub, roles, dealership_id, country };
    let claims = world.issuer.claims(&employee, &audience, expires_in);
    let access_token = world.issuer.sign(&claims, sign_with)?;
    Ok(Json(
        json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": expires_in }),
    ))
}
