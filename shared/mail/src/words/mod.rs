//! What the mails say, a file a language. The form of address is the formal one; señal, expediente
//! and sin asignar have each language's own word of the trade.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod pt;

use crate::formats::Formats;
use domain::sale::Notification;
use domain::{Language, Money};

/// All that a language has to bring.
pub(crate) struct Words {
    pub(crate) formats: Formats,
    pub(crate) labels: Labels,
    /// Between a label and its value.
    pub(crate) colon: &'static str,
    /// The first line, to a full name.
    pub(crate) greeting: fn(&str) -> String,
    pub(crate) credentials: fn() -> Said,
    pub(crate) password_reset: fn() -> Said,
    pub(crate) notification: fn(Notification, &Amounts) -> Said,
    /// Why the customer gets the mail.
    pub(crate) footer: &'static str,
}

impl Words {
    /// What the customer is told, with the sale's amounts.
    pub(crate) fn notification(&self, which: Notification, balance: Money, signal: Money) -> Said {
        let amounts =
            Amounts { balance: self.formats.money(balance), signal: self.formats.money(signal) };
        (self.notification)(which, &amounts)
    }
}

/// What stands beside a fact or on the button.
pub(crate) struct Labels {
    pub(crate) username: &'static str,
    pub(crate) initial_password: &'static str,
    /// The link's token, to be pasted where the link can't be opened.
    pub(crate) code: &'static str,
    pub(crate) valid_until: &'static str,
    pub(crate) link_valid_until: &'static str,
    pub(crate) vehicle: &'static str,
    pub(crate) order: &'static str,
    pub(crate) estimated_delivery: &'static str,
    pub(crate) earlier_estimate: &'static str,
    pub(crate) factory_reason: &'static str,
    pub(crate) amount_due: &'static str,
    pub(crate) pay_by: &'static str,
    pub(crate) iban: &'static str,
    pub(crate) bic: &'static str,
    pub(crate) account_holder: &'static str,
    pub(crate) reference: &'static str,
    /// Opens the page of a payment.
    pub(crate) pay: &'static str,
    pub(crate) amount_paid: &'static str,
    pub(crate) signal_lost: &'static str,
    pub(crate) signal_returned: &'static str,
    pub(crate) amount_refunded: &'static str,
    pub(crate) plate: &'static str,
    /// What the customer's calendar calls it.
    pub(crate) delivery: &'static str,
    pub(crate) delivery_date: &'static str,
    pub(crate) delivery_place: &'static str,
    pub(crate) at_dealership: &'static str,
    pub(crate) at_home: &'static str,
    pub(crate) activate: &'static str,
    pub(crate) reset_password: &'static str,
    pub(crate) expediente: &'static str,
}

/// The sale's amounts, in the reader's form.
pub(crate) struct Amounts {
    pub(crate) balance: String,
    pub(crate) signal: String,
}

/// One mail's words. The first paragraph is also what an inbox shows beside the subject.
pub(crate) struct Said {
    pub(crate) subject: &'static str,
    pub(crate) headline: &'static str,
    pub(crate) paragraphs: Vec<String>,
}

impl Said {
    fn new<const N: usize>(
        subject: &'static str,
        headline: &'static str,
        paragraphs: [&str; N],
    ) -> Self {
        Self { subject, headline, paragraphs: paragraphs.map(str::to_owned).into() }
    }
}

pub(crate) fn of(language: Language) -> &'static Words {
    match language {
        Language::Es => &es::WORDS,
        Language::En => &en::WORDS,
        Language::Pt => &pt::WORDS,
        Language::Fr => &fr::WORDS,
        Language::De => &de::WORDS,
        Language::It => &it::WORDS,
    }
}
