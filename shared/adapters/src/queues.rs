//! SQS: messages to the functions that act on what was committed.

use crate::aws::Aws;
use crate::log;
use aws_sdk_sqs::Client;
use domain::ports::{Message, NotDelivered, Queues};

/// A queue for each kind of message.
#[derive(Debug, Clone, Default)]
pub struct QueueUrls {
    /// `send-notification`'s.
    pub notifications: String,
    /// `issue-credentials`'.
    pub credentials: String,
    /// `refund-payment`'s.
    pub refunds: String,
}

/// The queues.
#[derive(Debug, Clone)]
pub struct SqsQueues {
    client: Client,
    urls: QueueUrls,
}

impl SqsQueues {
    /// The queues at these URLs.
    pub fn new(aws: &Aws, urls: QueueUrls) -> Self {
        Self { client: Client::new(aws.config()), urls }
    }

    /// Hands a body to a queue as it is: for what the relay can't understand and people must see.
    pub async fn send_raw(&self, queue_url: &str, body: String) -> Result<(), NotDelivered> {
        let sent = self.client.send_message().queue_url(queue_url).message_body(body).send().await;
        sent.map(drop).map_err(|fault| {
            log::aws("SendMessage", &fault);
            NotDelivered
        })
    }
}

impl Queues for SqsQueues {
    async fn send(&self, message: &Message) -> Result<(), NotDelivered> {
        let url = match message {
            Message::Notify { .. } => &self.urls.notifications,
            Message::IssueCredentials { .. } | Message::ResetPassword { .. } => &self.urls.credentials,
            Message::Refund { .. } => &self.urls.refunds,
        };
        let body = serde_json::to_string(message).map_err(|_| NotDelivered)?;
        self.send_raw(url, body).await
    }
}
