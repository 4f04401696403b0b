//! What a [`NotificationLog`] promises.

use super::{Outcome, fresh_sale_id, registered_at};
use domain::contact::{Channel, ChannelSet};
use domain::ports::NotificationLog;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! notification_log {
    ($each:ident) => {
        $each! { notification_log: what_is_recorded_was_told, each_fact_of_each_sale_is_its_own }
    };
}

/// Protects customers from a second message by a channel, and from none by another.
pub async fn what_is_recorded_was_told(log: &impl NotificationLog) -> Outcome {
    let sale = fresh_sale_id();
    assert_eq!(log.told(sale, 3).await?, ChannelSet::default());
    for _ in 0..2 {
        log.record_told(sale, 3, Channel::Email, registered_at()).await?;
        assert_eq!(log.told(sale, 3).await?, ChannelSet::from_iter([Channel::Email]));
    }
    log.record_told(sale, 3, Channel::Sms, registered_at()).await?;
    assert_eq!(log.told(sale, 3).await?, ChannelSet::from_iter([Channel::Email, Channel::Sms]));
    Ok(())
}

/// Protects each message from another's record.
pub async fn each_fact_of_each_sale_is_its_own(log: &impl NotificationLog) -> Outcome {
    let (sale, other) = (fresh_sale_id(), fresh_sale_id());
    log.record_told(sale, 1, Channel::Push, registered_at()).await?;
    for (sale, fact) in [(sale, 0), (sale, 10), (other, 1)] {
        assert_eq!(log.told(sale, fact).await?, ChannelSet::default());
    }
    Ok(())
}
