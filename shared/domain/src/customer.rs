//! Customer data captured at registration (R-02 of `docs/requirements.md`). Parsed once, at the
//! edge.

use crate::ids::{CustomerId, CustomerKey, ShortDigest};
use serde::{Deserialize, Serialize};
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
    /// Not an international number (ITU-T E.164).
    #[error("must be an international phone number, such as +34600000000")]
    Phone,
    /// Not ISO 3166-1 alpha-2.
    #[error("must be a two-letter country code, such as ES")]
    Country,
    /// Not an IBAN, or one with a slip of the pen.
    #[error("must be an IBAN, such as DE89 3704 0044 0532 0130 00")]
    Iban,
    /// Not one of the portal's languages.
    #[error("must be one of es, en, pt, fr, de, it")]
    Language,
}

fn line(text: &str, max: usize) -> Result<String, CustomerError> {
    let text = text.trim();
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
            /// Parses and trims the text.
            pub fn parse(text: &str) -> Result<Self, CustomerError> {
                let parse: fn(&str) -> Result<String, CustomerError> = $parse;
                parse(text).map(Self)
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
    /// Postal code, up to 12 characters; its form is each country's own.
    PostalCode, |text| line(text, 12)
}
personal! {
    /// Phone number in E.164 form; blanks, hyphens, dots and brackets are dropped.
    PhoneNumber, |text| {
        let number: String = text.trim().chars().filter(|c| !" -.()".contains(*c)).collect();
        let digits = number.strip_prefix('+').ok_or(CustomerError::Phone)?;
        let plausible = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.chars().all(|c| c.is_ascii_digit());
        if plausible { Ok(number) } else { Err(CustomerError::Phone) }
    }
}
personal! {
    /// E-mail address: the part of RFC 5321 that people have, up to 254 characters, in ASCII.
    EmailAddress, |text| {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(CustomerError::Email)?;
        let in_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let local_ok = (1..=64).contains(&local.len())
            && local.chars().all(in_local)
            && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        let label_ok = |label: &str| (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-') && !label.ends_with('-');
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        let plausible = text.len() <= 254 && local_ok && domain_ok;
        if plausible { Ok(text.to_owned()) } else { Err(CustomerError::Email) }
    }
}

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

impl EmailAddress {
    /// The form by which two spellings of one mailbox are the same customer: lower case throughout.
    /// Strictly the local part may be case-sensitive; no provider in use treats it so, and a
    /// customer types either.
    pub fn normalized(&self) -> String {
        self.0.to_ascii_lowercase()
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
    /// Parses two capital letters.
    pub fn parse(text: &str) -> Result<Self, CustomerError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(CustomerError::Country),
        }
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.0[0]), char::from(self.0[1]))
    }
}

impl TryFrom<String> for CountryCode {
    type Error = CustomerError;
    fn try_from(text: String) -> Result<Self, CustomerError> {
        Self::parse(&text)
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.to_string()
    }
}

/// The customer's language, for mails and the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses_that_people_have_are_taken() {
        for good in [
            "ana@example.com",
            "a.b+c@sub.example.co",
            " trimmed@example.org ",
            "o'neil@example.ie",
        ] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "a..b@example.com",
            "ana@-x.com",
            "a b@example.com",
            "ana@example.com\r\nBcc: x@y.z",
            "ñ@example.com",
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(CustomerError::Email), "{bad}");
        }
    }

    #[test]
    fn two_spellings_of_a_mailbox_are_one_customer() {
        let (a, b) = (
            EmailAddress::parse("Ana@Example.com").unwrap(),
            EmailAddress::parse("ana@example.com").unwrap(),
        );
        assert_eq!(crate::CustomerKey::of(&a), crate::CustomerKey::of(&b));
    }

    #[test]
    fn phone_numbers_are_kept_in_e164() {
        assert_eq!(PhoneNumber::parse("+34 600-00.00(00)").unwrap().as_str(), "+34600000000");
        for bad in ["600000000", "+0123456789", "+34", "+34abc000000", "+1234567890123456"] {
            assert_eq!(PhoneNumber::parse(bad), Err(CustomerError::Phone), "{bad}");
        }
    }

    #[test]
    fn an_iban_s_check_digits_find_a_slip() {
        for good in [
            "DE89 3704 0044 0532 0130 00",
            "es9121000418450200051332",
            "GB82 WEST 1234 5698 7654 32",
            "DE89-3704-0044-0532-0130-00",
        ] {
            assert!(Iban::parse(good).is_ok(), "{good}");
        }
        // As a bank's app shows it, with what copying brings along.
        for shown in [
            "IBAN ES91-2100-0418-4502-0005-1332",
            "IBAN: ES91\u{a0}2100\u{a0}0418\u{a0}4502\u{a0}0005\u{a0}1332",
            "\u{200b}es91 2100 0418 45 0200051332\u{feff}",
            "iban:ES91.2100.0418.4502.0005.1332",
        ] {
            let iban = Iban::parse(shown).unwrap();
            assert_eq!(iban.as_str(), "ES9121000418450200051332", "{shown:?}");
        }
        for bad in [
            "",
            "DE",
            "DE89370400440532013001",
            "DE98370400440532013000",
            "ES91210004184502000513321",
            // A Cyrillic letter, the length of another country, and no country at all.
            "ЕS9121000418450200051332",
            "FR1421000418450200051332",
            "XX9121000418450200051332",
            "IBAN",
        ] {
            assert_eq!(Iban::parse(bad), Err(CustomerError::Iban), "{bad}");
        }
    }

    #[test]
    fn debug_output_hides_personal_data() {
        assert_eq!(format!("{:?}", FullName::parse("Ana").unwrap()), "FullName(…)");
    }

    #[test]
    fn names_hold_no_line_breaks() {
        assert_eq!(FullName::parse("Ana\r\nBcc: x"), Err(CustomerError::Control));
    }
}
