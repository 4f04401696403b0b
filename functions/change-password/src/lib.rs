//! `POST /account/password`: a customer changes the password, and every other session ends. 204.

use domain::account::{AccountStore, NewPassword, PasswordHasher};
use domain::ports::ContactStore;
use domain::use_cases::change_password::change_password;
use edge::{Object, Problem, Reply, Request, UnknownFields, session};

/// Finds the session, parses, changes, answers.
pub async fn handle(
    store: &(impl AccountStore + ContactStore),
    hasher: &impl PasswordHasher,
    request: Request,
) -> Result<Reply, Problem> {
    let (session, account) = session::customer(store, &request).await?;
    let (old, new) = request.json()?.read(UnknownFields::Refused, body)?;
    change_password(
        store,
        hasher,
        (session, &account),
        (&old, &new),
        request.source(),
        request.now(),
    )
    .await?;
    Ok(Reply::no_content())
}

fn body(body: &Object<'_>) -> Option<(String, NewPassword)> {
    let current_password = body.text("current_password", edge::password);
    let new_password = body.text("new_password", NewPassword::parse);
    Some((current_password?, new_password?))
}
