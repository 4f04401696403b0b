//! SNS: messages of the mobile app, and text messages; in the words of the mails' subjects.

use crate::call_error::{delivered, not_delivered};
use crate::clients::{Aws, Lazy};
use aws_sdk_sns::Client;
use aws_sdk_sns::error::BuildError;
use aws_sdk_sns::operation::create_platform_endpoint::CreatePlatformEndpointError;
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use domain::contact::{Device, DeviceToken, Platform};
use domain::ports::{MailContent, PushError, PushService, Recipient, SendError, TextMessages};
use domain::{PhoneNumber, SaleId};
use serde_json::json;

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
    client: Lazy<Client>,
    settings: MessageSettings,
}

impl SnsMessages {
    /// With these apps and this sender.
    pub fn new(aws: &Aws, settings: MessageSettings) -> Self {
        Self { client: aws.lazy(Client::new), settings }
    }
}

impl PushService for SnsMessages {
    async fn register(&self, platform: Platform, token: &DeviceToken) -> Result<Device, PushError> {
        let application = match platform {
            Platform::Ios => &self.settings.ios,
            Platform::Android => &self.settings.android,
        };
        let application = application.as_ref().ok_or(PushError::NotOffered)?;
        let create = self.client.create_platform_endpoint().platform_application_arn(application);
        let refused = CreatePlatformEndpointError::is_invalid_parameter_exception;
        let created = match create.token(token.as_str()).send().await {
            Ok(created) => created,
            Err(error) if error.as_service_error().is_some_and(refused) => {
                return Err(PushError::Refused);
            }
            Err(error) => return Err(not_delivered("CreatePlatformEndpoint", &error).into()),
        };
        let arn = created.endpoint_arn.ok_or(SendError)?;
        // Who comes back on a device that was turned off is reached again.
        let enable =
            self.client.set_endpoint_attributes().endpoint_arn(&arn).attributes("Enabled", "true");
        delivered("SetEndpointAttributes", enable.send().await)?;
        Ok(Device(arn))
    }

    async fn push(
        &self,
        device: &Device,
        sale: SaleId,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), PushError> {
        let (title, body) = ("CaaS", mail::brief(to.language, content));
        let apple =
            json!({ "aps": { "alert": { "title": title, "body": body } }, "sale_id": sale })
                .to_string();
        let google = json!({ "notification": { "title": title, "body": body }, "data": { "sale_id": sale } }).to_string();
        let message =
            json!({ "default": body, "APNS": apple, "APNS_SANDBOX": apple, "GCM": google })
                .to_string();
        let push =
            self.client.publish().target_arn(&device.0).message_structure("json").message(message);
        match push.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(is_gone) => Err(PushError::Gone),
            Err(error) => Err(not_delivered("Publish", &error).into()),
        }
    }
}

impl TextMessages for SnsMessages {
    async fn send_text(
        &self,
        phone: &PhoneNumber,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), SendError> {
        let text = format!(
            "CaaS: {}. {}/expediente",
            mail::brief(to.language, content),
            self.settings.portal_url
        );
        let (kind, sender) = attributes(&self.settings.sender_id).map_err(|error| {
            tracing::error!(%error, "a text message can't be written");
            SendError
        })?;
        let publish = self.client.publish().phone_number(phone.as_str()).message(text);
        let publish = publish.message_attributes("AWS.SNS.SMS.SMSType", kind);
        match publish.message_attributes("AWS.SNS.SMS.SenderID", sender).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let failed = not_delivered("Publish", &error);
                if error.as_service_error().is_some_and(never_arrives) {
                    Ok(())
                } else {
                    Err(failed)
                }
            }
        }
    }
}

/// The customer lost the app, or turned it off; or nobody knows the device any more.
fn is_gone(error: &PublishError) -> bool {
    error.is_endpoint_disabled_exception() || error.is_not_found_exception()
}

/// No such phone, or one that wants no messages: the same again fares no better.
fn never_arrives(error: &PublishError) -> bool {
    error.is_invalid_parameter_exception() || error.meta().code() == Some("OptedOut")
}

/// What a text message is, and who it is from.
fn attributes(sender: &str) -> Result<(MessageAttributeValue, MessageAttributeValue), BuildError> {
    let text = |value: &str| {
        MessageAttributeValue::builder().data_type("String").string_value(value).build()
    };
    Ok((text("Transactional")?, text(sender)?))
}
