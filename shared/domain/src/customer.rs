//! Customer data captured at registration (R-02 of `docs/requirements.md`). Parsed once, at the
//! edge.

use crate::ids::{CustomerId, CustomerKey, ShortDigest};
use crate::text::clean;
use icu_normalizer::DecomposingNormalizer;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// Why a piece of customer data was refused. Messages never repeat the value: it is personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CustomerError {
    /// Empty, only blanks, or too long.
    #[error("must be 1 to {0} characters")]
    Length(usize),
    /// A control character, such as a line break.
    #[error("must not contain control characters")]
    Control,
    /// Not of the form `local@domain`.
    #[error("must be an e-mail address, such as name@example.com")]
    Email,
    /// No number of this country, nor an international one (ITU-T E.164).
    #[error("must be a phone number of {0}, or an international one, such as +34600000000")]
    Phone(CountryCode),
    /// Not the form in which phone numbers are kept (ITU-T E.164).
    #[error("must be a phone number in E.164 form, such as +34600000000")]
    E164,
    /// Not ISO 3166-1 alpha-2.
    #[error("must be a two-letter country code of ISO 3166-1, such as ES")]
    Country,
    /// Another code of a country that ISO 3166-1 has.
    #[error("must be the country's two-letter code of ISO 3166-1: {0}")]
    CountryIs(CountryCode),
    /// Not of the country's form, of which there is an example.
    #[error("must be a postal code of its country, such as {0}")]
    PostalCode(&'static str),
    /// No national or tax number, or one with a slip of the pen.
    #[error(
        "must be a tax number of the dealership's or the customer's country: NIF, NIE or CIF, \
         NIPC, SIREN, USt-IdNr. or Steuer-IdNr., codice fiscale or partita IVA"
    )]
    TaxId,
    /// Not an IBAN, or one with a slip of the pen.
    #[error("must be an IBAN, such as DE89 3704 0044 0532 0130 00")]
    Iban,
    /// Not one of the portal's languages.
    #[error("must be one of es, en, pt, fr, de, it")]
    Language,
}

/// Text of 1 to `max` characters on one line.
pub(crate) fn line(text: &str, max: usize) -> Result<String, CustomerError> {
    if text.is_empty() || text.chars().count() > max {
        return Err(CustomerError::Length(max));
    }
    if text.chars().any(char::is_control) {
        return Err(CustomerError::Control);
    }
    Ok(text.to_owned())
}

