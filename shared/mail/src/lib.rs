//! Words the mails.
use domain::ports::{MailContent, Recipient};
/// A mail, ready to send.
#[derive(Debug)]
pub struct Mail {
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}
/// Words a mail.
pub fn render(_portal_url: &str, _to: &Recipient, _content: &MailContent) -> Result<Mail, askama::Error> {
    Err(askama::Error::Fmt)
}
/// A short name.
pub fn kind(_content: &MailContent) -> &'static str {
    ""
}
