//! The table's stream: does what follows from each commit - workflow, credentials, notifications,
//! refunds, a reservation less, the hand-over to delivery.

use domain::ports::{DeliverySubsystem, Queues, SendError, UnpaidReservations, Workflow};
use domain::use_cases::relay::{Change, relay};
use edge::batch::{Failed, StreamRecord};
use serde_json::json;
use std::collections::HashMap;
use std::fmt::Display;

/// The images of an item, before and after, as text attributes.
pub type Images<'a> = (Option<&'a HashMap<String, String>>, &'a HashMap<String, String>);

/// Relays one record. What can't be understood goes to people by `undeliverable` - its keys and
/// place only - and holds up nothing; what can't be handed over comes again.
pub async fn handle<E: Display>(
    workflow: &impl Workflow,
    queues: &impl Queues,
    reservations: &impl UnpaidReservations,
    delivery: &impl DeliverySubsystem,
    read: impl Fn(Images<'_>) -> Result<Change, E>,
    undeliverable: impl AsyncFn(String) -> Result<(), SendError>,
    record: StreamRecord,
) -> Result<&'static str, Failed> {
    let Some(new) = &record.new else { return Ok("nothing follows from a deletion") };
    match read((record.old.as_ref(), new)) {
        Ok(change) => {
            edge::log::sale(change.new.id);
            relay(workflow, queues, reservations, delivery, &change).await?;
            if change.opened_cases() > 0 {
                // The template counts these lines for an alarm.
                tracing::warn!(cases = change.opened_cases(), "a case was opened");
            }
            Ok("relayed")
        }
        Err(fault) => {
            tracing::error!(sequence_number = record.sequence_number, %fault, "a change can't be understood");
            let note = json!({ "sequence_number": record.sequence_number, "keys": record.keys, "fault": fault.to_string() });
            undeliverable(note.to_string()).await?;
            Ok("handed to people")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::{Message, StoreError, TaskToken};
    use domain::sale::HandOver;
    use domain::{Sale, SaleId};
    use std::cell::RefCell;

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
    async fn poison_is_handed_to_people_and_forgotten() {
        let handed = RefCell::new(Vec::new());
        let undeliverable = async |note| {
            handed.borrow_mut().push(note);
            Ok(())
        };
        let image = HashMap::from([("state".to_owned(), "not a sale".to_owned())]);
        let done = handle(
            &Nothing,
            &Nothing,
            &Nothing,
            &Nothing,
            |_| Err("no sale"),
            undeliverable,
            record(Some(image)),
        )
        .await;
        assert_eq!(done, Ok("handed to people"));
        let notes = handed.into_inner();
        assert!(
            notes.len() == 1 && notes[0].contains("SALE#1") && !notes[0].contains("not a sale"),
            "{notes:?}"
        );
    }

    #[tokio::test]
    async fn poison_that_can_t_be_handed_over_comes_again() {
        let done = handle(
            &Nothing,
            &Nothing,
            &Nothing,
            &Nothing,
            |_| Err("no sale"),
            async |_| Err(SendError),
            record(Some(HashMap::new())),
        )
        .await;
        assert!(done.is_err());
    }

    #[tokio::test]
    async fn nothing_follows_from_a_deletion() {
        let done = handle(
            &Nothing,
            &Nothing,
            &Nothing,
            &Nothing,
            |_| Err("no sale"),
            async |_| Err(SendError),
            record(None),
        )
        .await;
        assert_eq!(done, Ok("nothing follows from a deletion"));
    }
}
