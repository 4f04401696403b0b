//! SQS: messages to the functions that act on what was committed.

use crate::call_error::delivered;
use crate::clients::{Aws, Lazy};
use aws_sdk_sqs::Client;
use domain::ports::{Message, Queues, SendError};
use jiff::SignedDuration;

/// A queue for each kind of message.
#[derive(Debug, Clone, Default)]
pub struct QueueUrls {
    /// The URL of the queue that `send-notification` reads.
    pub notifications: String,
    /// The URL of the queue that `issue-credentials` reads.
    pub credentials: String,
    /// The URL of the queue that `refund-payment` reads.
    pub refunds: String,
}

/// The queues in SQS. A function has the URLs of those that it sends to; the others are empty.
#[derive(Debug, Clone)]
pub struct SqsQueues {
    client: Lazy<Client>,
    urls: QueueUrls,
    /// How long a milestone's notification waits for the next one.
    burst: SignedDuration,
}

impl SqsQueues {
    /// The queues at these URLs; a milestone's notification waits there for `burst`, a quarter of
    /// an hour at most.
    pub fn new(aws: &Aws, urls: QueueUrls, burst: SignedDuration) -> Self {
        Self { client: aws.lazy(Client::new), urls, burst }
    }

    async fn send_after(
        &self,
        pause: SignedDuration,
        queue_url: &str,
        body: String,
    ) -> Result<(), SendError> {
        let seconds = i32::try_from(pause.as_secs()).unwrap_or(i32::MAX);
        let message = self.client.send_message().queue_url(queue_url).message_body(body);
        delivered("SendMessage", message.delay_seconds(seconds).send().await).map(drop)
    }
}

impl Queues for SqsQueues {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let url = match message {
            Message::Notify { .. } => &self.urls.notifications,
            Message::IssueCredentials { .. } | Message::ResetPassword { .. } => {
                &self.urls.credentials
            }
            Message::Refund { .. } => &self.urls.refunds,
        };
        // Our own type: it can always be written.
        let body = serde_json::to_string(message).map_err(|_| SendError)?;
        self.send_after(
            if message.may_wait() { self.burst } else { SignedDuration::ZERO },
            url,
            body,
        )
        .await
    }
}
