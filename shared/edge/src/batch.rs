//! Batches of messages and stream records, with partial answers (ReportBatchItemFailures): what
//! failed comes again, and nothing stops what is beside it.

use crate::{clock, log, runtime};
use aws_lambda_events::dynamodb::EventRecord;
use aws_lambda_events::sns::SnsRecord;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsMessage};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use jiff::Timestamp;
use lambda_runtime::LambdaEvent;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_dynamo::{AttributeValue, Item};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Display;
use tracing::Instrument;

/// Why an item has to come again. SQS moves what fails too often to the dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed(String);

impl<E: std::error::Error> From<E> for Failed {
    fn from(fault: E) -> Self {
        Self(fault.to_string())
    }
}

impl Failed {
    /// For this reason, which goes to the log.
    pub fn because(reason: impl Display) -> Self {
        Self(reason.to_string())
    }
}

/// Records as they come; each is parsed by itself, so that a bad one spoils no other.
#[derive(Debug, Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Box<RawValue>>,
}

fn read<R: DeserializeOwned>(record: &RawValue) -> Option<R> {
    serde_json::from_str(record.get()).ok()
}

/// By what a record comes again that can't be read; empty where it doesn't say, which has all of
/// its batch come again.
fn id(record: &RawValue, pointer: &str) -> String {
    let text = |record: Value| record.pointer(pointer)?.as_str().map(str::to_owned);
    read(record).and_then(text).unwrap_or_default()
}

/// Takes messages of a queue until Lambda ends the process. `handler` answers what it did, for the
/// log.
pub async fn serve_messages<M: DeserializeOwned>(
    handler: impl AsyncFn(M, Timestamp) -> Result<&'static str, Failed>,
) -> Result<(), crate::Error> {
    runtime::run(runtime::json, async |event| messages(&handler, event).await).await
}

async fn messages<M: DeserializeOwned>(
    handler: &impl AsyncFn(M, Timestamp) -> Result<&'static str, Failed>,
    event: LambdaEvent<Batch>,
) -> Result<SqsBatchResponse, Infallible> {
    let LambdaEvent { payload, context } = event;
    let mut again = SqsBatchResponse::default();
    for record in payload.records {
        let message: Option<SqsMessage> = read(&record);
        let done = timed(context.deadline, async |now| {
            let message = message.and_then(|message| serde_json::from_str(&message.body?).ok());
            let not_ours = || Failed::because("the message can't be understood");
            handler(message.ok_or_else(not_ours)?, now).await
        });
        if done.instrument(log::span(&context.request_id)).await.is_err() {
            again.add_failure(id(&record, "/messageId"));
        }
    }
    Ok(again)
}

/// Takes notifications of a topic, which are texts, until Lambda ends the process. After a failure
/// Lambda comes again with all of the event, so `handler` has to bear repeats.
pub async fn serve_topic(
    handler: impl AsyncFn(String, Timestamp) -> Result<&'static str, Failed>,
) -> Result<(), crate::Error> {
    runtime::run(runtime::json, async |event| notifications(&handler, event).await).await
}

async fn notifications(
    handler: &impl AsyncFn(String, Timestamp) -> Result<&'static str, Failed>,
    event: LambdaEvent<Batch>,
) -> Result<(), &'static str> {
    let LambdaEvent { payload, context } = event;
    let mut outcome = Ok(());
    for record in payload.records {
        let record: Option<SnsRecord> = read(&record);
        let done = timed(context.deadline, async |now| {
            let unreadable = || Failed::because("the notification can't be read");
            handler(record.ok_or_else(unreadable)?.sns.message, now).await
        });
        if done.instrument(log::span(&context.request_id)).await.is_err() {
            outcome = Err("a notification has to come again");
        }
    }
    outcome
}

/// One change of an item, as the table's stream tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRecord {
    /// Its place in the stream.
    pub sequence_number: String,
    /// The item's key attributes.
    pub keys: HashMap<String, String>,
    /// The string and number attributes before, as text.
    pub old: Option<HashMap<String, String>>,
    /// And after; `None` for a deleted item.
    pub new: Option<HashMap<String, String>>,
}

