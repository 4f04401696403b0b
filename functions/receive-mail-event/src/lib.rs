//! Notifications of the mail-event topic: what SES tells of mails that came back, or that their
//! reader complained about
//! (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>).

use domain::EmailAddress;
use domain::ports::SaleStore;
use domain::use_cases::take_mail_event::take_undeliverable;
use edge::batch::Failed;
use jiff::Timestamp;
use mailparse::{MailAddr, MailAddrList, addrparse};
use serde::Deserialize;

/// What SES says to a topic once, before its first event.
const FIRST_WORDS: &str = "Successfully validated SNS topic";

/// The part of an event that counts here.
#[derive(Debug, Deserialize)]
struct MailEvent {
    #[serde(default)]
    bounce: Option<Bounce>,
    #[serde(default)]
    complaint: Option<Complaint>,
    #[serde(default)]
    mail: Mail,
}

#[derive(Debug, Deserialize)]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    #[serde(rename = "bounceSubType", default)]
    cause: String,
    #[serde(rename = "bouncedRecipients")]
    recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
struct Complaint {
    #[serde(rename = "complaintFeedbackType", default)]
    kind: Option<String>,
    #[serde(rename = "complainedRecipients")]
    recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
struct Recipient {
    #[serde(rename = "emailAddress")]
    address: String,
    /// A code of RFC 3463, such as 5.1.1.
    #[serde(default)]
    status: Option<String>,
    /// What the last server said, such as `smtp; 550 no such user`.
    #[serde(rename = "diagnosticCode", default)]
    diagnosis: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Mail {
    #[serde(default)]
    destination: Vec<String>,
}

impl Bounce {
    /// Whether the mail is not tried again. SES calls some of those `Transient` to which the server
    /// said a final no (5xx). A mailbox that is full for the moment is none.
    fn is_final(&self, recipient: &Recipient) -> bool {
        let status = recipient.status.as_deref();
        let diagnosis = recipient.diagnosis.as_deref().and_then(|text| text.split_once(';'));
        let refused = status.is_some_and(|status| status.starts_with("5."))
            || diagnosis.is_some_and(|(_, answer)| answer.trim_start().starts_with('5'));
        self.kind == "Permanent" || (refused && self.cause != "MailboxFull")
    }
}

impl MailEvent {
    /// The addresses that mails can't, or mustn't, go to: those that we wrote to. The
    /// recipients are what the last server called them, which for a mailbox that is forwarded is
    /// another address.
    fn dead(&self) -> Vec<EmailAddress> {
        let bounced = self.bounce.iter().flat_map(|bounce| {
            bounce.recipients.iter().filter(|recipient| bounce.is_final(recipient))
        });
        // A reader who puts a mail back into the inbox is reported like one who complains.
        let complained = self
            .complaint
            .iter()
            .filter(|complaint| complaint.kind.as_deref() != Some("not-spam"))
            .flat_map(|complaint| &complaint.recipients);
        let recipients: Vec<_> = bounced.chain(complained).map(|dead| &dead.address).collect();
        let written_to: Vec<_> = self.mail.destination.iter().collect();
        let dead = match (recipients.is_empty(), written_to.is_empty()) {
            (false, false) => written_to,
            _ => recipients,
        };
        dead.into_iter().flat_map(|text| mailboxes(text)).collect()
    }
}

/// The addresses in what a header of a mail may hold, such as `"García, Ana" <ana@example.com>` (RFC
/// 5322, section 3.4).
fn mailboxes(text: &str) -> Vec<EmailAddress> {
    let read = addrparse(text).map(MailAddrList::into_inner).unwrap_or_default();
    let addresses = read.into_iter().flat_map(|found| match found {
        MailAddr::Single(one) => vec![one.addr],
        MailAddr::Group(group) => group.addrs.into_iter().map(|one| one.addr).collect(),
    });
    addresses.filter_map(|address| EmailAddress::parse(&address).ok()).collect()
}

/// Puts each dead address before the dealerships whose customer has it.
pub async fn handle(
    store: &impl SaleStore,
    notification: &str,
    now: Timestamp,
) -> Result<&'static str, Failed> {
    if notification.starts_with(FIRST_WORDS) {
        return Ok("the topic is in use");
    }
    // serde_json's own text may quote the event.
    let event: MailEvent = serde_json::from_str(notification)
        .map_err(|_| Failed::because("the notification can't be understood"))?;
    let mut told = 0_usize;
    for address in event.dead() {
        told = told.saturating_add(take_undeliverable(store, &address, now).await?);
    }
    Ok(if told == 0 { "nobody minds" } else { "a dealership has to see to it" })
}

#[cfg(test)]
mod tests;
