//! The queues, which keep a message until its consumer is run.

use super::ports::Ports;
use crate::faults::Site;
use domain::ports::{Message, Queues, SendError};

impl Queues for Ports<'_> {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        self.call(Site::QueueSend, Err(SendError), |state| {
            state.messages.push(message.clone());
            Ok(())
        })
        .await
    }
}