impl From<EventRecord> for StreamRecord {
    fn from(record: EventRecord) -> Self {
        let change = record.change;
        let image = |item| Some(texts(item)).filter(|image| !image.is_empty());
        Self {
            sequence_number: change.sequence_number.unwrap_or_default(),
            keys: texts(change.keys),
            old: image(change.old_image),
            new: image(change.new_image),
        }
    }
}

/// The attributes that are strings or numbers.
fn texts(item: Item) -> HashMap<String, String> {
    let text = |(name, value)| match value {
        AttributeValue::S(text) | AttributeValue::N(text) => Some((name, text)),
        _ => None,
    };
    item.into_inner().into_iter().filter_map(text).collect()
}

/// Takes records of the table's stream until Lambda ends the process. After a failure the rest is
/// tried all the same; Lambda comes again from the first that failed, so `handler` has to bear
/// repeats.
pub async fn serve_stream(
    handler: impl AsyncFn(StreamRecord) -> Result<&'static str, Failed>,
) -> Result<(), crate::Error> {
    runtime::run(runtime::json, async |event| stream(&handler, event).await).await
}

async fn stream(
    handler: &impl AsyncFn(StreamRecord) -> Result<&'static str, Failed>,
    event: LambdaEvent<Batch>,
) -> Result<DynamoDbEventResponse, Infallible> {
    let LambdaEvent { payload, context } = event;
    let mut again = DynamoDbEventResponse::default();
    for record in payload.records {
        let change: Option<EventRecord> = read(&record);
        let done = timed(context.deadline, async |_| {
            let unreadable = || Failed::because("the record can't be read");
            handler(change.ok_or_else(unreadable)?.into()).await
        });
        let failed = done.instrument(log::span(&context.request_id)).await.is_err();
        if failed && again.batch_item_failures.is_empty() {
            let mut first = DynamoDbBatchItemFailure::default();
            first.item_identifier = Some(id(&record, "/dynamodb/SequenceNumber"));
            again.batch_item_failures.push(first);
        }
    }
    Ok(again)
}

