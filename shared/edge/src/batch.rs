//! Batches of messages and stream records, with partial answers (ReportBatchItemFailures): what failed comes again, and
//! nothing stops what is beside it.

use crate::{clock, log, runtime};
use jiff::Timestamp;
use lambda_runtime::LambdaEvent;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
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

/// A record that can't be read is one without anything in it.
fn read<R: DeserializeOwned + Default>(record: &RawValue) -> R {
    serde_json::from_str(record.get()).unwrap_or_default()
}

/// What Lambda shall hand in again.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Again {
    #[serde(rename = "batchItemFailures")]
    items: Vec<Item>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Item {
    #[serde(rename = "itemIdentifier")]
    id: String,
}

/// Takes messages of a queue until Lambda ends the process. `handler` answers what it did, for the log.
pub async fn serve_messages<M: DeserializeOwned>(
    handler: impl AsyncFn(M, Timestamp) -> Result<&'static str, Failed>,
) -> Result<(), crate::Error> {
    runtime::run(async |event| messages(&handler, event).await).await
}

/// A queue's message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct QueueRecord {
    #[serde(rename = "messageId")]
    id: String,
    body: Value,
}

async fn messages<M: DeserializeOwned>(
    handler: &impl AsyncFn(M, Timestamp) -> Result<&'static str, Failed>,
    event: LambdaEvent<Batch>,
) -> Result<Again, Infallible> {
    let LambdaEvent { payload, context } = event;
    let mut again = Again::default();
    for record in payload.records {
        let QueueRecord { id, body } = read(&record);
        let done = timed(context.deadline, async |now| match serde_json::from_str(body.as_str().unwrap_or_default()) {
            Ok(message) => handler(message, now).await,
            Err(_) => Err(Failed::because("the message can't be understood")),
        });
        if done.instrument(log::span(&context.request_id)).await.is_err() {
            again.items.push(Item { id });
        }
    }
    Ok(again)
}

/// Takes notifications of a topic until Lambda ends the process. After a failure Lambda comes again with all of the event, so
/// `handler` has to bear repeats.
pub async fn serve_topic<M: DeserializeOwned>(
    handler: impl AsyncFn(M, Timestamp) -> Result<&'static str, Failed>,
) -> Result<(), crate::Error> {
    runtime::run(async |event| notifications(&handler, event).await).await
}

/// A topic's notification.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TopicRecord {
    sns: Notification,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Notification {
    message: String,
}

