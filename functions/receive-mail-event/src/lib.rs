//! Notifications of the mail-event topic: what SES tells of mails that came back, or that their
//! reader complained about
//! (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>).

use domain::EmailAddress;
use domain::ports::SaleStore;
use domain::use_cases::take_mail_event::take_undeliverable;
use edge::batch::Failed;
use jiff::Timestamp;
use serde::Deserialize;

/// The part of an event that counts here.
#[derive(Debug, Deserialize)]
pub struct MailEvent {
    #[serde(default)]
    bounce: Option<Bounce>,
    #[serde(default)]
    complaint: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    #[serde(rename = "bouncedRecipients")]
    recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
struct Complaint {
    #[serde(rename = "complainedRecipients")]
    recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
struct Recipient {
    #[serde(rename = "emailAddress")]
    address: String,
}

impl MailEvent {
    /// The addresses that mails can't, or mustn't, go to. A mailbox that is full for the moment is
    /// none.
    fn dead(&self) -> impl Iterator<Item = EmailAddress> {
        let bounced = self
            .bounce
            .iter()
            .filter(|bounce| bounce.kind == "Permanent")
            .flat_map(|bounce| &bounce.recipients);
        let complained = self.complaint.iter().flat_map(|complaint| &complaint.recipients);
        bounced
            .chain(complained)
            .filter_map(|recipient| EmailAddress::parse(&recipient.address).ok())
    }
}

/// Puts each dead address before the dealerships whose customer has it.
pub async fn handle(
    store: &impl SaleStore,
    event: MailEvent,
    now: Timestamp,
) -> Result<&'static str, Failed> {
    let mut told = 0_usize;
    for address in event.dead() {
        told = told.saturating_add(take_undeliverable(store, &address, now).await?);
    }
    Ok(if told == 0 { "nobody minds" } else { "a dealership has to see to it" })
}

#[cfg(test)]
mod tests;
