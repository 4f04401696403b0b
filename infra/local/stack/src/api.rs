//! Clients of our API and of the partners' control.

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Our API, as somebody.
#[derive(Debug, Clone)]
pub struct Api {
    client: Client,
    url: String,
    token: Option<String>,
}

/// An answer of our API.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; `Null` if it is no JSON.
    pub body: Value,
    /// The body as it came.
    pub raw: String,
}

impl Answer {
    /// The text at a JSON pointer; empty if there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Fails unless the status is this one.
    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!("{status} was expected, the answer is {} {}", self.status, self.body);
        }
        Ok(self)
    }
}

impl Api {
    /// The API at this base URL, with this token.
    pub fn new(url: String, token: Option<String>) -> Result<Self> {
        Ok(Self { client: proxy::client()?, url, token })
    }

    /// The employee's token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Any request.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Answer> {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = self.token.iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = body.into_iter().fold(request, reqwest::RequestBuilder::body).send().await?;
        let status = answer.status().as_u16();
        let headers = answer.headers().iter();
        let headers = headers
            .map(|(name, value)| {
                (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
            })
            .collect();
        let raw = answer.text().await?;
        Ok(Answer { status, headers, body: serde_json::from_str(&raw).unwrap_or_default(), raw })
    }

    /// A POST of JSON under an `Idempotency-Key`.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send(Method::POST, path, &headers, Some(body.to_string())).await
    }

    /// A PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(
            Method::PUT,
            path,
            &[("content-type", "application/json")],
            Some(body.to_string()),
        )
        .await
    }

    /// A GET.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, &[], None).await
    }
}

/// The partners server, and the hand on it.
#[derive(Debug, Clone)]
pub struct Partners {
    client: Client,
    url: String,
}

impl Partners {
    /// The server at this base URL.
    pub fn new(url: String) -> Result<Self> {
        Ok(Self { client: proxy::client()?, url })
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let answer = self.client.post(format!("{}{path}", self.url)).json(body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            bail!("{path} of the partners answered {status}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// A token with these claims.
    pub async fn token(&self, claims: &Value) -> Result<String> {
        let answer = self.post("/issuer/token", claims).await?;
        answer
            .get("access_token")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .context("the issuer made no token")
    }

    /// Where the factory's webhooks go.
    pub async fn set_webhook_url(&self, url: &str) -> Result<()> {
        self.post("/_control/webhook-url", &json!({ "url": url })).await.map(drop)
    }

    /// What the next such call meets; see `GET /_control`.
    pub async fn behave(&self, behaviour: &Value) -> Result<()> {
        self.post("/_control/behaviours", behaviour).await.map(drop)
    }

    /// The partners do as they would with this sale's next calls.
    pub async fn recover(&self, reference: &str) -> Result<()> {
        let url = format!("{}/_control/behaviours/{reference}", self.url);
        self.client.delete(url).send().await?.error_for_status().map(drop).map_err(Into::into)
    }

    /// The factory builds as far as this status, and tells each step.
    pub async fn advance(&self, order: &str, status: &str) -> Result<()> {
        self.post(&format!("/_control/orders/{order}/advance"), &json!({ "to": status }))
            .await
            .map(drop)
    }

    /// Orders advance by themselves every so many milliseconds, or not at all; those of one sale if
    /// it is named.
    pub async fn pace(&self, ms: Option<u64>, sale: Option<&str>) -> Result<()> {
        let pace = json!({ "ms": ms, "reference": sale });
        self.post("/_control/pace", &pace).await.map(drop)
    }

    /// Sends webhooks without building anything.
    pub async fn send_webhook(&self, order: &str, webhook: &Value) -> Result<Value> {
        self.post(&format!("/_control/orders/{order}/webhooks"), webhook).await
    }

    /// What the partners saw.
    pub async fn ledger(&self) -> Result<Value> {
        Ok(self
            .client
            .get(format!("{}/_control/ledger", self.url))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?)
    }
}
