//! The factory's webhooks (<https://www.standardwebhooks.com>): what they say, and how they are
//! signed and sent.

use crate::clock::now;
use crate::order::{Milestone, Order};
use anyhow::Result;
use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Client, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook as Signer,
};
use std::time::Duration;
use tokio::sync::watch;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the factory tells of an order.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Told {
    /// How far it is.
    Milestone(Milestone),
    /// That it doesn't go on.
    Trouble(Trouble),
}

/// Why an order doesn't go on.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Trouble {
    /// It is not built.
    Cancelled,
    /// The vehicle is held back.
    QualityHold,
}

impl Told {
    /// The milestone, if it is one.
    pub(crate) fn milestone(self) -> Option<Milestone> {
        match self {
            Self::Milestone(milestone) => Some(milestone),
            Self::Trouble(_) => None,
        }
    }
}

/// One event, and what came of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Webhook {
    /// The `webhook-id`: the same at each try.
    id: String,
    order_id: String,
    reference: String,
    status: Told,
    #[serde(skip)]
    body: String,
    pub(crate) tries: Vec<Try>,
}

/// One time that it was sent, and the answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Try {
    pub(crate) at: Timestamp,
    /// `null` without an answer.
    pub(crate) http_status: Option<u16>,
}

impl Webhook {
    /// The news that this became of the order.
    pub(crate) fn new(
        number: u64,
        order: &Order,
        status: Told,
        vehicle_id: Option<&str>,
        reason: Option<&str>,
    ) -> Self {
        let Order { id: order_id, reference, estimated_delivery, .. } = order;
        let at = now();
        let mut body = json!({
            "type": "order.status_changed",
            "timestamp": at,
            "data": {
                "order_id": order_id, "reference": reference, "status": status, "occurred_at": at,
                "estimated_delivery": estimated_delivery,
            },
        });
        let told = [("vehicle_id", vehicle_id), ("reason", reason)];
        if let Some(data) = body.get_mut("data").and_then(|data| data.as_object_mut()) {
            let told = told.into_iter().filter_map(|(name, text)| Some((name, json!(text?))));
            data.extend(told.map(|(name, text)| (name.to_owned(), text)));
        }
        let (order_id, reference) = (order_id.clone(), reference.clone());
        Self {
            id: format!("msg_{number}"),
            order_id,
            reference,
            status,
            body: body.to_string(),
            tries: Vec::new(),
        }
    }
}

/// Signs and sends.
pub(crate) struct Postman {
    url: watch::Sender<Option<String>>,
    signer: Signer,
    client: Client,
}

impl Postman {
    pub(crate) fn new(url: Option<String>, secret: &str) -> Result<Self> {
        // The client wants a TLS provider, http or not; one that is installed already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client =
            Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE).build()?;
        let signer = Signer::new(secret).or_else(|_| Signer::from_bytes(secret.into()))?;
        Ok(Self { url: watch::Sender::new(url), signer, client })
    }

    /// From now on webhooks go there.
    pub(crate) fn direct(&self, url: String) {
        self.url.send_replace(Some(url));
    }

    /// Whether webhooks have somewhere to go.
    pub(crate) fn is_directed(&self) -> bool {
        self.url.borrow().is_some()
    }

    /// Where they go; waits until that is known.
    pub(crate) async fn url(&self) -> Option<String> {
        self.url.subscribe().wait_for(Option::is_some).await.ok()?.clone()
    }

    /// Answers the receiver's status.
    pub(crate) async fn send(
        &self,
        url: String,
        Webhook { id, body, .. }: &Webhook,
        at: Timestamp,
    ) -> Option<u16> {
        let signature = self.signer.sign(id, at.as_second(), body.as_bytes()).ok()?;
        let call = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, id);
        let call = call
            .header(HEADER_WEBHOOK_TIMESTAMP, at.as_second())
            .header(HEADER_WEBHOOK_SIGNATURE, signature);
        call.body(body.clone()).send().await.ok().map(|answer| answer.status().as_u16())
    }
}