/// Personal data prints as `…` in debug output, so that no log line can carry it by accident.
macro_rules! personal {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Cleans and parses the text.
            pub fn parse(text: &str) -> Result<Self, CustomerError> {
                let parse: fn(&str) -> Result<String, CustomerError> = $parse;
                parse(&clean(text)).map(Self)
            }

            /// The text as it was parsed. It is personal: not for a log, an error or a message.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl TryFrom<String> for $name {
            type Error = CustomerError;
            fn try_from(text: String) -> Result<Self, CustomerError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

personal! {
    /// Full name, up to 120 characters.
    FullName, |text| line(text, 120)
}
personal! {
    /// Why a manager did something, up to 200 characters; it may name the customer.
    Reason, |text| line(text, 200)
}
personal! {
    /// One line of an address, up to 120 characters.
    AddressLine, |text| line(text, 120)
}
personal! {
    /// Postal code, up to 12 characters; its form is each country's own
    /// ([`Address::of_its_country`]).
    PostalCode, |text| line(text, 12)
}
personal! {
    /// Phone number in E.164 form, as it is kept. What people write is read by the crate `people`.
    PhoneNumber, |text| {
        let digits = text.strip_prefix('+').ok_or(CustomerError::E164)?;
        let plausible = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.chars().all(|c| c.is_ascii_digit());
        if plausible { Ok(text.to_owned()) } else { Err(CustomerError::E164) }
    }
}
personal! {
    /// E-mail address: the part of RFC 5321 that people have, up to 254 characters, in ASCII. An
    /// international domain is kept in the form that mail servers take (Punycode, RFC 5891).
    EmailAddress, |text| {
        let (local, domain) = text.rsplit_once('@').ok_or(CustomerError::Email)?;
        let in_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let local_ok = (1..=64).contains(&local.len())
            && local.chars().all(in_local)
            && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        let domain = if domain.is_ascii() && !domain.to_ascii_lowercase().contains(PUNYCODE) {
            domain.to_owned()
        } else {
            // Whoever typed it is told the form, not how it failed.
            idna::domain_to_ascii_strict(domain).map_err(|_| CustomerError::Email)?
        };
        let label_ok = |label: &str| (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-') && !label.ends_with('-');
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        let address = format!("{local}@{domain}");
        let plausible = address.len() <= 254 && local_ok && domain_ok;
        if plausible { Ok(address) } else { Err(CustomerError::Email) }
    }
}
personal! {
    /// The number by which the authorities and an invoice know a person or a company, in capitals
    /// and digits. Whether it is a good one is for the crate `people` to say.
    TaxId, |text| {
        let id: String = text.to_uppercase().chars().filter(|c| !" -./,".contains(*c)).collect();
        let plausible = (2..=20).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric());
        if plausible { Ok(id) } else { Err(CustomerError::TaxId) }
    }
}

/// How a label of an international domain begins in ASCII.
const PUNYCODE: &str = "xn--";

personal! {
    /// International bank account number (ISO 13616) in its electronic form: of its country's length
    /// and form, its check digits right. It may be written as banks' apps and invoices show it: with
    /// the word, in groups, in small letters.
    Iban, |text| {
        let written = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
        let number = written.strip_prefix("IBAN").unwrap_or(&written);
        match number.parse::<iban::Iban>() {
            Ok(_) => Ok(number.to_owned()),
            Err(_) => Err(CustomerError::Iban),
        }
    }
}

impl FullName {
    /// Whether both name one person, as far as names go: capitals, accents and signs don't matter,
    /// nor the order, nor a second surname that one of them leaves out.
    pub fn is_like(&self, other: &Self) -> bool {
        let (one, other) = (self.words(), other.words());
        let (fewer, more) = if one.len() < other.len() { (one, other) } else { (other, one) };
        let is_whole = fewer.len() == more.len() || fewer.len() > 1;
        is_whole && fewer.is_subset(&more)
    }

    fn words(&self) -> BTreeSet<String> {
        // Letters and accents apart (NFD), of which the letters are kept.
        let apart = DecomposingNormalizer::new_nfd().normalize(&self.0);
        let letters = apart.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
        let letters = letters.flat_map(char::to_lowercase).collect::<String>();
        let words = letters.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    }
}

impl EmailAddress {
    /// The form by which two spellings of one mailbox are the same customer: lower case throughout.
    /// Strictly the local part may be case-sensitive; no provider in use treats it so, and a
    /// customer types either.
    pub fn normalized(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The address for people's eyes: an international domain in its own letters.
    pub fn shown(&self) -> Cow<'_, str> {
        match self.0.rsplit_once('@') {
            Some((local, domain)) if domain.contains(PUNYCODE) => {
                format!("{local}@{}", idna::domain_to_unicode(domain).0).into()
            }
            _ => self.as_str().into(),
        }
    }
}

impl CustomerKey {
    /// The key of an e-mail address.
    pub fn of(email: &EmailAddress) -> Self {
        Self(ShortDigest::of(&[email.normalized().as_bytes()]))
    }
}

/// ISO 3166-1 alpha-2 country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Parses the code of a country that there is. Where it is a code of another kind, the error
    /// names the right one.
    pub fn parse(text: &str) -> Result<Self, CustomerError> {
        let code = clean(text).to_ascii_uppercase();
        if celes::Country::from_alpha2(&code).is_ok() {
            return Self::stored(&code);
        }
        let meant = match code.as_str() {
            // What the countries themselves, and the EU's tax offices, write.
            "UK" => Some("GB"),
            "EL" => Some("GR"),
            other => celes::Country::from_alpha3(other).ok().map(|country| country.alpha2),
        };
        let meant = meant.and_then(|code| Self::stored(code).ok());
        Err(meant.map_or(CustomerError::Country, CustomerError::CountryIs))
    }

    /// A code as it was stored: two capital letters.
    fn stored(text: &str) -> Result<Self, CustomerError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(CustomerError::Country),
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        // INVARIANT: they are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for CountryCode {
    type Error = CustomerError;
    fn try_from(text: String) -> Result<Self, CustomerError> {
        Self::stored(&text)
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.to_string()
    }
}

