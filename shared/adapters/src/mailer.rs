//! SES: one mail, worded by the `mail` crate.

use crate::aws::Aws;
use crate::log;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag};
use domain::ports::{MailContent, Mailer, NotDelivered, Recipient};

/// What every mail has.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The sender.
    pub from: String,
    /// The customer's portal, without a slash at its end.
    pub portal_url: String,
    /// Takes in bounces and complaints.
    pub configuration_set: String,
}

/// The mail service.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Client,
    settings: MailSettings,
}

impl SesMailer {
    /// The account's SES.
    pub fn new(aws: &Aws, settings: MailSettings) -> Self {
        Self { client: Client::new(aws.config()), settings }
    }
}

impl Mailer for SesMailer {
    async fn send(&self, to: &Recipient, content: &MailContent) -> Result<(), NotDelivered> {
        let kind = mail::kind(content);
        let mail = mail::render(&self.settings.portal_url, to, content).map_err(|_| unsendable(kind, "it can't be rendered"))?;
        let message = message(mail).map_err(|_| unsendable(kind, "it can't be built"))?;
        let tag = MessageTag::builder().name("kind").value(kind).build().map_err(|_| unsendable(kind, "its tag can't be built"))?;
        let call = self.client.send_email().from_email_address(&self.settings.from);
        let call = call.destination(Destination::builder().to_addresses(to.email.as_str()).build());
        let call = call.configuration_set_name(&self.settings.configuration_set).email_tags(tag);
        let sent = call.content(EmailContent::builder().simple(message).build()).send().await;
        sent.map(drop).map_err(|fault| {
            log::aws("SendEmail", &fault);
            NotDelivered
        })
    }
}

fn message(mail: mail::Mail) -> Result<Message, aws_sdk_sesv2::error::BuildError> {
    let content = |data: String| Content::builder().charset("UTF-8").data(data).build();
    let body = Body::builder().text(content(mail.text)?).html(content(mail.html)?).build();
    Ok(Message::builder().subject(content(mail.subject)?).body(body).build())
}

fn unsendable(kind: &'static str, why: &'static str) -> NotDelivered {
    tracing::error!(mail = kind, why, "a mail can't be sent");
    NotDelivered
}
