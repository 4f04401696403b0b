//! A customer who forgot the password: a link by mail, then a new one. What a stranger learns by
//! asking is nothing.

use crate::CustomerKey;
use crate::account::{
    Access, AccountStore, MailedToken, NewPassword, PasswordError, PasswordHasher, RESET_LIFETIME,
    TokenDigest,
};
use crate::ports::{MailContent, Mailer, SendError, StoreError};
use crate::time::later;
use jiff::Timestamp;

/// Why no mail went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail service can't be reached.
    #[error(transparent)]
    Mail(#[from] SendError),
}

/// Mails a link to the customer, if there is an active account that got none just before.
pub async fn send_reset(
    store: &impl AccountStore,
    mailer: &impl Mailer,
    customer: &CustomerKey,
    reset_token: String,
    now: Timestamp,
) -> Result<bool, Unsent> {
    let Some(account) = store.account(customer).await? else { return Ok(false) };
    if !store.store_reset(customer, &TokenDigest::of(&reset_token), now).await? {
        return Ok(false);
    }
    let expires_at = later(now, RESET_LIFETIME);
    mailer
        .send(&account.recipient, &MailContent::PasswordReset { reset_token, expires_at })
        .await?;
    Ok(true)
}

/// Why the password stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The link is wrong, used or too old.
    #[error("the link is not valid")]
    Refused,
    /// The new password won't do.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Trades the link's token for a password, in one conditional write; every session ends.
pub async fn reset_password(
    store: &impl AccountStore,
    hasher: &impl PasswordHasher,
    token: Option<MailedToken>,
    new_password: &NewPassword,
    now: Timestamp,
) -> Result<(), Error> {
    let token = token.ok_or(Error::Refused)?;
    let account = store.account(&token.customer).await?;
    // Before anything that takes time or tells of the customer: anybody can write down a token for
    // any e-mail address.
    let is_open = |access: &Access| match access {
        Access::Active { reset: Some(reset), .. } => {
            reset.token == token.digest && now < reset.expires_at
        }
        Access::None | Access::Invited { .. } | Access::Active { .. } => false,
    };
    let account = account.filter(|account| is_open(&account.access)).ok_or(Error::Refused)?;
    new_password.fits(&account.recipient)?;
    let reset = store.reset_password(&token, &hasher.hash(new_password.as_str()), now).await?;
    if reset { Ok(()) } else { Err(Error::Refused) }
}