/// The customer's language, for mails and the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Spanish, ISO 639-1 code `es`.
    Es,
    /// English, ISO 639-1 code `en`.
    En,
    /// Portuguese, ISO 639-1 code `pt`.
    Pt,
    /// French, ISO 639-1 code `fr`.
    Fr,
    /// German, ISO 639-1 code `de`.
    De,
    /// Italian, ISO 639-1 code `it`.
    It,
}

impl Language {
    /// Every language that customers are written to in.
    pub const ALL: [Self; 6] = [Self::Es, Self::En, Self::Pt, Self::Fr, Self::De, Self::It];

    /// Parses an ISO 639-1 code.
    pub fn parse(code: &str) -> Result<Self, CustomerError> {
        Ok(match code {
            "es" => Self::Es,
            "en" => Self::En,
            "pt" => Self::Pt,
            "fr" => Self::Fr,
            "de" => Self::De,
            "it" => Self::It,
            _ => return Err(CustomerError::Language),
        })
    }

    /// ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
            Self::Pt => "pt",
            Self::Fr => "fr",
            Self::De => "de",
            Self::It => "it",
        }
    }
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and number.
    pub street: AddressLine,
    /// The postal code, in its country's own form.
    pub postal_code: PostalCode,
    /// City or town, and whatever else the country writes on that line.
    pub city: AddressLine,
    /// The country's ISO 3166-1 code.
    pub country: CountryCode,
}

/// Who bought, as captured at one sale: another sale of the same customer may have another address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Internal identifier, told to the factory.
    pub id: CustomerId,
    /// Given names and surnames, in the customer's own order.
    pub full_name: FullName,
    /// Where credentials and notifications go.
    pub email: EmailAddress,
    /// The number for calls and text messages.
    pub phone: PhoneNumber,
    /// Where the customer lives, which the authority is told.
    pub address: Address,
    /// Language of mails and portal.
    pub language: Language,
    /// The customer's national or tax number, for the authority and the receipts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<TaxId>,
}

/// What stands where a customer's data were. It reads as data of its kind.
const ERASED: &str = "erased";

impl Reason {
    /// What stays of a reason, which may name the customer.
    pub fn erased() -> Self {
        Self(ERASED.to_owned())
    }
}

impl Address {
    /// What stays of an address: its country.
    #[must_use]
    pub fn erased(&self) -> Self {
        let line = || AddressLine(ERASED.to_owned());
        Self {
            street: line(),
            postal_code: PostalCode(ERASED.to_owned()),
            city: line(),
            country: self.country,
        }
    }
}

impl Customer {
    /// What stays of a customer whose personal data are erased: the id that partners know, country
    /// and language.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self {
            id: self.id,
            full_name: FullName(ERASED.to_owned()),
            // No mail gets there (RFC 2606), and no call (ITU: +999 is nobody's).
            email: EmailAddress("erased@customer.invalid".to_owned()),
            phone: PhoneNumber("+9990000000".to_owned()),
            address: self.address.erased(),
            language: self.language,
            tax_id: None,
        }
    }
}

#[cfg(test)]
mod tests;
