//! One partner over HTTPS: its key from Secrets Manager, a bounded answer, and what counts as one.
//! One attempt a call: whoever calls owns the retry, under the same key.

use crate::clients::{self, ClientError, NotPublic, Reach};
use crate::secrets::Secrets;
use domain::ports::PartnerError;
use http::{HeaderMap, StatusCode};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::Serialize;
use serde_json::Value;
use std::error::Error;

/// More than any partner's answer needs, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// Which partner, and how it is reached.
#[derive(Debug)]
pub struct PartnerSettings {
    /// For the log.
    pub name: &'static str,
    /// The function that calls, for the User-Agent.
    pub function: &'static str,
    /// Its address, `http(s)://host[:port][/path]`, before the paths of its calls.
    pub base_url: String,
    /// Its key, sent as a bearer token.
    pub key: Secrets,
    /// Where it may be.
    pub reach: Reach,
}

/// A partner. Make one a process: it keeps its connections.
#[derive(Debug)]
pub struct Partner {
    name: &'static str,
    base_url: String,
    key: Secrets,
    client: Client,
}

/// What a partner is asked.
#[derive(Debug)]
pub(crate) struct Call {
    /// For the log.
    operation: &'static str,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    None,
    Form(Vec<(String, String)>),
    Json(Value),
}

impl Call {
    /// A GET of this path.
    pub(crate) fn get(operation: &'static str, path: impl Into<String>) -> Self {
        Self {
            operation,
            method: Method::GET,
            path: path.into(),
            headers: Vec::new(),
            content: Content::None,
        }
    }

    /// A POST to this path.
    pub(crate) fn post(operation: &'static str, path: impl Into<String>) -> Self {
        Self { method: Method::POST, ..Self::get(operation, path) }
    }

    /// The key under which a repeat gets the first answer.
    pub(crate) fn idempotency_key(self, key: &(impl ToString + ?Sized)) -> Self {
        self.header("idempotency-key", key)
    }

    /// A header of the partner's own.
    pub(crate) fn header(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// The content, as a form.
    pub(crate) fn form(self, fields: &[(String, String)]) -> Self {
        Self { content: Content::Form(fields.to_vec()), ..self }
    }

    /// The content, as JSON.
    pub(crate) fn json(self, content: &impl Serialize) -> Result<Self, PartnerError> {
        match serde_json::to_value(content) {
            Ok(content) => Ok(Self { content: Content::Json(content), ..self }),
            Err(error) => {
                tracing::error!(operation = self.operation, %error, "a call's content can't be written");
                Err(PartnerError)
            }
        }
    }
}

/// What a partner answered, when it answered for good.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Null` where the body is no JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// The text at a JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }
}

/// Why there is no whole answer. What was sent may have been carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("the answer is too long")]
    TooLong,
}

impl AnswerError {
    /// In a few words, without the address: a path can hold an id of the partner's.
    pub(crate) fn outcome(&self) -> &'static str {
        let Self::Http(error) = self else { return "too long an answer" };
        let mut causes = std::iter::successors(error.source(), |cause| (*cause).source());
        if error.is_timeout() {
            "timed out"
        } else if error.is_builder() {
            "the call can't be written"
        } else if causes.any(<dyn Error>::is::<NotPublic>) {
            "not at a public address"
        } else {
            "not reached"
        }
    }
}

impl Partner {
    /// Joins the settings. Opens no connection.
    pub fn new(settings: PartnerSettings) -> Result<Self, ClientError> {
        let PartnerSettings { name, function, base_url, key, reach } = settings;
        let base_url = clients::partner_url(name, &base_url, reach)?;
        Ok(Self { name, base_url, key, client: clients::https(function, reach)? })
    }

    /// Calls once. What leaves open whether the partner acted - no answer, 5xx, 408, 409, 429, a
    /// key that it doesn't take - is [`PartnerError`].
    pub(crate) async fn call(&self, call: Call) -> Result<Answer, PartnerError> {
        let (partner, operation) = (self.name, call.operation);
        // The secret's own error is in the log by now.
        let secret = self.key.get().await.map_err(|_| PartnerError)?;
        let request = self.request(call).bearer_auth(&secret.current);
        let answered = async { answer(request.send().await?).await };
        let (status, _, body) = answered.await.map_err(|error| {
            tracing::warn!(partner, operation, outcome = error.outcome(), "a partner call failed");
            PartnerError
        })?;
        let status = status.as_u16();
        match status {
            401 | 403 => {
                self.key.forget();
                tracing::error!(partner, operation, status, "the partner doesn't take our key");
                Err(PartnerError)
            }
            408 | 409 | 429 | 500.. => {
                tracing::warn!(partner, operation, status, "a partner call failed");
                Err(PartnerError)
            }
            _ => Ok(Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() }),
        }
    }

    fn request(&self, call: Call) -> RequestBuilder {
        let request = self.client.request(call.method, format!("{}{}", self.base_url, call.path));
        let request = match call.content {
            Content::None => request,
            Content::Form(fields) => request.form(&fields),
            Content::Json(content) => request.json(&content),
        };
        call.headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// Notes an answer that can't be relied on.
    pub(crate) fn unclear(&self, operation: &'static str, why: &'static str) -> PartnerError {
        tracing::warn!(partner = self.name, operation, why, "a partner's answer is not clear");
        PartnerError
    }
}

/// A response, read to its end if that isn't too far.
pub(crate) async fn answer(
    mut response: Response,
) -> Result<(StatusCode, HeaderMap, Vec<u8>), AnswerError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            return Err(AnswerError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok((response.status(), std::mem::take(response.headers_mut()), body))
}
