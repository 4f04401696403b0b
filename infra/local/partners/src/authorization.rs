//! The issuer's log-in page (`OpenID` Connect, code flow with PKCE): whoever is to be logged in is
//! chosen from a list, or written into a form. A code is good once, and for its own browser's
//! verifier alone.

use crate::answer::Fault;
use crate::grant::{Grant, Request};
use crate::keys::{AUDIENCE, Employee, LIFETIME, SigningKey};
use crate::world::World;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::sha2::{Digest, Sha256};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The people of the list: what each is called, their roles, dealership and country.
const PEOPLE: [(&str, &str, &str, &str, &str); 7] = [
    ("Sells in Madrid", "e-17", "sales", "MAD-01", "ES"),
    ("Manages in Madrid", "m-3", "sales dealership-manager", "MAD-01", "ES"),
    ("Audits in Madrid", "a-1", "auditor", "MAD-01", "ES"),
    ("Sells in Sevilla", "e-40", "sales", "SEV-01", "ES"),
    ("Manages in Lisboa", "m-8", "sales dealership-manager", "LIS-01", "PT"),
    ("Manages in Lyon", "m-9", "sales dealership-manager", "LYO-01", "FR"),
    ("Makes the plans", "p-1", "product", "HQ", "ES"),
];

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/authorize", get(page).post(choose))
        .route("/oauth/token", post(trade))
        .route("/end-session", get(end_session))
}

async fn page(Query(request): Query<Request>) -> Result<Html<String>, Fault> {
    request.check()?;
    let fields = serde_json::to_value(&request).unwrap_or_default();
    let hidden = |(name, value): (&String, &Value)| {
        let value = escaped(value.as_str().unwrap_or_default());
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
    };
    let hidden = fields.as_object().into_iter().flatten().map(hidden).collect::<Vec<_>>().concat();
    let person = |(name, sub, roles, dealership, country): (&str, &str, &str, &str, &str)| {
        format!(
            "<form method=\"post\">{hidden}<input type=\"hidden\" name=\"sub\" value=\"{sub}\"><input type=\"hidden\" name=\"roles\" \
             value=\"{roles}\"><input type=\"hidden\" name=\"dealership_id\" value=\"{dealership}\"><input type=\"hidden\" \
             name=\"country\" value=\"{country}\"><button id=\"{sub}\">{name} ({sub}, {dealership}: {roles})</button></form>"
        )
    };
    let people: String = PEOPLE.map(person).concat();
    let field =
        |name: &str| format!("<p><label>{name} <input name=\"{name}\" required></label></p>");
    let fields: String = ["sub", "roles", "dealership_id", "country"].map(field).concat();
    Ok(Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Corporate log-in</title><style>body{{font:1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}}\
         button{{font:inherit;padding:.6rem 1rem;margin:.2rem 0}}</style><h1>Corporate log-in</h1><p>The local issuer: be whoever \
         you like.</p>{people}<h2>Somebody else</h2><form method=\"post\">{hidden}{fields}<button>Log in</button></form></html>"
    )))
}

/// The text as it stands in HTML, also in an attribute.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[derive(Deserialize)]
struct Choice {
    #[serde(flatten)]
    request: Request,
    sub: String,
    /// Names, with blanks between them.
    roles: String,
    dealership_id: String,
    country: String,
}

async fn choose(
    State(world): State<Arc<World>>,
    Form(choice): Form<Choice>,
) -> Result<Redirect, Fault> {
    let Choice { request, sub, roles, dealership_id, country } = choice;
    request.check()?;
    let roles = roles.split_whitespace().map(str::to_owned).collect();
    let code = format!("code-{}", world.serial());
    let to = answer(&request, &code)?;
    let employee = Employee { sub, roles, dealership_id, country };
    world.grants().insert(code, Grant { request, employee });
    Ok(Redirect::to(&to))
}

fn answer(request: &Request, code: &str) -> Result<String, Fault> {
    let mut to = reqwest::Url::parse(&request.redirect_uri)
        .map_err(|fault| Fault::Invalid(fault.to_string()))?;
    to.query_pairs_mut().append_pair("code", code).append_pair("state", &request.state);
    Ok(to.to_string())
}

#[derive(Deserialize)]
struct Trade {
    grant_type: String,
    code: String,
    redirect_uri: String,
    client_id: String,
    code_verifier: String,
}

/// The code's tokens. What doesn't fit is refused as RFC 6749 says, section 5.2.
async fn trade(
    State(world): State<Arc<World>>,
    Form(trade): Form<Trade>,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let grant = world.grants().remove(&trade.code);
    let fits = |Grant { request, .. }: &Grant| {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(trade.code_verifier.as_bytes()));
        trade.grant_type == "authorization_code"
            && request.redirect_uri == trade.redirect_uri
            && request.client_id == trade.client_id
            && request.code_challenge == challenge
    };
    let no = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    let grant = grant.filter(fits).ok_or_else(|| no("invalid_grant"))?;
    let sign = |claims: &Value| {
        // The key is made here.
        world.issuer.sign(claims, SigningKey::Published).map_err(|_| no("server_error"))
    };
    let access_token = sign(&world.issuer.claims(&grant.employee, AUDIENCE, LIFETIME))?;
    let mut claims = world.issuer.claims(&grant.employee, &trade.client_id, LIFETIME);
    if let Some(claims) = claims.as_object_mut() {
        // The left half of the token's hash (OpenID Connect Core, section 3.1.3.6).
        let hash = Sha256::digest(access_token.as_bytes());
        let half = URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default());
        claims.insert("at_hash".to_owned(), json!(half));
        claims.insert("nonce".to_owned(), json!(grant.request.nonce));
    }
    let id_token = sign(&claims)?;
    Ok(Json(json!({
        "access_token": access_token, "id_token": id_token, "token_type": "Bearer",
        "expires_in": LIFETIME,
    })))
}

#[derive(Deserialize)]
struct End {
    id_token_hint: String,
    post_logout_redirect_uri: String,
}

/// The issuer remembers nobody: there is no session to end, and the browser goes back.
async fn end_session(Query(end): Query<End>) -> Result<Redirect, Fault> {
    if end.id_token_hint.split('.').count() != 3 {
        return Err(Fault::Invalid("the id_token_hint is no token".to_owned()));
    }
    Ok(Redirect::to(&end.post_logout_redirect_uri))
}
