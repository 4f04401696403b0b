//! The queues through which a commit reaches the functions that act on it.

use super::SendError;
use crate::sale::Notification;
use crate::{CustomerKey, SaleId};
use serde::{Deserialize, Serialize};

/// The queues of the functions that act on what was committed, one for each kind of message.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete set of queues"
)]
pub trait Queues {
    /// Hands a message to the queue of its kind.
    async fn send(&self, message: &Message) -> Result<(), SendError>;
}

/// Messages to the functions that act on what was committed. They carry ids only: no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub enum Message {
    /// For `issue-credentials`: make and mail a customer's credentials, if they are owed.
    IssueCredentials {
        /// The customer's key, which is a digest of the e-mail address.
        customer: CustomerKey,
    },
    /// For `issue-credentials`: somebody says that the password is forgotten. There may be no such
    /// customer.
    ResetPassword {
        /// The customer's key, which is a digest of the e-mail address.
        customer: CustomerKey,
    },
    /// For `send-notification`: tell a sale's customer of one of its facts.
    Notify {
        /// The sale, from which everything else is read when the message is handled.
        sale: SaleId,
        /// Which of its facts.
        fact: usize,
        /// What to tell.
        notification: Notification,
    },
    /// For `refund-payment`: give back whatever is due in a sale.
    Refund {
        /// The sale; which of its payments are due is read when the message is handled.
        sale: SaleId,
    },
}

impl Message {
    /// Whether it may wait for the next one of its kind ([`Notification::may_wait`]).
    pub fn may_wait(&self) -> bool {
        matches!(self, Self::Notify { notification, .. } if notification.may_wait())
    }
}
