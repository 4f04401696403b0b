//! One partner over HTTPS: a pinned set of public roots, deadlines, no redirects, its key from Secrets Manager. One try a
//! call: whoever calls owns the retry, under the same key.

use crate::secrets::Secrets;
use domain::ports::NoAnswer;
use reqwest::header::USER_AGENT;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a call may take: what its function has left must do for the commits around it.
const CALL: Duration = Duration::from_secs(10);
/// More than any partner's answer needs, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// Which partner, and how it is reached.
#[derive(Debug)]
pub struct PartnerSettings {
    /// For the log.
    pub name: &'static str,
    /// The function that calls, for the User-Agent.
    pub function: &'static str,
    /// Without a slash at its end.
    pub base_url: String,
    /// Its key, sent as a bearer token.
    pub key: Secrets,
}

/// Why the partner can't be called at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartnerFault {
    /// No TLS.
    #[error("the TLS settings can't be used")]
    Tls,
}

/// A partner. One connection pool a process.
#[derive(Debug)]
pub struct Partner {
    settings: PartnerSettings,
    client: Client,
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
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let tls = tls.with_safe_default_protocol_versions().map_err(|_| PartnerFault::Tls)?;
        let tls = tls.with_root_certificates(roots).with_no_client_auth();
        let client = Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none()).no_proxy();
        let client = client.connect_timeout(CONNECT).timeout(CALL).build().map_err(|_| PartnerFault::Tls)?;
        Ok(Self { settings, client })
    }

    /// Calls once. What leaves open whether the partner acted - no answer, 5xx, 408, 409, 429, a key that it doesn't take - is
    /// [`NoAnswer`].
    pub(crate) async fn call(
        &self,
        operation: &'static str,
        (method, path): (Method, &str),
        build: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer, NoAnswer> {
        let PartnerSettings { name, function, base_url, key } = &self.settings;
        let secret = key.get().await.map_err(|_| NoAnswer)?;
        let request = self.client.request(method, format!("{base_url}{path}")).bearer_auth(&secret.current);
        let answer = build(request.header(USER_AGENT, format!("app/{function}"))).send().await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault) => {
                let outcome = if fault.is_timeout() { "timed out" } else { "not reached" };
                tracing::warn!(partner = name, operation, outcome, "a partner call failed");
                return Err(NoAnswer);
            }
        };
        let status = answer.status().as_u16();
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
            _ => Ok(Answer { status, body: self.body(operation, answer).await? }),
        }
    }

    async fn body(&self, operation: &'static str, mut answer: reqwest::Response) -> Result<Value, NoAnswer> {
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| self.unclear(operation, "the answer broke off"))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER {
                return Err(self.unclear(operation, "the answer is too large"));
            }
        }
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Notes an answer that can't be relied on.
    pub(crate) fn unclear(&self, operation: &'static str, why: &'static str) -> NoAnswer {
        tracing::warn!(partner = self.settings.name, operation, why, "a partner's answer is not clear");
        NoAnswer
    }
}
