//! What a call is answered with beside what it asks for: that something is wrong, or nothing at all.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::fmt;

/// Why a call isn't answered with what it asks for.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Without the partner's key.
    Unauthorized,
    /// The request can't be read; the text names what is wrong.
    Invalid(String),
    /// There is no such thing.
    Unknown(&'static str),
    /// It contradicts what is known.
    Conflict(&'static str),
    /// A partner's no, for good.
    Refused(String),
    /// A partner's own trouble.
    Failed,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, json!({ "error": "not this partner's key" }))
            }
            Self::Invalid(what) => (StatusCode::BAD_REQUEST, json!({ "error": what })),
            Self::Unknown(what) => {
                (StatusCode::NOT_FOUND, json!({ "error": format!("unknown {what}") }))
            }
            Self::Conflict(what) => (StatusCode::CONFLICT, json!({ "error": what })),
            Self::Refused(reason) => {
                (StatusCode::UNPROCESSABLE_ENTITY, json!({ "reason": reason }))
            }
            Self::Failed => {
                (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "the partner failed" }))
            }
        };
        (status, Json(body)).into_response()
    }
}

/// The partner acted, and the caller won't know: the connection closes without an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lost;

impl Lost {
    pub(crate) fn is(response: &Response) -> bool {
        response.extensions().get::<Self>().is_some()
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer is lost")
    }
}

impl std::error::Error for Lost {}

/// Goes along with an answer: the sale that the call turned out to be about.
#[derive(Clone)]
pub(crate) struct About(pub(crate) String);
