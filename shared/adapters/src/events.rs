//! `EventBridge`: what other subsystems are told of. Each event's form is in `infra/events`.

use crate::call_error::delivered;
use crate::clients::{Aws, Lazy};
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use domain::ports::{DeliverySubsystem, SendError};
use domain::sale::HandOver;

/// Who the events are from.
const SOURCE: &str = "caas.sales";

/// The event bus.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Lazy<Client>,
    bus: String,
}

impl EventBridge {
    /// The bus of this name.
    pub fn new(aws: &Aws, bus: String) -> Self {
        Self { client: aws.lazy(Client::new), bus }
    }
}

impl DeliverySubsystem for EventBridge {
    async fn take_over(&self, sale: &HandOver) -> Result<(), SendError> {
        // Our own type: it can always be written.
        let detail = serde_json::to_string(sale).map_err(|_| SendError)?;
        let entry = PutEventsRequestEntry::builder().event_bus_name(&self.bus).source(SOURCE);
        let entry = entry.detail_type("SaleHandedOver").detail(detail).build();
        let put = delivered("PutEvents", self.client.put_events().entries(entry).send().await)?;
        // A call that succeeds says how many of its events were not taken.
        if put.failed_entry_count() == 0 {
            return Ok(());
        }
        tracing::warn!("the event bus didn't take an event");
        Err(SendError)
    }
}
