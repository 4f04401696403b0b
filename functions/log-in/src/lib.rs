//! `POST /account/sessions`: a customer logs in. 201 and the session's token, as JSON for the app
//! and as a cookie for the browser.

use domain::EmailAddress;
use domain::account::{AccountStore, PasswordHasher, TokenDigest};
use domain::use_cases::log_in::{Input, log_in};
use edge::{Object, Problem, Reply, Request, UnknownFields, session};
use serde_json::json;
use std::convert::Infallible;

/// Where the session is.
const LOCATION: &str = "/account/sessions/current";

/// Parses, lets in, answers. `token`: a fresh one, made by the wiring.
pub async fn handle(
    store: &impl AccountStore,
    hasher: &impl PasswordHasher,
    token: String,
    request: Request,
) -> Result<Reply, Problem> {
    let (username, password) = request.json()?.read(UnknownFields::Refused, body)?;
    let input = Input {
        username,
        password: &password,
        source: request.source().clone(),
        token: TokenDigest::of(&token),
    };
    let opened = log_in(store, hasher, input, request.now()).await?;
    let answer = json!({ "token": token, "token_type": "Bearer", "expires_at": opened.expires_at().to_string() });
    Ok(Reply::created(LOCATION.to_owned(), &answer)?.cookie(session::cookie(&token)))
}

/// A user name that is no e-mail address is a wrong one, not a fault.
fn body(body: &Object<'_>) -> Option<(Option<EmailAddress>, String)> {
    let username =
        body.text("username", |text| Ok::<_, Infallible>(EmailAddress::parse(text).ok()));
    let password = body.text("password", edge::password);
    Some((username?, password?))
}
