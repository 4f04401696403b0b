//! Stream records and bounces that were given up, kept whole: again.

use crate::act::Act;
use crate::cloud::Cloud;
use anyhow::{Context, Result, bail, ensure};
use aws_sdk_lambda::primitives::Blob;
use serde_json::Value;
use std::collections::BTreeSet;

/// Whose events are kept, and what makes it safe to do them again.
const REPLAYED: [(&str, &str); 2] = [
    ("relay-events", "each effect is safe to do twice"),
    ("receive-mail-event", "a mail that came back is one case, however often it is told"),
];

/// How long a note that stays is out of sight: until all have been looked at.
const NOTE_SECONDS: i32 = 30;

/// The keys of what was given up, the oldest first.
pub(crate) async fn given_up(cloud: &Cloud) -> Result<Vec<String>> {
    let list = cloud.s3().list_objects_v2().bucket(cloud.resource("GivenUp")?);
    let mut keys = Vec::new();
    let mut pages = list.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.context("what was given up can't be listed")?;
        keys.extend(page.contents().iter().filter_map(|kept| {
            Some((
                kept.last_modified().map_or(0, aws_sdk_dynamodb::primitives::DateTime::secs),
                kept.key()?.to_owned(),
            ))
        }));
    }
    keys.sort_unstable();
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

/// Hands what was kept to its function again, and forgets it where that went well.
pub(crate) async fn replay(cloud: &Cloud, key: &str, act: &Act) -> Result<()> {
    let bucket = cloud.resource("GivenUp")?;
    let kept = cloud.s3().get_object().bucket(bucket).key(key).send().await;
    let kept = kept.with_context(|| format!("{key} can't be read"))?.body.collect().await?;
    // serde_json's message would quote it.
    let kept: Value = serde_json::from_slice(&kept.into_bytes())
        .map_err(|_| anyhow::anyhow!("{key} is no record of Lambda's"))?;
    let (function, event) = event_of(&kept).with_context(|| format!("{key} has no event"))?;
    let Some((function, safe)) = REPLAYED.into_iter().find(|(of, _)| function.ends_with(of)) else {
        bail!("{key} is of {function}, which is not done again by hand")
    };
    if !act.begin(cloud, &format!("hand {key} to {function} again; safe: {safe}")).await? {
        return Ok(());
    }
    let call = cloud.lambda().invoke().function_name(format!("{}-{function}", cloud.stack));
    // The version that is live, which need not be the last that was deployed. The local cloud has
    // no alias.
    let live = (!cloud.is_local()).then(|| "live".to_owned());
    let answer = call.set_qualifier(live).payload(Blob::new(event)).send().await?;
    let said = answer.payload().map(Blob::as_ref).unwrap_or_default();
    ensure!(
        answer.function_error().is_none() && all_done(said),
        "{function} gave it up again: it stays where it is; see the function's log"
    );
    cloud.s3().delete_object().bucket(bucket).key(key).send().await?;
    println!("done, and forgotten");
    Ok(())
}

/// Takes the notes of what was done again out of the queue, which ends its alarm. A note whose
/// record is still kept stays.
pub(crate) async fn forget_notes(cloud: &Cloud) -> Result<()> {
    let kept: BTreeSet<String> = given_up(cloud).await?.into_iter().collect();
    let (sqs, queue) = (cloud.sqs(), cloud.resource("UndeliverableQueue")?);
    loop {
        let receive = sqs.receive_message().queue_url(queue).max_number_of_messages(10);
        let found = receive.visibility_timeout(NOTE_SECONDS).send().await;
        let found = found.context("the notes can't be read")?;
        if found.messages().is_empty() {
            return Ok(());
        }
        for note in found.messages() {
            let of = key_of(note.body().unwrap_or_default());
            let Some(receipt) =
                note.receipt_handle().filter(|_| of.is_some_and(|of| !kept.contains(&of)))
            else {
                continue;
            };
            sqs.delete_message().queue_url(queue).receipt_handle(receipt).send().await?;
        }
    }
}

/// Which record a note is of: an event of S3's
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>).
fn key_of(note: &str) -> Option<String> {
    let note: Value = serde_json::from_str(note).ok()?;
    note.pointer("/detail/object/key")?.as_str().map(str::to_owned)
}

/// Which function an invocation's record is of, and the event that it was given: `payload` is a
/// stream's, as text, `requestPayload` an asynchronous call's
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>).
fn event_of(kept: &Value) -> Option<(String, String)> {
    let arn = kept.pointer("/requestContext/functionArn")?.as_str()?;
    let name = arn.split(':').nth(6)?.to_owned();
    let event = match (kept.get("payload"), kept.get("requestPayload")) {
        (Some(Value::String(event)), _) => event.clone(),
        (Some(event), _) | (None, Some(event)) => event.to_string(),
        (None, None) => return None,
    };
    Some((name, event))
}

/// Whether a function's answer leaves nothing to be done.
fn all_done(answer: &[u8]) -> bool {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    answer.get("batchItemFailures").and_then(Value::as_array).is_none_or(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:caas-sales-relay-events";

    #[test]
    fn a_stream_s_record_and_a_call_s_are_both_read() {
        let event = json!({ "Records": [{ "eventID": "1" }] });
        let context = json!({ "functionArn": FUNCTION });
        let name = "caas-sales-relay-events".to_owned();
        let whole = Some((name, event.to_string()));
        let stream = json!({ "requestContext": context, "payload": event.to_string() });
        assert_eq!(event_of(&stream), whole);
        let with_alias = json!({ "functionArn": format!("{FUNCTION}:live") });
        let call = json!({ "requestContext": with_alias, "requestPayload": event });
        assert_eq!(event_of(&call), whole);
        assert_eq!(event_of(&json!({ "requestContext": context })), None);
    }

    #[test]
    fn a_note_names_its_record() {
        let note =
            json!({ "detail-type": "Object Created", "detail": { "object": { "key": "a/b" } } });
        assert_eq!(key_of(&note.to_string()), Some("a/b".to_owned()));
        assert_eq!((key_of("{}"), key_of("not JSON")), (None, None));
    }

    #[test]
    fn what_failed_again_is_not_forgotten() {
        assert!(all_done(br#"{"batchItemFailures":[]}"#) && all_done(b"null"));
        assert!(!all_done(br#"{"batchItemFailures":[{"itemIdentifier":"7"}]}"#));
    }
}
