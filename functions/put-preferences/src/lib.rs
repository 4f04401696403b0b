//! `PUT /account/preferences`: the customer chooses by which channels to be told of what.

use domain::account::AccountStore;
use domain::ports::ContactStore;
use edge::{Problem, Reply, Request, UnknownFields, contact, session};

/// Replaces them; what the contract needs can't be switched off.
pub async fn handle(
    store: &(impl AccountStore + ContactStore),
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let chosen = request.json()?.read(UnknownFields::Refused, contact::preferences)?;
    store.set_preferences(&session.customer, chosen).await?;
    Reply::ok(&contact::representation(chosen))
}
