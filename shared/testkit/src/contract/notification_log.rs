//! What a [`NotificationLog`] promises.

use super::{Outcome, fresh_sale_id, registered_at};
use domain::ports::NotificationLog;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! notification_log {
    ($each:ident) => {
        $each! { notification_log: what_is_recorded_was_sent, each_fact_of_each_sale_is_its_own }
    };
}

/// Protects customers from a second mail, and from none.
pub async fn what_is_recorded_was_sent(log: &impl NotificationLog) -> Outcome {
    let sale = fresh_sale_id();
    assert!(!log.was_sent(sale, 3).await?);
    for _ in 0..2 {
        log.record_sent(sale, 3, registered_at()).await?;
        assert!(log.was_sent(sale, 3).await?);
    }
    Ok(())
}

/// Protects each mail from another's record.
pub async fn each_fact_of_each_sale_is_its_own(log: &impl NotificationLog) -> Outcome {
    let (sale, other) = (fresh_sale_id(), fresh_sale_id());
    log.record_sent(sale, 1, registered_at()).await?;
    assert!(!log.was_sent(sale, 0).await?);
    assert!(!log.was_sent(sale, 10).await?);
    assert!(!log.was_sent(other, 1).await?);
    Ok(())
}
