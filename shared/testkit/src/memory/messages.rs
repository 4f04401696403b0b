//! Mails, messages on devices and text messages, each of which arrives at once.

use super::inbox::{Mail, MailKind};
use super::ports::Ports;
use super::world::State;
use crate::faults::Site;
use domain::contact::{Device, DeviceToken, Platform};
use domain::ports::{
    MailContent, Mailer, PushError, PushService, Recipient, SendError, TextMessages,
};
use domain::sale::Notification;
use domain::{PhoneNumber, SaleId};

impl Mailer for Ports<'_> {
    async fn send(&self, to: &Recipient, content: &MailContent) -> Result<(), SendError> {
        self.call(Site::MailSend, Err(SendError), |state| {
            let kind = match content {
                MailContent::Credentials { .. } => Some(MailKind::Credentials),
                MailContent::PasswordReset { .. } => Some(MailKind::PasswordReset),
                MailContent::Notification { .. } => place(content).map(MailKind::Notification),
            };
            state.note("mail", || match content {
                MailContent::Credentials { .. } => format!("credentials to {}", to.email.as_str()),
                MailContent::PasswordReset { .. } => {
                    format!("a new password's link to {}", to.email.as_str())
                }
                MailContent::Notification { notification, .. } => {
                    format!("{notification:?} to {}", to.email.as_str())
                }
            });
            state.arrived(to, kind);
            Ok(())
        })
        .await
    }
}

impl PushService for Ports<'_> {
    async fn register(&self, _: Platform, token: &DeviceToken) -> Result<Device, PushError> {
        self.call(Site::PushRegister, Err(SendError.into()), |_| {
            Ok(Device(format!("device/{}", token.as_str())))
        })
        .await
    }

    async fn push(
        &self,
        device: &Device,
        _: SaleId,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), PushError> {
        self.call(Site::PushSend, Err(SendError.into()), |state| {
            if state.gone.contains(device) {
                return Err(PushError::Gone);
            }
            state.arrived(to, place(content).map(MailKind::Push));
            Ok(())
        })
        .await
    }
}

impl TextMessages for Ports<'_> {
    async fn send_text(
        &self,
        _: &PhoneNumber,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), SendError> {
        self.call(Site::TextSend, Err(SendError), |state| {
            state.arrived(to, place(content).map(MailKind::Text));
            Ok(())
        })
        .await
    }
}

impl State {
    fn arrived(&mut self, to: &Recipient, kind: Option<MailKind>) {
        self.mails.extend(kind.map(|kind| Mail { to: to.email.clone(), kind, at: self.now }));
    }
}

/// A step's place in [`Notification::ALL`].
fn place(content: &MailContent) -> Option<usize> {
    let MailContent::Notification { notification, .. } = content else { return None };
    Notification::ALL.iter().position(|known| known == notification)
}
