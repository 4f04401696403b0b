//! SES: one mail, worded by the `mail` crate.

use crate::call_error::delivered;
use crate::clients::{Aws, Lazy};
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{
    Attachment, Body, Content, Destination, EmailContent, Message, MessageTag,
};
use domain::ports::{MailContent, Mailer, Recipient, SendError};

/// What every mail has.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The sender's address, which SES has verified.
    pub from: String,
    /// The customer's portal, without a slash at its end.
    pub portal_url: String,
    /// Takes in bounces and complaints.
    pub configuration_set: String,
}

/// The mail service.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Lazy<Client>,
    settings: MailSettings,
}

impl SesMailer {
    /// The account's SES.
    pub fn new(aws: &Aws, settings: MailSettings) -> Self {
        Self { client: aws.lazy(Client::new), settings }
    }
}

impl Mailer for SesMailer {
    async fn send(&self, to: &Recipient, content: &MailContent) -> Result<(), SendError> {
        let kind = mail::kind(content);
        // It can quote the mail.
        let mail = mail::render(&self.settings.portal_url, to, content).map_err(|_| {
            tracing::error!(mail = kind, "a mail can't be rendered");
            SendError
        })?;
        let (content, tag) = written(mail, kind).map_err(|error| {
            tracing::error!(mail = kind, %error, "a mail can't be written");
            SendError
        })?;
        let send = self.client.send_email().from_email_address(&self.settings.from);
        let send = send.destination(Destination::builder().to_addresses(to.email.as_str()).build());
        let send = send
            .configuration_set_name(&self.settings.configuration_set)
            .email_tags(tag)
            .content(content);
        delivered("SendEmail", send.send().await).map(drop)
    }
}

fn written(mail: mail::Mail, kind: &str) -> Result<(EmailContent, MessageTag), BuildError> {
    let utf8 = |data: String| Content::builder().charset("UTF-8").data(data).build();
    let body = Body::builder().text(utf8(mail.text)?).html(utf8(mail.html)?).build();
    let mut message = Message::builder().subject(utf8(mail.subject)?).body(body);
    if let Some(calendar) = mail.calendar {
        let file = Attachment::builder().file_name("delivery.ics").content_type("text/calendar");
        message = message.attachments(file.raw_content(Blob::new(calendar)).build()?);
    }
    let tag = MessageTag::builder().name("kind").value(kind).build()?;
    Ok((EmailContent::builder().simple(message.build()).build(), tag))
}
