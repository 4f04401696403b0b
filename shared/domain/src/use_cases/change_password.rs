//! A customer changes the password, knowing the old one; every other session ends.

use super::log_in;
use crate::account::{
    Access, Account, AccountStore, NewPassword, PasswordError, PasswordHasher, Session, Source,
    TooSoon,
};
use crate::ports::{ContactStore, StoreError};
use jiff::Timestamp;

/// Why the password stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The old password is another.
    #[error("the current password is wrong")]
    Refused,
    /// Too many attempts.
    #[error(transparent)]
    TooSoon(#[from] TooSoon),
    /// The new password won't do.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<log_in::Error> for Error {
    fn from(failure: log_in::Error) -> Self {
        match failure {
            log_in::Error::Refused => Self::Refused,
            log_in::Error::TooSoon(wait) => wait.into(),
            log_in::Error::Store(fault) => fault.into(),
        }
    }
}

/// Replaces the password; of all sessions only `session` goes on. A stolen session doesn't help to
/// guess the old one: its attempts are counted as those to log in are.
pub async fn change_password(
    store: &(impl AccountStore + ContactStore),
    hasher: &impl PasswordHasher,
    (session, account): (Session, &Account),
    (old, new): (&str, &NewPassword),
    source: &Source,
    now: Timestamp,
) -> Result<(), Error> {
    log_in::count_attempt(store, &session.customer, source, now).await?;
    let Access::Active { password_hash, generation, .. } = &account.access else {
        return Err(Error::Refused);
    };
    if !hasher.verify(old, Some(password_hash)) {
        return Err(Error::Refused);
    }
    new.fits(&account.recipient)?;
    let customer = session.customer.clone();
    let kept = Session { generation: generation.saturating_add(1), used_at: now, ..session };
    let hash = hasher.hash(new.as_str());
    if !store.change_password(&customer, password_hash, &hash, kept.generation, &kept).await? {
        return Err(Error::Refused);
    }
    if let Some(device) = &kept.device {
        // If it can't be told now, the app registers it again.
        let _ = store.add_device(&customer, device).await;
    }
    Ok(store.clear_attempts(&customer, source).await?)
}