async fn notifications<M: DeserializeOwned>(
    handler: &impl AsyncFn(M, Timestamp) -> Result<&'static str, Failed>,
    event: LambdaEvent<Batch>,
) -> Result<(), &'static str> {
    let LambdaEvent { payload, context } = event;
    let mut outcome = Ok(());
    for record in payload.records {
        let TopicRecord { sns: Notification { message } } = read(&record);
        let done = timed(context.deadline, async |now| match serde_json::from_str(&message) {
            Ok(message) => handler(message, now).await,
            Err(_) => Err(Failed::because("the notification can't be understood")),
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

impl StreamRecord {
    fn parse(record: &RawValue) -> Self {
        let Change { dynamodb: Images { sequence_number, keys, old_image, new_image } } = read(record);
        let some = |Image(image)| Some(image).filter(|image: &HashMap<_, _>| !image.is_empty());
        Self { sequence_number, keys: keys.0, old: some(old_image), new: some(new_image) }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Change {
    dynamodb: Images,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Images {
    sequence_number: String,
    keys: Image,
    old_image: Image,
    new_image: Image,
}

/// The attributes that are strings or numbers.
#[derive(Debug, Default)]
struct Image(HashMap<String, String>);

impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Attribute {
            #[serde(rename = "S", alias = "N")]
            text: Option<String>,
        }
        let image = runtime::read_members(deserializer, |image: &mut HashMap<_, _>, name: String, Attribute { text }| {
            image.extend(text.map(|text| (name, text)));
        });
        image.map(Self)
    }
}

/// Takes records of the table's stream until Lambda ends the process. After a failure the rest is tried all the same; Lambda
/// comes again from the first that failed, so `handler` has to bear repeats.
pub async fn serve_stream(handler: impl AsyncFn(StreamRecord) -> Result<&'static str, Failed>) -> Result<(), crate::Error> {
    runtime::run(async |event| stream(&handler, event).await).await
}

async fn stream(
    handler: &impl AsyncFn(StreamRecord) -> Result<&'static str, Failed>,
    event: LambdaEvent<Batch>,
) -> Result<Again, Infallible> {
    let LambdaEvent { payload, context } = event;
    let mut again = Again::default();
    for record in payload.records {
        let record = StreamRecord::parse(&record);
        let id = record.sequence_number.clone();
        let done = timed(context.deadline, async |_| handler(record.clone()).await);
        if done.instrument(log::span(&context.request_id)).await.is_err() && again.items.is_empty() {
            again.items.push(Item { id });
        }
    }
    Ok(again)
}

/// Handles one item in the time that the invocation has left, and notes what became of it.
async fn timed(deadline: u64, handle: impl AsyncFnOnce(Timestamp) -> Result<&'static str, Failed>) -> Result<(), Failed> {
    let now = clock::now();
    let outcome = tokio::time::timeout(clock::time_left(deadline, now), Box::pin(handle(now))).await;
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
        LambdaEvent { payload: serde_json::from_value(json!({ "Records": records })).unwrap(), context }
    }

    fn raw(value: &Value) -> Box<RawValue> {
        serde_json::value::to_raw_value(value).unwrap()
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
                Message::Refund { sale } if sale.to_string() == A => Err(Failed::because("not now")),
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
        let handler = async |message: Message, _| match message {
            Message::Refund { sale } if sale.to_string() == A => Err(Failed::because("not now")),
            _ => Ok("refunded"),
        };
        let told = |body: &str| json!({ "EventSource": "aws:sns", "Sns": { "Message": body } });
        assert_eq!(notifications(&handler, event(&json!([told(&refund(B))]), u64::MAX)).await, Ok(()));
        for failing in [refund(A), "no JSON".to_owned()] {
            let records = json!([told(&failing), told(&refund(B))]);
            assert!(notifications(&handler, event(&records, u64::MAX)).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_stream_comes_again_from_the_first_failure() {
        let seen = RefCell::new(Vec::new());
        let handler = async |record: StreamRecord| {
            seen.borrow_mut().push(record.sequence_number.clone());
            if record.sequence_number == "1" { Ok("relayed") } else { Err(Failed::because("not now")) }
        };
        let record = |number: &str| json!({ "eventName": "MODIFY", "dynamodb": { "SequenceNumber": number } });
        let again = stream(&handler, event(&json!([record("1"), record("2"), record("3")]), u64::MAX)).await.unwrap();
        assert_eq!(again.items, [Item { id: "2".to_owned() }]);
        assert_eq!(*seen.borrow(), ["1", "2", "3"]);
    }

    #[test]
    fn images_are_read_as_text() {
        let record = json!({ "dynamodb": {
            "SequenceNumber": "7",
            "Keys": { "PK": { "S": "SALE#1" }, "SK": { "S": "SALE" } },
            "OldImage": {},
            "NewImage": { "version": { "N": "3" }, "state": { "S": "{}" }, "flag": { "BOOL": true } },
        } });
        let record = StreamRecord::parse(&raw(&record));
        assert_eq!(record.keys["PK"], "SALE#1");
        assert_eq!(record.old, None);
        assert_eq!(
            record.new.unwrap(),
            HashMap::from([("version".to_owned(), "3".to_owned()), ("state".to_owned(), "{}".to_owned())])
        );
        assert_eq!(StreamRecord::parse(&raw(&json!(1))).new, None);
    }

    #[tokio::test]
    async fn what_there_is_no_time_for_comes_again() {
        let handler = async |_: Message, _| std::future::pending().await;
        let again = messages(&handler, event(&json!([{ "messageId": "1", "body": refund(A) }]), 0)).await.unwrap();
        assert_eq!(again.items, [Item { id: "1".to_owned() }]);
    }
}
