//! A customer opens, uses and ends a session.

use crate::account::{
    Access, Account, AccountStore, PasswordHasher, SESSION_TOUCH, Session, Source, TokenDigest,
    TooSoon,
};
use crate::ports::{ContactStore, StoreError};
use crate::{CustomerKey, EmailAddress};
use jiff::Timestamp;

/// Who wants in, and from where.
#[derive(Debug)]
pub struct Input<'a> {
    /// The user name, which is the e-mail address. `None`: it can't be one.
    pub username: Option<EmailAddress>,
    /// The password as it was typed, with blanks and capitals.
    pub password: &'a str,
    /// Where the attempt comes from.
    pub source: Source,
    /// Digest of a fresh token, for the session.
    pub token: TokenDigest,
}

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such account, not activated, or another password: which of them is not told.
    #[error("the user name or the password is wrong")]
    Refused,
    /// Too many attempts.
    #[error(transparent)]
    TooSoon(#[from] TooSoon),
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens a session. An account that nobody has is refused by the same calls, in the same time.
pub async fn log_in(
    store: &impl AccountStore,
    hasher: &impl PasswordHasher,
    input: Input<'_>,
    now: Timestamp,
) -> Result<Session, Error> {
    let Input { username, password, source, token } = input;
    let customer = username.as_ref().map(CustomerKey::of).ok_or(Error::Refused)?;
    count_attempt(store, &customer, &source, now).await?;
    let account = store.account(&customer).await?;
    let active = account.as_ref().and_then(|account| match &account.access {
        Access::Active { password_hash, generation, .. } => {
            Some((password_hash.as_str(), *generation))
        }
        Access::None | Access::Invited { .. } => None,
    });
    let fits = hasher.verify(password, active.map(|(hash, _)| hash));
    let Some((_, generation)) = active.filter(|_| fits) else { return Err(Error::Refused) };
    let session =
        Session { token, customer, generation, began_at: now, used_at: now, device: None };
    store.put_session(&session).await?;
    store.clear_attempts(&session.customer, &source).await?;
    Ok(session)
}

/// Counts an attempt to tell a password of this account, from this source, before its outcome is
/// known.
pub(super) async fn count_attempt(
    store: &impl AccountStore,
    customer: &CustomerKey,
    source: &Source,
    now: Timestamp,
) -> Result<(), Error> {
    let seen = store.attempts(customer, source).await?;
    let next = seen.next(now)?;
    if store.record_attempt(customer, source, seen, next).await? {
        Ok(())
    } else {
        Err(TooSoon { seconds: 1 }.into())
    }
}

/// Whose session a token is, while it stands and the account hasn't ended it. Notes that it was
/// used.
pub async fn authenticate(
    store: &impl AccountStore,
    token: &TokenDigest,
    now: Timestamp,
) -> Result<Option<(Session, Account)>, StoreError> {
    let Some(session) = store.session(token).await?.filter(|session| session.stands(now)) else {
        return Ok(None);
    };
    let account = store.account(&session.customer).await?.filter(|account| match account.access {
        Access::Active { generation, .. } => generation == session.generation,
        Access::None | Access::Invited { .. } => false,
    });
    let Some(account) = account else { return Ok(None) };
    if now.duration_since(session.used_at) < SESSION_TOUCH {
        return Ok(Some((session, account)));
    }
    let used = Session { used_at: now, ..session };
    store.touch_session(&used).await?;
    Ok(Some((used, account)))
}

/// Ends a session; the device on which it was is told of nothing any more.
pub async fn log_out(
    store: &(impl AccountStore + ContactStore),
    session: &Session,
) -> Result<(), StoreError> {
    if let Some(device) = &session.device {
        store.forget_device(&session.customer, device).await?;
    }
    store.end_session(&session.token).await
}
