//! `EventBridge`: what other subsystems are told of. Each event's form is in `infra/events`.

use crate::aws::{Aws, Client, Protocol, Service};
use crate::log;
use domain::ports::{DeliverySubsystem, NotDelivered};
use domain::sale::HandOver;
use serde::Deserialize;
use serde_json::json;

const EVENT_BRIDGE: Service = Service {
    host: "events",
    signed_as: "events",
    protocol: Protocol::Json { target: "AWSEvents", content_type: "application/x-amz-json-1.1" },
};

/// Who the events are from.
const SOURCE: &str = "caas.sales";

/// The event bus.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Client,
    bus: String,
}

/// How many of the events were not taken, though the call succeeded.
#[derive(Deserialize)]
struct Put {
    #[serde(rename = "FailedEntryCount")]
    failed: u32,
}

impl EventBridge {
    /// The bus of this name.
    pub fn new(aws: &Aws, bus: String) -> Self {
        Self { client: aws.client(&EVENT_BRIDGE), bus }
    }
}

impl DeliverySubsystem for EventBridge {
    async fn take_over(&self, sale: &HandOver) -> Result<(), NotDelivered> {
        let detail = serde_json::to_string(sale).map_err(|_| NotDelivered)?;
        let entry = json!({ "EventBusName": self.bus, "Source": SOURCE, "DetailType": "SaleHandedOver", "Detail": detail });
        let answer = self.client.call("PutEvents", &json!({ "Entries": [entry] })).await.map_err(|fault| {
            log::aws("PutEvents", &fault);
            NotDelivered
        })?;
        if let Ok(Put { failed: 0 }) = serde_json::from_slice(&answer) {
            return Ok(());
        }
        tracing::warn!("the event bus didn't take an event");
        Err(NotDelivered)
    }
}
