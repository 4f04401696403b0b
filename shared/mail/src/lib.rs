//! The customers' mails: the credentials, and a notification for each step of the purchase (R-26
//! and R-30 of `docs/requirements.md`), in the portal's six languages.
//!
//! A mail is one layout, once as HTML and once as plain text (`templates/`), and the words of one
//! language (`words/`). A mail or a language that lacks words does not compile. `snapshots/` holds
//! every mail as it goes out; `cargo xtask mail-preview` writes them for a browser.

mod calendar;
mod facts;
pub mod formats;
mod words;

use askama::Template;
use domain::Money;
use domain::ports::{MailContent, Recipient};
use domain::sale::{NextAction, Notification};
use facts::{Fact, Style};
use words::{Said, Words};

/// A mail, ready to send. It has no `Debug`: a mail with credentials must not reach a log.
pub struct Mail {
    /// The subject line.
    pub subject: String,
    /// The body for readers of plain text.
    pub text: String,
    /// The same for readers of HTML: no images, no requests to anywhere.
    pub html: String,
    /// A calendar file (RFC 5545) with the delivery, once that is arranged.
    pub calendar: Option<String>,
}

/// Words a mail in the recipient's language. `portal_url` is the base URL of the customer's portal,
/// without a slash at its end.
///
/// A token goes into the link's fragment, which browsers keep to themselves: no server's log and no
/// `Referer` header holds it (RFC 9110, sections 7.1 and 10.1.3).
pub fn render(
    portal_url: &str,
    to: &Recipient,
    content: &MailContent,
) -> Result<Mail, askama::Error> {
    let (words, zone) = (words::of(to.language), to.zone.time_zone());
    let (Said { subject, headline, paragraphs }, button) = match content {
        MailContent::Credentials { activation_token, .. } => {
            let url = format!("{portal_url}/activate#{activation_token}");
            ((words.credentials)(), Button { label: words.labels.activate, url })
        }
        MailContent::PasswordReset { reset_token, .. } => {
            let url = format!("{portal_url}/reset-password#{reset_token}");
            ((words.password_reset)(), Button { label: words.labels.reset_password, url })
        }
        MailContent::Notification { notification, balance, signal, asked, .. } => {
            let button = match asked.as_ref().map(|asked| &asked.action) {
                Some(NextAction::Confirm { url } | NextAction::Pay { url })
                    if *notification == Notification::PaymentAsked =>
                {
                    Button { label: words.labels.pay, url: url.clone() }
                }
                _ => Button {
                    label: words.labels.expediente,
                    url: format!("{portal_url}/expediente"),
                },
            };
            (words.notification(*notification, *balance, *signal), button)
        }
    };
    let page = Page {
        language: to.language.code(),
        words,
        subject,
        headline,
        greeting: (words.greeting)(to.full_name.as_str()),
        paragraphs,
        facts: facts::of(content, (to.language, words), &zone),
        button,
    };
    let calendar = match content {
        MailContent::Notification {
            notification: Notification::DeliveryArranged,
            appointment: Some(arranged),
            plan,
            ..
        } => Some(calendar::file(arranged, plan.shown(to.language), &words.labels, &zone)),
        _ => None,
    };
    Ok(Mail {
        subject: subject.to_owned(),
        text: Text { page: &page }.render()?,
        html: Html { page: &page }.render()?,
        calendar,
    })
}

/// What the customer was told at a step, for the portal's own list.
pub struct Told {
    /// In a few words.
    pub headline: &'static str,
    /// What the mail says below the headline, without greeting and facts.
    pub paragraphs: Vec<String>,
}

/// The notification's words without the mail around them. Amounts are the sale's.
pub fn told(
    language: domain::Language,
    notification: Notification,
    balance: Money,
    signal: Money,
) -> Told {
    let words = words::of(language);
    let Said { headline, paragraphs, .. } = words.notification(notification, balance, signal);
    Told { headline, paragraphs }
}

/// What a mail is about, in a few words: its subject. What other channels say.
pub fn brief(language: domain::Language, content: &MailContent) -> &'static str {
    let words = words::of(language);
    match content {
        MailContent::Credentials { .. } => (words.credentials)().subject,
        MailContent::PasswordReset { .. } => (words.password_reset)().subject,
        MailContent::Notification { notification, balance, signal, .. } => {
            words.notification(*notification, *balance, *signal).subject
        }
    }
}

/// How a language writes money and dates.
pub fn formats(language: domain::Language) -> &'static formats::Formats {
    &words::of(language).formats
}

/// A short name of the mail for tags and logs, such as `order_placed`.
pub fn kind(content: &MailContent) -> &'static str {
    match content {
        MailContent::Credentials { .. } => "credentials",
        MailContent::PasswordReset { .. } => "password_reset",
        MailContent::Notification { notification, .. } => notification.as_str(),
    }
}

/// What both layouts show.
struct Page {
    language: &'static str,
    words: &'static Words,
    subject: &'static str,
    headline: &'static str,
    greeting: String,
    paragraphs: Vec<String>,
    facts: Vec<Fact>,
    button: Button,
}

impl Page {
    /// What an inbox shows beside the subject.
    fn preheader(&self) -> &str {
        self.paragraphs.first().map_or("", String::as_str)
    }
}

struct Button {
    label: &'static str,
    url: String,
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Html<'a> {
    page: &'a Page,
}

#[derive(Template)]
#[template(path = "layout.txt")]
struct Text<'a> {
    page: &'a Page,
}
