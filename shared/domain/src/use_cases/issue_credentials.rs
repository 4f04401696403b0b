//! A new customer's credentials: user name from the e-mail address, initial password, activation
//! link.

use crate::CustomerKey;
use crate::account::{Access, AccountStore};
use crate::ports::{
    CredentialsState, CustomerStore, MailContent, Mailer, SendError, StoreError, StoredCredentials,
};
use jiff::Timestamp;

/// A fresh pair, made by the wiring. The plain texts live only here and in the mail.
#[derive(Clone)]
pub struct FreshCredentials {
    /// The initial password.
    pub initial_password: String,
    /// The activation link's token.
    pub activation_token: String,
    /// Their hashes, and when both stop working.
    pub stored: StoredCredentials,
}

/// Why no mail went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such customer.
    #[error("there is no such customer")]
    NotFound,
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail service can't be reached.
    #[error(transparent)]
    Mail(#[from] SendError),
}

/// Makes a pair that expired unused void: another is owed to a customer who buys again, and can't
/// get in. `false`: there is none.
pub async fn void_lapsed(
    store: &impl AccountStore,
    customer: &CustomerKey,
    now: Timestamp,
) -> Result<bool, StoreError> {
    match store.account(customer).await?.map(|account| account.access) {
        Some(Access::Invited { expires_at, .. }) if expires_at <= now => {
            store.void_credentials(customer).await
        }
        _ => Ok(false),
    }
}

/// Stores a fresh pair, sends it, marks it sent. A retry replaces the pair: only the last mail's
/// works. `fresh` is asked for only where credentials are owed: hashing is the dear part.
pub async fn issue_credentials(
    store: &impl CustomerStore,
    mailer: &impl Mailer,
    customer: &CustomerKey,
    fresh: impl FnOnce() -> FreshCredentials,
) -> Result<bool, Error> {
    let CredentialsState::Owed { recipient, username } =
        store.credentials(customer).await?.ok_or(Error::NotFound)?
    else {
        return Ok(false);
    };
    let FreshCredentials { initial_password, activation_token, stored } = fresh();
    if !store.store_credentials(customer, &stored).await? {
        return Ok(false);
    }
    let expires_at: Timestamp = stored.expires_at;
    mailer
        .send(
            &recipient,
            &MailContent::Credentials { username, initial_password, activation_token, expires_at },
        )
        .await?;
    store.credentials_sent(customer, &stored).await?;
    Ok(true)
}
