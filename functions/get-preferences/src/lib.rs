//! `GET /account/preferences`: by which channels the customer is told of what.

use domain::account::AccountStore;
use domain::ports::ContactStore;
use edge::{Problem, Reply, Request, contact, session};

/// Reads; who never chose has the usual ones.
pub async fn handle(
    store: &(impl AccountStore + ContactStore),
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let found = store.contact(&session.customer).await?.unwrap_or_default();
    Reply::ok(&contact::representation(found.preferences))
}
