//! Secrets of the partners, from Secrets Manager, cached for a while: a call a request would cost
//! more than the request. AWS's caching crate has other rules: it can't forget a value that a
//! partner refused, nor use one for an hour while Secrets Manager is away, and it brings the whole
//! of `aws-config`.

use crate::call_error::CallError;
use crate::clients::{Aws, Lazy};
use aws_sdk_secretsmanager::Client;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Tells the time; the wiring's.
pub type Clock = fn() -> Timestamp;

/// How long a value is used before it is asked for again.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// How long a value is used while Secrets Manager can't be reached.
const STALE: SignedDuration = SignedDuration::from_hours(1);

/// A secret, and the one before it while it is being rotated.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Secret {
    /// The one to use.
    pub current: String,
    /// The one that partners may still use, during rotation only.
    #[serde(default)]
    pub previous: Option<String>,
}

impl Secret {
    /// What a signature may have been made with, the current one first.
    pub fn candidates(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.current.as_str()).chain(self.previous.as_deref())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The secret can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager can't be reached, or refuses.
    #[error("the secret can't be read")]
    Unavailable,
    /// The value is not `{"current": "…", "previous": "…"}`.
    #[error("the secret's value can't be understood")]
    Malformed,
}

/// One secret and its cache.
pub struct Secrets {
    client: Lazy<Client>,
    arn: String,
    clock: Clock,
    cache: Mutex<Option<(Timestamp, Secret)>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl Secrets {
    /// The secret of this ARN (or name). Reads nothing yet.
    pub fn new(aws: &Aws, arn: String, clock: Clock) -> Self {
        Self { client: aws.lazy(Client::new), arn, clock, cache: Mutex::new(None) }
    }

    /// The secret, at most five minutes old; or up to an hour old while it can't be read.
    pub async fn get(&self) -> Result<Secret, SecretError> {
        let now = (self.clock)();
        let cached = self.cache.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let age = cached.as_ref().map(|(read_at, _)| now.duration_since(*read_at));
        if let (Some((_, secret)), Some(age)) = (&cached, age)
            && age < FRESH
        {
            return Ok(secret.clone());
        }
        match self.read().await {
            Ok(secret) => {
                *self.cache.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((now, secret.clone()));
                Ok(secret)
            }
            Err(fault) => match cached {
                Some((_, secret)) if age.is_some_and(|age| age < STALE) => Ok(secret),
                _ => Err(fault),
            },
        }
    }

    /// Reads it anew next time: a partner no longer takes it.
    pub fn forget(&self) {
        *self.cache.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn read(&self) -> Result<Secret, SecretError> {
        let answer =
            self.client.get_secret_value().secret_id(&self.arn).send().await.map_err(|error| {
                CallError::of("GetSecretValue", &error).log();
                SecretError::Unavailable
            })?;
        let secret = serde_json::from_str(answer.secret_string().unwrap_or_default());
        // serde_json's message would quote the value.
        secret.map_err(|_| {
            tracing::error!(secret = %self.arn, "a secret's value can't be understood");
            SecretError::Malformed
        })
    }
}
