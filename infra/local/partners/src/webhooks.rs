//! The factory's webhooks (<https://www.standardwebhooks.com>): an order's go out in order, each
//! until it is taken.

use crate::World;
use crate::factory::{Milestone, Order};
use crate::ledger::now;
use anyhow::Result;
use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Client, header};
use serde::Serialize;
use serde_json::json;
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook as Signer,
};
use std::iter;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

/// How often a webhook is tried before it is given up.
const TRIES: usize = 12;
/// After the first try that fails; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// One event, and what came of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Webhook {
    /// The `webhook-id`: the same at each try.
    id: String,
    order_id: String,
    reference: String,
    status: Milestone,
    #[serde(skip)]
    body: String,
    tries: Vec<Try>,
}

#[derive(Debug, Clone, Serialize)]
struct Try {
    at: Timestamp,
    /// `null` without an answer.
    http_status: Option<u16>,
}

impl Webhook {
    /// The news that the order has this status.
    pub(crate) fn new(
        number: u64,
        order: &Order,
        status: Milestone,
        vehicle_id: Option<&str>,
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
        if let (Some(vehicle_id), Some(data)) =
            (vehicle_id, body.get_mut("data").and_then(|data| data.as_object_mut()))
        {
            data.insert("vehicle_id".to_owned(), json!(vehicle_id));
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
    async fn url(&self) -> Option<String> {
        self.url.subscribe().wait_for(Option::is_some).await.ok()?.clone()
    }

    /// Answers the receiver's status.
    async fn send(
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

/// Tries the webhook at this place in the ledger once, and notes it. Answers the receiver's status.
pub(crate) async fn try_webhook(world: &World, place: usize) -> Option<u16> {
    let webhook = world.ledger().webhooks.get(place).cloned()?;
    let url = world.postman.url().await?;
    let at = now();
    let http_status = world.postman.send(url, &webhook, at).await;
    if let Some(webhook) = world.ledger().webhooks.get_mut(place) {
        webhook.tries.push(Try { at, http_status });
    }
    http_status
}

/// Delivers one order's webhooks: the next goes out once the one before is taken, or given up.
pub(crate) async fn deliver_in_order(world: Arc<World>, mut due: UnboundedReceiver<usize>) {
    while let Some(place) = due.recv().await {
        let pauses =
            iter::successors(Some(FIRST_PAUSE), |pause| Some((*pause * 2).min(LONGEST_PAUSE)));
        for pause in pauses.take(TRIES) {
            if matches!(try_webhook(&world, place).await, Some(200..300)) {
                break;
            }
            tokio::time::sleep(pause).await;
        }
    }
}
