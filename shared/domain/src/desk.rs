//! The employees' log-in at the desk: the corporate issuer, which alone knows who they are, and the
//! sessions that follow from what it says.

use crate::account::TokenDigest;
use crate::ports::{PartnerError, StoreError};
use crate::{CountryCode, DealershipId, EmployeeId, ZoneName};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt;

/// How long an employee has for the issuer's page.
pub const DESK_LOG_IN: SignedDuration = SignedDuration::from_mins(10);
/// How long an employee is logged in at the desk: a day's work. Whoever loses a role keeps it here
/// for so long at most.
pub const DESK_SESSION: SignedDuration = SignedDuration::from_hours(10);

/// A log-in that waits for the issuer's answer, which has to fit it. It is used once.
#[derive(Clone, PartialEq, Eq)]
pub struct LogInUnderWay {
    /// Digest of the token that the browser keeps until the answer.
    pub token: TokenDigest,
    /// What the answer has to repeat (RFC 6749, section 10.12).
    pub state: String,
    /// What the ID token has to repeat (`OpenID` Connect Core, section 3.1.2.1).
    pub nonce: String,
    /// What shows that the code is ours to use (RFC 7636).
    pub verifier: String,
    /// When it is too late for the answer.
    pub expires_at: Timestamp,
}

impl fmt::Debug for LogInUnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogInUnderWay(…)")
    }
}

/// How a log-in begins: where the browser goes, and what the answer has to fit.
#[derive(Clone)]
pub struct Begun {
    /// The issuer's page.
    pub url: String,
    /// What the issuer's answer has to repeat; see [`LogInUnderWay::state`].
    pub state: String,
    /// What the ID token has to repeat; see [`LogInUnderWay::nonce`].
    pub nonce: String,
    /// What proves that the code is ours to trade; see [`LogInUnderWay::verifier`].
    pub verifier: String,
}

/// What the issuer said of an employee, once it was checked.
#[derive(Clone)]
pub struct Admitted {
    /// The ID token's claims, each as a text; what is no text, as JSON.
    pub claims: BTreeMap<String, String>,
    /// Where the browser ends the issuer's own session, if the issuer says so.
    pub log_out_url: Option<String>,
}

/// Why the issuer lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// The code is none of this log-in's, or the token isn't as it has to be.
    #[error("the issuer's answer doesn't fit the log-in")]
    Refused,
    /// No answer that can be relied on; try again.
    #[error("the issuer gave no clear answer")]
    Unavailable(#[from] PartnerError),
}

/// The corporate issuer of employees' tokens (`OpenID` Connect, code flow with PKCE).
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete issuer"
)]
pub trait Issuer {
    /// Begins a log-in.
    async fn begin(&self) -> Result<Begun, IssuerError>;
    /// Trades the code of an answer for what the issuer says of the employee, and checks that.
    async fn admit(&self, log_in: &LogInUnderWay, code: &str) -> Result<Admitted, IssuerError>;
}

/// An employee's session at the desk, as it is stored. It has no `Debug`: the address of the
/// log-out has the ID token in it.
#[derive(Clone, PartialEq, Eq)]
pub struct DeskSession {
    /// The token's digest.
    pub token: TokenDigest,
    /// Whose it is.
    pub employee: EmployeeId,
    /// The employee's dealership.
    pub dealership: DealershipId,
    /// The dealership's country.
    pub country: CountryCode,
    /// The dealership's zone.
    pub zone: ZoneName,
    /// The names of the employee's roles.
    pub roles: Vec<String>,
    /// Where the browser ends the issuer's own session.
    pub log_out_url: Option<String>,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
}

/// The log-ins and sessions of the desk.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait DeskSessions {
    /// Keeps a log-in until its answer comes.
    async fn keep_log_in(&self, log_in: &LogInUnderWay) -> Result<(), StoreError>;
    /// Takes a log-in away and hands it out, once. One that is too old may still be there.
    async fn take_log_in(&self, token: &TokenDigest) -> Result<Option<LogInUnderWay>, StoreError>;
    /// Opens a session.
    async fn open_desk(&self, session: &DeskSession) -> Result<(), StoreError>;
    /// The session of a token. One that is over may still be there.
    async fn desk_session(&self, token: &TokenDigest) -> Result<Option<DeskSession>, StoreError>;
    /// Ends a session.
    async fn close_desk(&self, token: &TokenDigest) -> Result<(), StoreError>;
}
