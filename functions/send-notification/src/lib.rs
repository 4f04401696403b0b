//! Messages of the notification queue: tells the customer of a step (R-26 of
//! `docs/requirements.md`).

use domain::ports::{
    ContactStore, Mailer, Message, NotificationLog, PushService, SaleStore, TextMessages,
};
use domain::use_cases::send_notification::{Outcome, send_notification};
use edge::batch::Failed;
use jiff::{SignedDuration, Timestamp};

/// Sends it by each channel that the customer chose, unless the log says that it was or a later one
/// says as much; `burst` is how long milestones waited.
pub async fn handle(
    store: &(impl SaleStore + NotificationLog + ContactStore),
    channels: (&impl Mailer, &impl PushService, &impl TextMessages),
    burst: SignedDuration,
    message: Message,
    now: Timestamp,
) -> Result<&'static str, Failed> {
    let Message::Notify { sale, fact, notification } = message else {
        return Err(Failed::because("the message is another queue's"));
    };
    edge::log::sale(sale);
    let sent = send_notification(store, channels, (sale, fact, notification), burst, now).await?;
    Ok(match sent {
        Outcome::Sent => "sent",
        Outcome::Settled => "sent before, or not wanted",
        Outcome::Superseded => "a later one says as much",
        Outcome::Erased => "the customer was erased",
    })
}

#[cfg(test)]
mod tests;
