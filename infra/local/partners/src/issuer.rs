//! The corporate token issuer: a key of this run, and a token for whoever asks, so that a test can
//! be anybody.

use crate::World;
use crate::call::{Body, Fault};
use crate::ledger::now;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use getrandom::SysRng;
use rsa::PrivateKey;
use rsa::sha2::{Digest, Sha256};
use rsa::traits::PublicKeyParts;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

const KEY_BITS: usize = 2048;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
}

/// Drawn when it is first wanted: that takes a while, and most runs of the tests want no tokens.
type Key = LazyLock<rsa::Result<PrivateKey>>;

/// The issuer's name and keys.
pub(crate) struct Issuer {
    url: String,
    published: Key,
    /// In no JWKS.
    other: Key,
}

impl Issuer {
    /// The issuer of the server at this address.
    pub(crate) fn new(server: &str) -> Self {
        let draw = || PrivateKey::new(&mut SysRng, KEY_BITS);
        Self { url: format!("{server}/issuer"), published: Key::new(draw), other: Key::new(draw) }
    }

    /// A JWT (RFC 7519), RS256. A key that isn't published signs in the published one's name, as a
    /// forger's would.
    fn sign(&self, claims: &Value, with: SigningKey) -> Result<String, Fault> {
        let key = match with {
            SigningKey::Published => drawn(&self.published)?,
            SigningKey::OtherKey => drawn(&self.other)?,
        };
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": kid(drawn(&self.published)?) });
        let signed = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature =
            key.pkcs1v15_sign::<Sha256>(signed.as_bytes()).map_err(|_| Fault::Failed)?;
        Ok(format!("{signed}.{}", base64url(signature)))
    }
}

fn drawn(key: &Key) -> Result<&PrivateKey, Fault> {
    key.as_ref().map_err(|_| Fault::Failed)
}

fn kid(key: &PrivateKey) -> String {
    base64url(Sha256::digest(key.n_bytes()))
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn discovery(State(world): State<Arc<World>>) -> Json<Value> {
    let url = &world.issuer.url;
    Json(json!({
        "issuer": url,
        "jwks_uri": format!("{url}/jwks"),
        "token_endpoint": format!("{url}/token"),
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

/// The public half of the published key (RFC 7517).
async fn jwks(State(world): State<Arc<World>>) -> Result<Json<Value>, Fault> {
    let key = drawn(&world.issuer.published)?;
    let (n, e) = (base64url(key.n_bytes()), base64url(key.e_bytes()));
    Ok(Json(
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid(key), "n": n, "e": e }] }),
    ))
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

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SigningKey {
    #[default]
    Published,
    OtherKey,
}

fn an_hour() -> i64 {
    3600
}

fn intranet() -> String {
    "caas-intranet".to_owned()
}

async fn token(
    State(world): State<Arc<World>>,
    Body(body): Body<TokenBody>,
) -> Result<Json<Value>, Fault> {
    let TokenBody { sub, roles, dealership_id, country, expires_in, audience, sign_with } = body;
    let from = now().as_second();
    let claims = json!({
        "iss": world.issuer.url, "sub": sub, "aud": audience,
        "iat": from, "nbf": from, "exp": from.saturating_add(expires_in),
        "roles": roles, "dealership_id": dealership_id, "country": country,
    });
    let access_token = world.issuer.sign(&claims, sign_with)?;
    Ok(Json(
        json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": expires_in }),
    ))
}