/// Handles one item in the time that the invocation has left, and notes what became of it.
async fn timed(
    deadline: u64,
    handle: impl AsyncFnOnce(Timestamp) -> Result<&'static str, Failed>,
) -> Result<(), Failed> {
    let now = clock::now();
    let outcome =
        tokio::time::timeout(clock::time_left(deadline, now), Box::pin(handle(now))).await;
    match outcome.unwrap_or_else(|_| Err(Failed::because("no time is left"))) {
        Ok(done) => {
            tracing::info!(outcome = done, "done");
            Ok(())
        }
        Err(failed) => {
            tracing::warn!(reason = failed.0, "failed");
            Err(failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::Message;
    use serde_json::json;
    use std::cell::RefCell;

    fn event(records: &Value, deadline: u64) -> LambdaEvent<Batch> {
        let mut context = lambda_runtime::Context::default();
        context.deadline = deadline;
        LambdaEvent {
            payload: serde_json::from_value(json!({ "Records": records })).unwrap(),
            context,
        }
    }

    fn raw(value: &Value) -> Box<RawValue> {
        serde_json::value::to_raw_value(value).unwrap()
    }

    fn change(dynamodb: &Value) -> Value {
        json!({ "awsRegion": "r", "eventID": "e", "eventName": "MODIFY", "dynamodb": dynamodb })
    }

    fn failures(again: &impl serde::Serialize) -> Value {
        serde_json::to_value(again).unwrap()["batchItemFailures"].clone()
    }

    fn refund(sale: &str) -> String {
        json!({ "message": "refund", "sale": sale }).to_string()
    }

    const A: &str = "01936d3c-7d2b-7b4c-8d8e-00000000000a";
    const B: &str = "01936d3c-7d2b-7b4c-8d8e-00000000000b";

    #[tokio::test]
    async fn a_poison_message_stops_no_other() {
        let seen = RefCell::new(0);
        let handler = async |message, _| {
            *seen.borrow_mut() += 1;
            match message {
                Message::Refund { sale } if sale.to_string() == A => {
                    Err(Failed::because("not now"))
                }
                _ => Ok("refunded"),
            }
        };
        let records = json!([
            { "messageId": "1", "body": "{\"message\":\"unheard of\"}" },
            { "messageId": "2", "body": refund(A) },
            { "messageId": "3", "body": refund(B) },
            { "messageId": "4", "body": 5 },
        ]);
        let again = messages(&handler, event(&records, u64::MAX)).await.unwrap();
        assert_eq!(*seen.borrow(), 2);
        assert_eq!(
            serde_json::to_value(again).unwrap(),
            json!({ "batchItemFailures": [{ "itemIdentifier": "1" }, { "itemIdentifier": "2" }, { "itemIdentifier": "4" }] })
        );
    }

    #[tokio::test]
    async fn a_topic_s_notification_that_failed_comes_again() {
        let handler = async |message: String, _| match message.as_str() {
            "good" => Ok("done"),
            _ => Err(Failed::because("not now")),
        };
        let told = |body: &str| {
            json!({
                "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "s",
                "Sns": {
                    "Type": "Notification", "MessageId": "m", "TopicArn": "t", "Message": body,
                    "Timestamp": "2026-03-02T09:00:00.000Z", "SignatureVersion": "1",
                    "Signature": "s", "SigningCertURL": "u", "UnsubscribeURL": "u",
                },
            })
        };
        let good = event(&json!([told("good")]), u64::MAX);
        assert_eq!(notifications(&handler, good).await, Ok(()));
        for failing in [told("bad"), json!("no record")] {
            let records = event(&json!([failing, told("good")]), u64::MAX);
            assert!(notifications(&handler, records).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_stream_comes_again_from_the_first_failure() {
        let seen = RefCell::new(Vec::new());
        let handler = async |record: StreamRecord| {
            seen.borrow_mut().push(record.sequence_number.clone());
            if record.sequence_number == "1" {
                Ok("relayed")
            } else {
                Err(Failed::because("not now"))
            }
        };
        let record = |number: &str| change(&json!({ "SequenceNumber": number, "SizeBytes": 1 }));
        let again =
            stream(&handler, event(&json!([record("1"), record("2"), record("3")]), u64::MAX))
                .await
                .unwrap();
        assert_eq!(failures(&again), json!([{ "itemIdentifier": "2" }]));
        assert_eq!(*seen.borrow(), ["1", "2", "3"]);
    }

    #[tokio::test]
    async fn a_record_that_can_t_be_read_fails_alone() {
        let seen = RefCell::new(0);
        let handler = async |_: StreamRecord| {
            *seen.borrow_mut() += 1;
            Ok("relayed")
        };
        let good = change(&json!({ "SequenceNumber": "1", "SizeBytes": 1 }));
        let bad = change(&json!({ "SequenceNumber": "2", "SizeBytes": 1, "Keys": { "PK": 5 } }));
        let last = change(&json!({ "SequenceNumber": "3", "SizeBytes": 1 }));
        let again = stream(&handler, event(&json!([good, bad, last]), u64::MAX)).await.unwrap();
        assert_eq!(failures(&again), json!([{ "itemIdentifier": "2" }]));
        assert_eq!(*seen.borrow(), 2);
    }

    #[test]
    fn images_are_read_as_text() {
        let record = change(&json!({
            "SizeBytes": 1,
            "SequenceNumber": "7",
            "Keys": { "PK": { "S": "SALE#1" }, "SK": { "S": "SALE" } },
            "OldImage": {},
            "NewImage": { "version": { "N": "3" }, "state": { "S": "{}" }, "flag": { "BOOL": true } },
        }));
        let record = StreamRecord::from(read::<EventRecord>(&raw(&record)).unwrap());
        assert_eq!(record.keys["PK"], "SALE#1");
        assert_eq!(record.old, None);
        assert_eq!(
            record.new.unwrap(),
            HashMap::from([
                ("version".to_owned(), "3".to_owned()),
                ("state".to_owned(), "{}".to_owned())
            ])
        );
        assert_eq!(read::<EventRecord>(&raw(&json!(1))), None);
    }

    #[tokio::test]
    async fn what_there_is_no_time_for_comes_again() {
        let handler = async |_: Message, _| std::future::pending().await;
        let again = messages(&handler, event(&json!([{ "messageId": "1", "body": refund(A) }]), 0))
            .await
            .unwrap();
        assert_eq!(failures(&again), json!([{ "itemIdentifier": "1" }]));
    }
}
