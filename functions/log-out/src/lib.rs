//! `DELETE /account/sessions/current`: a customer logs out. 204.

use domain::account::AccountStore;
use domain::ports::ContactStore;
use domain::use_cases::log_in::log_out;
use edge::{Problem, Reply, Request, session};

/// Ends the session that the request carries, and forgets the device on which it was.
pub async fn handle(
    store: &(impl AccountStore + ContactStore),
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    log_out(store, &session).await?;
    Ok(Reply::no_content().cookie(session::no_cookie()))
}
