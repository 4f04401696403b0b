//! What customers receive: mails, messages on devices and text messages.

use domain::EmailAddress;

/// What a mail was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MailKind {
    /// A new customer's initial password and activation link.
    Credentials,
    /// A forgotten password's link.
    PasswordReset,
    /// A step, by its place in [`domain::sale::Notification::ALL`].
    Notification(usize),
    /// The same, shown on a device.
    Push(usize),
    /// The same, as a text message.
    Text(usize),
}

/// A mail that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address that it was sent to.
    pub to: EmailAddress,
    /// What it was.
    pub kind: MailKind,
    /// When, in milliseconds since the epoch.
    pub at: i64,
}
