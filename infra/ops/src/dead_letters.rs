//! Messages that a function gave up: what they are, whether they may be sent again, and again.

use crate::act::Act;
use crate::cloud::Cloud;
use anyhow::{Context, Result, bail};
use aws_sdk_sqs::types::QueueAttributeName;

/// A queue of last resort, and what makes it safe to send its messages again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Consumer {
    /// As a person names it.
    pub(crate) name: &'static str,
    /// As the template names the queue.
    pub(crate) queue: &'static str,
    /// Why a message may be done twice; `None`: its messages are no queue's, see `caas replay`.
    pub(crate) safe: Option<&'static str>,
}

/// Every queue of last resort. A test compares them with the template.
pub(crate) const CONSUMERS: [Consumer; 5] = [
    Consumer {
        name: "notifications",
        queue: "NotificationDeadLetters",
        safe: Some("what was sent is noted for each channel, and isn't sent again"),
    },
    Consumer {
        name: "credentials",
        queue: "CredentialsDeadLetters",
        safe: Some("a new pair makes the one before void, and an active account gets none"),
    },
    Consumer {
        name: "refunds",
        queue: "RefundDeadLetters",
        safe: Some(
            "a refund has its payment's own key at the gateway, and what went back is noted",
        ),
    },
    Consumer { name: "hand-overs", queue: "HandOverDeadLetters", safe: None },
    Consumer { name: "undeliverable", queue: "UndeliverableQueue", safe: None },
];

/// The consumer of this name.
pub(crate) fn consumer(name: &str) -> Result<Consumer> {
    let found = CONSUMERS.into_iter().find(|consumer| consumer.name == name);
    let names = CONSUMERS.map(|consumer| consumer.name).join(", ");
    found.with_context(|| format!("there is no {name}: {names}"))
}

/// How many messages wait there, by consumer.
pub(crate) async fn counts(cloud: &Cloud) -> Result<Vec<(Consumer, String)>> {
    let mut counts = Vec::new();
    for consumer in CONSUMERS {
        let count = attribute(cloud, consumer, QueueAttributeName::ApproximateNumberOfMessages);
        counts.push((consumer, count.await?));
    }
    Ok(counts)
}

async fn attribute(cloud: &Cloud, of: Consumer, name: QueueAttributeName) -> Result<String> {
    let asked = cloud.sqs().get_queue_attributes().queue_url(cloud.resource(of.queue)?);
    let told = asked.attribute_names(name.clone()).send().await;
    let told = told.with_context(|| format!("{} can't be read", of.queue))?;
    let value = told.attributes().and_then(|attributes| attributes.get(&name));
    value.cloned().with_context(|| format!("{} has no {name:?}", of.queue))
}

/// Shows some of its messages, which hold ids alone, and leaves them there: in sight, so that they
/// are counted, and sent again by whoever does so next.
pub(crate) async fn look(cloud: &Cloud, of: Consumer) -> Result<()> {
    let (sqs, queue) = (cloud.sqs(), cloud.resource(of.queue)?);
    let receive = sqs.receive_message().queue_url(queue).max_number_of_messages(10);
    let found = receive.visibility_timeout(5).send().await?;
    for message in found.messages() {
        println!("{}  {}", message.message_id().unwrap_or("?"), message.body().unwrap_or("?"));
        let back = sqs.change_message_visibility().queue_url(queue).visibility_timeout(0);
        back.set_receipt_handle(message.receipt_handle().map(str::to_owned)).send().await?;
    }
    println!("{} shown", found.messages().len());
    Ok(())
}

/// Sends all of its messages again to where they came from.
pub(crate) async fn redrive(cloud: &Cloud, of: Consumer, act: &Act) -> Result<()> {
    let Some(why_safe) = of.safe else {
        bail!("{} came from no queue: see caas given-up, caas replay, and the runbook", of.name)
    };
    let count = attribute(cloud, of, QueueAttributeName::ApproximateNumberOfMessages).await?;
    let deed = format!("send {count} messages of {} again; safe: {why_safe}", of.queue);
    if act.begin(cloud, &deed).await? {
        let arn = attribute(cloud, of, QueueAttributeName::QueueArn).await?;
        cloud.sqs().start_message_move_task().source_arn(arn).send().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_of_last_resort_has_its_consumer() {
        let template = crate::runbook::template();
        let dead = template.lines().filter_map(|line| {
            line.strip_prefix("  ")?.strip_suffix(':').filter(|name| name.ends_with("DeadLetters"))
        });
        let mut dead: Vec<&str> = dead.chain(["UndeliverableQueue"]).collect();
        dead.sort_unstable();
        let mut known = CONSUMERS.map(|consumer| consumer.queue).to_vec();
        known.sort_unstable();
        assert_eq!(known, dead);
    }
}
