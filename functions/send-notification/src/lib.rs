//! Messages of the notification queue: tells the customer of a step (seed: Customer Notification System).

use domain::ports::{Mailer, Message, NotificationLog, SaleStore};
use domain::use_cases::send_notification::{Outcome, send_notification};
use edge::batch::Failed;
use jiff::{SignedDuration, Timestamp};

/// Sends the mail, unless its log says that it was sent or a later one says as much; `burst` is how long milestones waited.
pub async fn handle(
    store: &(impl SaleStore + NotificationLog),
    mailer: &impl Mailer,
    burst: SignedDuration,
    message: Message,
    now: Timestamp,
) -> Result<&'static str, Failed> {
    let Message::Notify { sale, fact, notification } = message else {
        return Err(Failed::because("the message is another queue's"));
    };
    let sent = send_notification(store, mailer, (sale, fact, notification), burst, now).await?;
    Ok(match sent {
        Outcome::Sent => "sent",
        Outcome::SentBefore => "sent before",
        Outcome::Superseded => "a later one says as much",
        Outcome::Erased => "the customer was erased",
    })
}
