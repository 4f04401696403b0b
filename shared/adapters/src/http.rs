//! One partner over HTTPS: a pinned set of public roots, deadlines, no redirects, its key from Secrets Manager. One try a
//! call: whoever calls owns the retry, under the same key.

use crate::connection::{self, ConnectionFault, Connections, Endpoint, Limits, Request};
use crate::secrets::Secrets;
use domain::ports::NoAnswer;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Uri};
use hyper::body::Bytes;
use rustls::RootCertStore;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// More than any partner's answer needs, and less than a minute, after which servers begin to close.
const LIMITS: Limits = Limits { connect: Duration::from_secs(2), idle: Duration::from_secs(50), answer: 256 * 1024 };
/// How long a call may take: what its function has left must do for the commits around it.
const CALL: Duration = Duration::from_secs(10);

/// Which partner, and how it is reached.
#[derive(Debug)]
pub struct PartnerSettings {
    /// For the log.
    pub name: &'static str,
    /// The function that calls, for the User-Agent.
    pub function: &'static str,
    /// `http(s)://host[:port][/path]`.
    pub base_url: String,
    /// Its key, sent as a bearer token.
    pub key: Secrets,
    /// Where it may be.
    pub reach: Reach,
}

/// Where a partner may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On the public internet: over TLS, at no private address.
    Public,
    /// Anywhere, without TLS too: a stand-in on this machine.
    Anywhere,
}

/// Why the partner can't be called at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartnerFault {
    /// The URL is none, or without TLS.
    #[error("the URL of {0} must be https://host[:port][/path]")]
    Url(&'static str),
    /// No TLS.
    #[error("the TLS settings can't be used")]
    Tls,
}

/// A partner. Make one a process: it keeps its connections.
#[derive(Debug)]
pub struct Partner {
    settings: PartnerSettings,
    /// What each path begins with.
    base_path: String,
    connections: Connections,
}

/// What a partner is asked.
#[derive(Debug)]
pub(crate) struct Call {
    /// For the log.
    operation: &'static str,
    method: Method,
    path: String,
    idempotency_key: Option<String>,
    /// Its type and bytes.
    content: Option<(&'static str, Vec<u8>)>,
}

impl Call {
    /// A GET of this path.
    pub(crate) fn get(operation: &'static str, path: impl Into<String>) -> Self {
        Self { operation, method: Method::GET, path: path.into(), idempotency_key: None, content: None }
    }

    /// A POST to this path.
    pub(crate) fn post(operation: &'static str, path: impl Into<String>) -> Self {
        Self { method: Method::POST, ..Self::get(operation, path) }
    }

    /// The key under which a repeat gets the first answer.
    pub(crate) fn idempotency_key(self, key: &impl ToString) -> Self {
        Self { idempotency_key: Some(key.to_string()), ..self }
    }

    /// The content, as a form.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self { content: Some(("application/x-www-form-urlencoded", form.into_bytes())), ..self }
    }

    /// The content, as JSON.
    pub(crate) fn json(self, content: &impl Serialize) -> Result<Self, NoAnswer> {
        let json = serde_json::to_vec(content).map_err(|_| NoAnswer)?;
        Ok(Self { content: Some(("application/json", json)), ..self })
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

impl Partner {
    /// Joins the settings. Opens no connection.
    pub fn new(settings: PartnerSettings) -> Result<Self, PartnerFault> {
        let endpoint = Endpoint::parse(&settings.base_url).and_then(|(endpoint, base_path)| match settings.reach {
            Reach::Public => Some((endpoint.public()?, base_path)),
            Reach::Anywhere => Some((endpoint, base_path)),
        });
        let (endpoint, base_path) = endpoint.ok_or(PartnerFault::Url(settings.name))?;
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = connection::tls(roots).map_err(|_| PartnerFault::Tls)?;
        Ok(Self { settings, base_path, connections: Connections::new(endpoint, tls, LIMITS) })
    }

    /// Calls once. What leaves open whether the partner acted - no answer, 5xx, 408, 409, 429, a key that it doesn't take - is
    /// [`NoAnswer`].
    pub(crate) async fn call(&self, call: Call) -> Result<Answer, NoAnswer> {
        let (PartnerSettings { name, key, .. }, operation) = (&self.settings, call.operation);
        let secret = key.get().await.map_err(|_| NoAnswer)?;
        let request = self.request(call, &secret.current).map_err(|_| self.unclear(operation, "the call can't be written"))?;
        let answer = tokio::time::timeout(CALL, self.connections.send(request)).await;
        let (head, body) = answer.unwrap_or(Err(ConnectionFault::TimedOut)).map_err(|fault| {
            let outcome = match fault {
                ConnectionFault::TimedOut => "timed out",
                ConnectionFault::NotReached => "not reached",
                ConnectionFault::NotPublic => "not at a public address",
            };
            tracing::warn!(partner = name, operation, outcome, "a partner call failed");
            NoAnswer
        })?;
        let status = head.status.as_u16();
        match status {
            401 | 403 => {
                key.forget();
                tracing::error!(partner = name, operation, status, "the partner doesn't take our key");
                Err(NoAnswer)
            }
            408 | 409 | 429 | 500.. => {
                tracing::warn!(partner = name, operation, status, "a partner call failed");
                Err(NoAnswer)
            }
            _ => Ok(Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() }),
        }
    }

    fn request(&self, call: Call, secret: &str) -> Result<Request, http::Error> {
        let Call { method, path, idempotency_key, content, .. } = call;
        let (content_type, content) = content.unzip();
        let mut request = Request::new(Bytes::from(content.unwrap_or_default()).into());
        *request.method_mut() = method;
        *request.uri_mut() = Uri::try_from(format!("{}{path}", self.base_path))?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {secret}"))?;
        bearer.set_sensitive(true);
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::try_from(self.connections.authority())?);
        headers.insert(USER_AGENT, HeaderValue::try_from(format!("app/{}", self.settings.function))?);
        headers.insert(AUTHORIZATION, bearer);
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some(key) = idempotency_key {
            headers.insert(HeaderName::from_static("idempotency-key"), HeaderValue::try_from(key)?);
        }
        Ok(request)
    }

    /// Notes an answer that can't be relied on.
    pub(crate) fn unclear(&self, operation: &'static str, why: &'static str) -> NoAnswer {
        tracing::warn!(partner = self.settings.name, operation, why, "a partner's answer is not clear");
        NoAnswer
    }
}
