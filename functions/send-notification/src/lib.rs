//! Messages of the notification queue: tells the customer of a step (seed: Customer Notification System).

use domain::ports::{Mailer, Message, NotificationLog, SaleStore};
use domain::use_cases::send_notification::send_notification;
use edge::batch::Failed;
use jiff::Timestamp;

/// Sends the mail unless its log says that it was sent.
pub async fn handle(
    store: &(impl SaleStore + NotificationLog),
    mailer: &impl Mailer,
    message: Message,
    now: Timestamp,
) -> Result<&'static str, Failed> {
    let Message::Notify { sale, fact, notification } = message else {
        return Err(Failed::because("the message is another queue's"));
    };
    let sent = send_notification(store, mailer, (sale, fact, notification), now).await?;
    Ok(if sent { "sent" } else { "sent before" })
}
