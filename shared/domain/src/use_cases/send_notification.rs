//! The customer is told of a step.

use crate::SaleId;
use crate::ports::{MailContent, Mailer, NotDelivered, NotificationLog, Recipient, SaleStore, StoreFault};
use crate::sale::{AttemptState, Notification};
use jiff::{SignedDuration, Timestamp};

/// Why the customer was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No such sale.
    #[error("there is no such sale")]
    NotFound,
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The mail service can't be reached.
    #[error(transparent)]
    Mail(#[from] NotDelivered),
}

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was sent.
    Sent,
    /// It had been sent.
    SentBefore,
    /// A later one says as much.
    Superseded,
    /// The customer was erased.
    Erased,
}

/// Sends one mail for one fact, unless its log says that it was sent, a later fact came within `burst` that says as much, or
/// the customer was erased. A crash between the mail and the log repeats the
/// mail: bounded by the queue's receive count.
pub async fn send_notification(
    store: &(impl SaleStore + NotificationLog),
    mailer: &impl Mailer,
    (id, fact, notification): (SaleId, usize, Notification),
    burst: SignedDuration,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    if store.was_sent(id, fact).await? {
        return Ok(Outcome::SentBefore);
    }
    let (sale, details) = store.sale_with_details(id).await?.ok_or(Failure::NotFound)?;
    if sale.erasure.is_some() {
        return Ok(Outcome::Erased);
    }
    if sale.is_superseded(fact, burst) {
        return Ok(Outcome::Superseded);
    }
    let customer = details.customer;
    let recipient = Recipient { full_name: customer.full_name, email: customer.email, language: customer.language };
    let refunded = sale.all_attempts().filter(|(_, attempt)| matches!(attempt.state, AttemptState::Refunded(..)));
    let refunded = refunded.map(|(kind, _)| sale.amount_due(kind)).collect();
    let content = MailContent::Notification {
        notification,
        base_platform: details.plan.base_platform,
        order: sale.order().cloned(),
        balance: sale.terms.balance(),
        signal: sale.terms.signal(),
        pay_by: sale.pay_by(),
        refunded,
        plate: sale.registration().map(|registration| registration.plate.clone()),
        appointment: sale.appointment.as_ref().map(|arranged| (arranged.date, arranged.place)),
    };
    mailer.send(&recipient, &content).await?;
    store.record_sent(id, fact, now).await?;
    Ok(Outcome::Sent)
}
