//! The table's stream: does what follows from each commit - workflow, credentials, notifications,
//! refunds, a reservation less, the hand-over to delivery.

use domain::ports::{DeliverySubsystem, Queues, UnpaidReservations, Workflow};
use domain::use_cases::relay::{Change, relay};
use edge::batch::{Failed, StreamRecord};
use std::collections::HashMap;
use std::fmt::Display;

/// The images of an item, before and after, as text attributes.
pub type Images<'a> = (Option<&'a HashMap<String, String>>, &'a HashMap<String, String>);

/// Relays one record. What can't be read or handed over comes again; Lambda gives it up after so
/// many tries, and keeps it whole, to be done again (`caas replay`).
pub async fn handle<E: Display>(
    workflow: &impl Workflow,
    queues: &impl Queues,
    reservations: &impl UnpaidReservations,
    delivery: &impl DeliverySubsystem,
    read: impl Fn(Images<'_>) -> Result<Change, E>,
    record: StreamRecord,
) -> Result<&'static str, Failed> {
    let Some(new) = &record.new else { return Ok("nothing follows from a deletion") };
    let change = read((record.old.as_ref(), new)).map_err(Failed::because)?;
    edge::log::sale(change.new.id);
    relay(workflow, queues, reservations, delivery, &change).await?;
    figures(&change);
    Ok("relayed")
}

/// What the template counts in the log, for its dashboards.
fn figures(change: &Change) {
    let (old, new) = (change.old.as_ref(), &change.new);
    if change.opened_cases() > 0 {
        tracing::warn!(cases = change.opened_cases(), "a case was opened");
    }
    if old.is_none_or(|old| old.status() != new.status()) {
        tracing::info!(status = new.status().as_str(), "a sale moved");
    }
    for posting in new.ledger.iter().skip(old.map_or(0, |old| old.ledger.len())) {
        tracing::info!(movement = posting.0.as_str(), "money moved");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::{Message, SendError, StoreError, TaskToken};
    use domain::sale::HandOver;
    use domain::{Sale, SaleId};

    struct Nothing;

    impl Workflow for Nothing {
        async fn start(&self, _: SaleId) -> Result<(), SendError> {
            Err(SendError)
        }
        async fn resume(&self, _: &TaskToken) -> Result<(), SendError> {
            Err(SendError)
        }
    }

    impl UnpaidReservations for Nothing {
        async fn release(&self, _: &Sale) -> Result<(), StoreError> {
            Err(StoreError::Unavailable)
        }
    }

    impl DeliverySubsystem for Nothing {
        async fn take_over(&self, _: &HandOver) -> Result<(), SendError> {
            Err(SendError)
        }
    }

    impl Queues for Nothing {
        async fn send(&self, _: &Message) -> Result<(), SendError> {
            Err(SendError)
        }
    }

    fn record(new: Option<HashMap<String, String>>) -> StreamRecord {
        let keys = HashMap::from([("PK".to_owned(), "SALE#1".to_owned())]);
        StreamRecord { sequence_number: "7".to_owned(), keys, old: None, new }
    }

    #[tokio::test]
    async fn what_can_t_be_read_comes_again() {
        let image = HashMap::from([("state".to_owned(), "not a sale".to_owned())]);
        let read = |_: Images<'_>| Err("no sale");
        let (all, record) = (&Nothing, record(Some(image)));
        assert!(handle(all, all, all, all, read, record).await.is_err());
    }

    #[tokio::test]
    async fn nothing_follows_from_a_deletion() {
        let done =
            handle(&Nothing, &Nothing, &Nothing, &Nothing, |_| Err("no sale"), record(None)).await;
        assert_eq!(done, Ok("nothing follows from a deletion"));
    }
}
