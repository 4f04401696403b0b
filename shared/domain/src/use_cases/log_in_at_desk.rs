//! An employee logs in at the desk with the corporate issuer, and out again.

use crate::account::TokenDigest;
use crate::desk::{
    Admitted, Begun, DESK_LOG_IN, DeskSession, DeskSessions, Issuer, IssuerError, LogInUnderWay,
};
use crate::ports::StoreError;
use crate::time::later;
use jiff::Timestamp;

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No log-in waits for this answer: it is too late, was answered already, or is another
    /// browser's.
    #[error("no log-in waits for this answer")]
    NotAwaited,
    /// The issuer lets nobody in, or can't be reached.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the issuer sends the browser back with.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// What it repeats.
    pub state: &'a str,
    /// The code, to be traded for a token.
    pub code: &'a str,
}

/// Begins a log-in of the browser that keeps the token of this digest. Returns the issuer's page.
pub async fn begin(
    sessions: &impl DeskSessions,
    issuer: &impl Issuer,
    token: TokenDigest,
    now: Timestamp,
) -> Result<String, Error> {
    let Begun { url, state, nonce, verifier } = issuer.begin().await?;
    let expires_at = later(now, DESK_LOG_IN);
    sessions.keep_log_in(&LogInUnderWay { token, state, nonce, verifier, expires_at }).await?;
    Ok(url)
}

/// Takes the issuer's answer, once: what the issuer says of the employee.
pub async fn admit(
    sessions: &impl DeskSessions,
    issuer: &impl Issuer,
    token: &TokenDigest,
    answer: Answer<'_>,
    now: Timestamp,
) -> Result<Admitted, Error> {
    let log_in = sessions.take_log_in(token).await?;
    let log_in = log_in.filter(|log_in| now < log_in.expires_at && log_in.state == answer.state);
    let log_in = log_in.ok_or(Error::NotAwaited)?;
    Ok(issuer.admit(&log_in, answer.code).await?)
}

/// Whose session a token is, while it stands.
pub async fn authenticate(
    sessions: &impl DeskSessions,
    token: &TokenDigest,
    now: Timestamp,
) -> Result<Option<DeskSession>, StoreError> {
    Ok(sessions.desk_session(token).await?.filter(|session| now < session.expires_at))
}
