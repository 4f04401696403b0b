//! `PUT /account/password-reset`: a customer trades the mailed link for a new password, and every
//! session ends. 204.

use domain::account::{AccountStore, MailedToken, NewPassword, PasswordHasher};
use domain::use_cases::reset_password::reset_password;
use edge::{Object, Problem, Reply, Request, UnknownFields};
use std::convert::Infallible;

/// Parses, resets, answers.
pub async fn handle(
    store: &impl AccountStore,
    hasher: &impl PasswordHasher,
    request: Request,
) -> Result<Reply, Problem> {
    let (token, new_password) = request.json()?.read(UnknownFields::Refused, body)?;
    reset_password(store, hasher, token, &new_password, request.now()).await?;
    Ok(Reply::no_content())
}

fn body(body: &Object<'_>) -> Option<(Option<MailedToken>, NewPassword)> {
    let token = body.text("token", |text| Ok::<_, Infallible>(MailedToken::parse(text)));
    let new_password = body.text("new_password", NewPassword::parse);
    Some((token?, new_password?))
}
