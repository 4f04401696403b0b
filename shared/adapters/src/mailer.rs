//! SES: one mail, worded by the `mail` crate.

use crate::aws::{Aws, Client, Protocol, Service};
use crate::log;
use domain::ports::{MailContent, Mailer, NotDelivered, Recipient};
use serde_json::json;

const SES: Service = Service { host: "email", signed_as: "ses", protocol: Protocol::Rest { path: "/v2/email/outbound-emails" } };

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
        Self { client: aws.client(&SES), settings }
    }
}

impl Mailer for SesMailer {
    async fn send(&self, to: &Recipient, content: &MailContent) -> Result<(), NotDelivered> {
        let kind = mail::kind(content);
        let mail = mail::render(&self.settings.portal_url, to, content).map_err(|_| {
            tracing::error!(mail = kind, "a mail can't be rendered");
            NotDelivered
        })?;
        let content = |data: String| json!({ "Charset": "UTF-8", "Data": data });
        let send = json!({
            "FromEmailAddress": self.settings.from,
            "Destination": { "ToAddresses": [to.email] },
            "ConfigurationSetName": self.settings.configuration_set,
            "EmailTags": [{ "Name": "kind", "Value": kind }],
            "Content": { "Simple": {
                "Subject": content(mail.subject),
                "Body": { "Text": content(mail.text), "Html": content(mail.html) },
            } },
        });
        self.client.call("SendEmail", &send).await.map(drop).map_err(|fault| {
            log::aws("SendEmail", &fault);
            NotDelivered
        })
    }
}
