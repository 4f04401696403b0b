//! SNS: messages of the mobile app, and text messages; in the words of the mails' subjects.

use crate::aws::{Aws, CallFault, Client, Protocol, Service};
use crate::log;
use domain::contact::{Device, DeviceToken, Platform};
use domain::ports::{MailContent, NotDelivered, PushFault, PushService, Recipient, TextMessages};
use domain::{PhoneNumber, SaleId};
use serde_json::{Value, json};

const SNS: Service = Service { host: "sns", signed_as: "sns", protocol: Protocol::Query { version: "2010-03-31" } };

/// Where messages go, and from whom.
#[derive(Debug, Clone)]
pub struct MessageSettings {
    /// The platform application (an ARN) of the app for Apple's devices; `None`: there is none.
    pub ios: Option<String>,
    /// That for Google's.
    pub android: Option<String>,
    /// Who text messages are from, where the country shows a name.
    pub sender_id: String,
    /// The customer's portal, without a slash at its end.
    pub portal_url: String,
}

/// The account's SNS.
#[derive(Debug, Clone)]
pub struct SnsMessages {
    client: Client,
    settings: MessageSettings,
}

impl SnsMessages {
    /// With these apps and this sender.
    pub fn new(aws: &Aws, settings: MessageSettings) -> Self {
        Self { client: aws.client(&SNS), settings }
    }

    async fn publish(&self, message: &Value) -> Result<(), CallFault> {
        self.client.call("Publish", message).await.map(drop)
    }
}

/// The customer lost the app, or turned it off; or nobody knows the device any more.
const GONE: [&str; 2] = ["EndpointDisabled", "NotFound"];

impl PushService for SnsMessages {
    async fn register(&self, platform: Platform, token: &DeviceToken) -> Result<Device, PushFault> {
        let application = match platform {
            Platform::Ios => &self.settings.ios,
            Platform::Android => &self.settings.android,
        };
        let application = application.as_ref().ok_or(PushFault::NotOffered)?;
        let fault = |operation, fault: CallFault| {
            if fault.is("InvalidParameter") {
                return PushFault::Refused;
            }
            log::aws(operation, &fault);
            NotDelivered.into()
        };
        let create = json!({ "PlatformApplicationArn": application, "Token": token.as_str() });
        let answer = self.client.call("CreatePlatformEndpoint", &create).await;
        let answer = answer.map_err(|found| fault("CreatePlatformEndpoint", found))?;
        let arn = std::str::from_utf8(&answer).ok().and_then(|xml| crate::aws::element(xml, "EndpointArn")).ok_or(NotDelivered)?;
        // Who comes back on a device that was turned off is reached again.
        let enable = json!({
            "EndpointArn": arn,
            "Attributes.entry.1.key": "Enabled",
            "Attributes.entry.1.value": "true",
        });
        let enabled = self.client.call("SetEndpointAttributes", &enable).await;
        enabled.map_err(|found| fault("SetEndpointAttributes", found))?;
        Ok(Device(arn.to_owned()))
    }

    async fn push(&self, device: &Device, sale: SaleId, to: &Recipient, content: &MailContent) -> Result<(), PushFault> {
        let (title, body) = ("CaaS", mail::brief(to.language, content));
        let apple = json!({ "aps": { "alert": { "title": title, "body": body } }, "sale_id": sale }).to_string();
        let google = json!({ "notification": { "title": title, "body": body }, "data": { "sale_id": sale } }).to_string();
        let message = json!({ "default": body, "APNS": apple, "APNS_SANDBOX": apple, "GCM": google }).to_string();
        let sent = self.publish(&json!({ "TargetArn": device.0, "MessageStructure": "json", "Message": message })).await;
        sent.map_err(|fault| {
            if GONE.iter().any(|code| fault.is(code)) {
                return PushFault::Gone;
            }
            log::aws("Publish", &fault);
            NotDelivered.into()
        })
    }
}

impl TextMessages for SnsMessages {
    async fn send_text(&self, phone: &PhoneNumber, to: &Recipient, content: &MailContent) -> Result<(), NotDelivered> {
        let text = format!("CaaS: {}. {}/expediente", mail::brief(to.language, content), self.settings.portal_url);
        let attribute = |number: u8, name: &str, value: &str| {
            let place = format!("MessageAttributes.entry.{number}");
            [
                (format!("{place}.Name"), json!(name)),
                (format!("{place}.Value.DataType"), json!("String")),
                (format!("{place}.Value.StringValue"), json!(value)),
            ]
        };
        let mut message =
            serde_json::Map::from_iter([("PhoneNumber".to_owned(), json!(phone.as_str())), ("Message".to_owned(), json!(text))]);
        message.extend(attribute(1, "AWS.SNS.SMS.SMSType", "Transactional"));
        message.extend(attribute(2, "AWS.SNS.SMS.SenderID", &self.settings.sender_id));
        match self.publish(&Value::Object(message)).await {
            Ok(()) => Ok(()),
            // No such phone, or one that wants none: the same again fares no better.
            Err(fault) if fault.is("InvalidParameter") || fault.is("OptedOut") => {
                log::aws("Publish", &fault);
                Ok(())
            }
            Err(fault) => {
                log::aws("Publish", &fault);
                Err(NotDelivered)
            }
        }
    }
}
