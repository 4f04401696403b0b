//! What customers are sent, by mail, by the mobile app or by text message, and which of it was sent
//! already.

use super::{SendError, StoreError};
use crate::contact::{Channel, ChannelSet, Device, DeviceToken, Platform};
use crate::sale::{NextAction, Notification, Order, Slot};
use crate::{
    EmailAddress, FullName, Language, Money, PhoneNumber, Plan, Plate, Reason, SaleId, ZoneName,
};
use jiff::Timestamp;
use jiff::civil::Date;

/// The mail service.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete mailer"
)]
pub trait Mailer {
    /// Sends one mail.
    async fn send(&self, to: &Recipient, content: &MailContent) -> Result<(), SendError>;
}

/// Messages of the mobile app.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete service"
)]
pub trait PushService {
    /// Makes a device known; the same token is the same device.
    async fn register(&self, platform: Platform, token: &DeviceToken) -> Result<Device, PushError>;
    /// Shows this on the device, in the recipient's language.
    async fn push(
        &self,
        device: &Device,
        sale: SaleId,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), PushError>;
}

/// The text message (SMS) service. It gives no receipt: a message that was taken counts as sent.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete service"
)]
pub trait TextMessages {
    /// Sends one, in the recipient's language.
    async fn send_text(
        &self,
        phone: &PhoneNumber,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), SendError>;
}

/// Whom a mail goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The name that the mail greets.
    pub full_name: FullName,
    /// The address that it is sent to, as it was captured.
    pub email: EmailAddress,
    /// The language that it is written in.
    pub language: Language,
    /// The zone that its times are told in: the dealership's.
    pub zone: ZoneName,
}

/// What a mail says; the adapter words it.
#[derive(Clone, PartialEq, Eq)]
pub enum MailContent {
    /// User name, initial password and activation link.
    Credentials {
        /// The user name.
        username: EmailAddress,
        /// The initial password, in plain text, here and nowhere else.
        initial_password: String,
        /// The activation link's token.
        activation_token: String,
        /// When both stop working.
        expires_at: Timestamp,
    },
    /// A link by which a forgotten password is replaced.
    PasswordReset {
        /// The link's token.
        reset_token: String,
        /// When it stops working.
        expires_at: Timestamp,
    },
    /// A step of the purchase.
    Notification {
        /// The kind of mail, and so its words.
        notification: Notification,
        /// What the customer bought.
        plan: Box<Plan>,
        /// The factory's order, if any.
        order: Option<Order>,
        /// Price less señal.
        balance: Money,
        /// The señal, paid or not.
        signal: Money,
        /// The last moment to begin the final payment, while it is awaited.
        pay_by: Option<Timestamp>,
        /// Each payment that went back so far.
        refunded: Vec<Money>,
        /// The plate, once there is one.
        plate: Option<Plate>,
        /// When and where the customer gets the vehicle, once that is arranged.
        appointment: Option<Arranged>,
        /// How the estimate moved that this mail tells of.
        moved: Option<MovedEstimate>,
        /// The payment that the customer is asked to go on with.
        asked: Option<Box<AskedPayment>>,
    },
}

/// A payment that was begun at the desk, and what the customer has to do.
#[derive(Clone, PartialEq, Eq)]
pub struct AskedPayment {
    /// All that is to be paid by it.
    pub amount: Money,
    /// The page to open, or where to send the money.
    pub action: NextAction,
    /// The last moment to do so.
    pub until: Option<Timestamp>,
}

/// An estimate that moved, from what the customer was told before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedEstimate {
    /// The day that was expected before.
    pub from: Date,
    /// The day that is expected now.
    pub to: Date,
    /// Why, in the factory's own words, if it said.
    pub reason: Option<Reason>,
}

/// A delivery as the customer's calendar takes it: anew for the same sale, it is in the place of
/// the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arranged {
    /// The sale whose vehicle is delivered.
    pub sale: SaleId,
    /// When and where, by the dealership's clock.
    pub slot: Slot,
    /// When it was arranged.
    pub at: Timestamp,
    /// How often it was arranged before.
    pub before: usize,
}

/// The push service can't do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The deployment has no app for this platform.
    #[error("there is no app for this platform")]
    NotOffered,
    /// The token is none of the platform's.
    #[error("the platform doesn't know this token")]
    Refused,
    /// The app is not on the device any more.
    #[error("the device is gone")]
    Gone,
    /// The service could not be reached: try again.
    #[error(transparent)]
    SendError(#[from] SendError),
}

/// Which notifications were sent.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait NotificationLog {
    /// By which channels this fact was told.
    async fn told(&self, sale: SaleId, fact: usize) -> Result<ChannelSet, StoreError>;
    /// Records that it was, by this channel.
    async fn record_told(
        &self,
        sale: SaleId,
        fact: usize,
        channel: Channel,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}
