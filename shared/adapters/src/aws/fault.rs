//! Why a call of AWS has no good answer.

use crate::connection::ConnectionFault;
use http::response::Parts;
use hyper::body::Bytes;
use serde::Deserialize;
use std::fmt;

/// Codes of what passes by itself (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>).
const MOMENTARY: [&str; 9] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
    "InternalServerError",
];

/// Why a call has no good answer.
#[derive(Debug)]
pub(crate) enum CallFault {
    /// It can't be written.
    NotSent,
    /// No answer in time: it may have been carried out.
    TimedOut,
    /// No connection, or it broke: it may have been carried out.
    NotReached,
    /// The answer is not what the service's description says.
    NotUnderstood,
    /// The service said no.
    Refused(Refusal),
}

/// What a service said no with.
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// The service's own name for why, such as `ConditionalCheckFailedException`.
    pub(crate) code: String,
    /// By which AWS's support finds the call.
    pub(crate) request_id: String,
    /// May quote what was sent.
    pub(crate) body: Bytes,
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("status", &self.status).field("code", &self.code).finish_non_exhaustive()
    }
}

impl Refusal {
    pub(super) fn new(head: &Parts, body: Bytes) -> Self {
        #[derive(Default, Deserialize)]
        struct Named {
            #[serde(default, rename = "__type")]
            code: String,
        }
        let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        let named: Named = serde_json::from_slice(&body).unwrap_or_default();
        // `namespace#Code` in a body, `Code:url` in a header.
        // A query's fault is XML.
        let in_xml = std::str::from_utf8(&body).ok().and_then(|text| super::element(text, "Code"));
        let unnamed = header("x-amzn-errortype").or(in_xml).filter(|_| named.code.is_empty());
        let code = unnamed.unwrap_or(&named.code);
        let code = code.split(':').next().and_then(|code| code.rsplit('#').next()).unwrap_or_default().to_owned();
        let request_id = header("x-amzn-requestid").unwrap_or("-").to_owned();
        Self { status: head.status.as_u16(), code, request_id, body }
    }
}

impl From<ConnectionFault> for CallFault {
    fn from(fault: ConnectionFault) -> Self {
        match fault {
            ConnectionFault::TimedOut => Self::TimedOut,
            ConnectionFault::NotReached | ConnectionFault::NotPublic => Self::NotReached,
        }
    }
}

impl CallFault {
    /// Whether the service refused with this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.code == code)
    }

    /// Whether the same call may fare better soon.
    pub(super) fn is_momentary(&self) -> bool {
        match self {
            Self::TimedOut | Self::NotReached => true,
            Self::NotSent | Self::NotUnderstood => false,
            Self::Refused(refusal) => {
                matches!(refusal.status, 429 | 500 | 502 | 503 | 504) || MOMENTARY.contains(&refusal.code.as_str())
            }
        }
    }

    /// What became of the call, in a word or two.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::NotSent => "not sent",
            Self::TimedOut => "timed out",
            Self::NotReached => "not reached",
            Self::NotUnderstood => "not understood",
            Self::Refused(_) => "refused",
        }
    }
}
