//! `POST /account/activation`: a customer trades initial password and link for a password of their
//! own. 204.

use domain::account::{AccountStore, MailedToken, NewPassword, PasswordHasher};
use domain::use_cases::activate_account::{Input, activate_account};
use edge::{Object, Problem, Reply, Request, UnknownFields};
use std::convert::Infallible;

/// Parses, activates, answers.
pub async fn handle(
    store: &impl AccountStore,
    hasher: &impl PasswordHasher,
    request: Request,
) -> Result<Reply, Problem> {
    let (token, initial_password, new_password) =
        request.json()?.read(UnknownFields::Refused, body)?;
    let input = Input { token, initial_password: &initial_password, new_password };
    activate_account(store, hasher, input, request.now()).await?;
    Ok(Reply::no_content())
}

fn body(body: &Object<'_>) -> Option<(Option<MailedToken>, String, NewPassword)> {
    let token = body.text("token", |text| Ok::<_, Infallible>(MailedToken::parse(text)));
    let initial_password = body.text("initial_password", edge::password);
    let new_password = body.text("new_password", NewPassword::parse);
    Some((token?, initial_password?, new_password?))
}
