//! A customer trades initial password and activation link, together, for a password of their own
//! (R-08 of `docs/requirements.md`).

use crate::account::{
    Access, AccountStore, MailedToken, NewPassword, PasswordError, PasswordHasher,
};
use crate::ports::StoreError;
use jiff::Timestamp;

/// What the customer sends.
#[derive(Debug)]
pub struct Input<'a> {
    /// The link's token, if it is written as ours are.
    pub token: Option<MailedToken>,
    /// The mail's password.
    pub initial_password: &'a str,
    /// The customer's own.
    pub new_password: NewPassword,
}

/// Why the account was not activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Token or initial password is wrong, void, used or too old: which of them is not told.
    #[error("the activation link or the initial password is not valid")]
    Refused,
    /// The new password won't do.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Activates in one conditional write: of two at once one does it. Every refusal takes as long as
/// the hash does.
pub async fn activate_account(
    store: &impl AccountStore,
    hasher: &impl PasswordHasher,
    input: Input<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let Input { token, initial_password, new_password } = input;
    let account = match &token {
        Some(token) => store.account(&token.customer).await?,
        None => None,
    };
    let pair =
        account.as_ref().zip(token.as_ref()).filter(|(account, token)| match &account.access {
            Access::Invited { token: stored, expires_at, .. } => {
                *stored == token.digest && now < *expires_at
            }
            Access::None | Access::Active { .. } => false,
        });
    let initial_hash = pair.and_then(|(account, _)| match &account.access {
        Access::Invited { initial_password_hash, .. } => Some(initial_password_hash.as_str()),
        Access::None | Access::Active { .. } => None,
    });
    let is_initial = hasher.verify(initial_password, initial_hash);
    let Some((account, token)) = pair.filter(|_| is_initial) else { return Err(Error::Refused) };
    if new_password.as_str() == initial_password {
        return Err(PasswordError::Common.into());
    }
    new_password.fits(&account.recipient)?;
    let activated = store
        .activate(&token.customer, &account.access, &hasher.hash(new_password.as_str()), now)
        .await?;
    if activated { Ok(()) } else { Err(Error::Refused) }
}
