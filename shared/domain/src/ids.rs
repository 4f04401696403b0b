//! Identifiers, a type each, so that one can't stand in for another.

use crate::text::clean;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

/// Why a text is no identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a UUID in its usual text form.
    #[error("must be a UUID")]
    NotUuid,
    /// Empty, too long, or with a character outside the allowed ones.
    #[error("must be 1 to {max} characters of {allowed}")]
    Malformed {
        /// Longest allowed length in characters.
        max: usize,
        /// What it may be made of.
        allowed: &'static str,
    },
    /// Not 17 characters of a VIN (ISO 3779: no I, O or Q).
    #[error("must be a VIN: 17 capital letters and digits, without I, O and Q")]
    NotVin,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that the wiring made (version 7).
            pub fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// Parses the usual hyphenated text form, also in capitals. It is written in lower
            /// case.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let text = clean(text);
                // Whoever typed it is told the form, not how it failed.
                let id = Uuid::try_parse(&text).map_err(|_| IdError::NotUuid)?;
                let spelled = id.hyphenated().to_string();
                if spelled.eq_ignore_ascii_case(&text) { Ok(Self(id)) } else { Err(IdError::NotUuid) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        text_id! {
            $(#[$doc])*
            $name, $max, "letters, digits and -_.:",
            |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c)
        }
    };
    ($(#[$doc:meta])* $name:ident, $max:expr, $allowed:literal, $is_allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            #[doc = concat!("Parses ", $allowed, ", with blanks about it.")]
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let text = clean(text);
                if text.is_empty() || text.len() > $max || !text.chars().all($is_allowed) {
                    return Err(IdError::Malformed { max: $max, allowed: $allowed });
                }
                Ok(Self(text.into_owned()))
            }

            /// The text as it came.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

uuid_id! {
    /// A sale; also its workflow's execution name and the key that its factory order is placed
    /// under.
    SaleId
}
impl SaleId {
    /// The least id of a sale that was made at `at` or later: an id begins with its moment (RFC
    /// 9562, version 7).
    pub fn least_at(at: Timestamp) -> Self {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or_default();
        Self(Uuid::from_u64_pair(millis << 16, 0))
    }

    /// The moment that it begins with.
    pub fn made_at(self) -> Timestamp {
        let millis = self.0.as_u64_pair().0 >> 16;
        i64::try_from(millis)
            .ok()
            .and_then(|millis| Timestamp::from_millisecond(millis).ok())
            .unwrap_or(Timestamp::MAX)
    }
}

uuid_id! {
    /// A customer, the factory's `customer_id`.
    CustomerId
}
uuid_id! {
    /// One attempt to pay; also the key that the gateway is called under.
    AttemptId
}
text_id! {
    /// A dealership (concesionario), from the employee's token.
    DealershipId, 64
}
text_id! {
    /// A dealership employee, the `sub` of the token: what the issuer calls a person, be it an
    /// e-mail address or `auth0|64c0ffee` (OIDC Core, section 2).
    EmployeeId, 255, "ASCII characters that can be printed", |c: char| (' '..='~').contains(&c)
}
text_id! {
    /// The factory's order id, such as `WH/MO/00123`.
    OrderId, 64, "letters, digits and -_.:/",
    |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c)
}
text_id! {
    /// The registry's own id of a registration, such as `28/2026/004512`.
    RegistrationId, 64, "letters, digits and -_.:/",
    |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c)
}
text_id! {
    /// The gateway's id of a payment (`pi_…`).
    GatewayPaymentId, 128
}
text_id! {
    /// The gateway's token of a payment method (`pm_…`).
    PaymentMethodToken, 128
}
text_id! {
    /// The gateway's id of a dispute (`dp_…`).
    DisputeId, 128
}
text_id! {
    /// The gateway's id of a refund (`re_…`).
    RefundId, 128
}

/// A registration plate as the authority wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Plate(String);

impl Plate {
    /// Parses 2 to 12 letters (national ones such as Ü included), digits, and what parts them:
    /// blanks, hyphens, and the dots that are stamped on some.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let text = clean(text);
        let allowed = |c: char| c.is_alphanumeric() || PARTS_A_PLATE.contains(c);
        if !(2..=12).contains(&text.chars().count()) || !text.chars().all(allowed) {
            return Err(IdError::Malformed {
                max: 12,
                allowed: "letters, digits, spaces, hyphens and dots",
            });
        }
        Ok(Self(text.into_owned()))
    }

    /// The text as the authority wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The plate without what parts its groups: `1234 BCD`, `1234-bcd`. A few plates of one country
    /// have this in common (`B-NO 1234`, `BN-O 1234`): [`Self::is_same`] tells them apart.
    pub fn normalized(&self) -> String {
        self.0.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
    }

    /// Whether both are one plate: no letter or digit differs, and where both part their letters
    /// they do so at the same place.
    pub fn is_same(&self, other: &Self) -> bool {
        let (one, two) = (self.letters(), other.letters());
        let both_part = one.len() > 1 && two.len() > 1;
        self.normalized() == other.normalized() && (!both_part || one == two)
    }

    /// Its groups of letters.
    fn letters(&self) -> Vec<String> {
        let groups = self.0.split(|c: char| !c.is_alphabetic()).filter(|group| !group.is_empty());
        groups.map(str::to_uppercase).collect()
    }
}

/// What may stand between a plate's groups: on a plate, in a register, and on a keyboard.
const PARTS_A_PLATE: &str = " -.·•‧‐–";

impl TryFrom<String> for Plate {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<Plate> for String {
    fn from(plate: Plate) -> Self {
        plate.0
    }
}

/// A vehicle identification number (ISO 3779), the vehicle's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Vin(String);

impl Vin {
    /// Parses 17 characters, also small ones and in groups; the check digit is a North American
    /// rule and is not asked for.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let text = clean(text).to_ascii_uppercase();
        let text: String = text.chars().filter(|c| !" -.".contains(*c)).collect();
        let allowed =
            |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && !"IOQ".contains(c));
        if text.len() != 17 || !text.chars().all(allowed) {
            return Err(IdError::NotVin);
        }
        Ok(Self(text))
    }

    /// The 17 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Vin {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<Vin> for String {
    fn from(vin: Vin) -> Self {
        vin.0
    }
}

/// Where a customer's record is: a digest of the e-mail address, so that keys, logs and queues
/// carry no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerKey(pub(crate) ShortDigest);

impl CustomerKey {
    /// Hex digits of a key.
    pub const LENGTH: usize = 32;

    /// A key as it is written. `None`: not one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_key = text.len() == Self::LENGTH
            && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        is_key.then(|| Self(ShortDigest(text.to_owned())))
    }

    /// Nobody's: where the customer of a sale was erased.
    pub fn erased() -> Self {
        Self(ShortDigest("0".repeat(Self::LENGTH)))
    }
}

impl fmt::Display for CustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The SHA-256 of a file, in hex: which document it was, without the document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileDigest(String);

impl FileDigest {
    /// Parses 64 hex digits.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let is_digest = text.len() == 64 && text.bytes().all(|c| c.is_ascii_hexdigit());
        if is_digest {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err("must be a SHA-256 in 64 hex digits")
        }
    }

    /// The 64 digits, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first 128 bits of a SHA-256, in hex: enough to tell apart what one sale or one customer base
/// holds, at half the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShortDigest(String);

impl ShortDigest {
    /// Digests parts, each with its length before it, so that no two lists of parts run together.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut text = String::with_capacity(32);
        for byte in hash.finalize().iter().take(16) {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        Self(text)
    }
}

impl fmt::Display for ShortDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_id_is_written_in_one_way_and_read_in_capitals_too() {
        let text = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";
        for same in [text, &text.to_uppercase(), &format!(" {text}\u{200b}")] {
            assert_eq!(SaleId::parse(same).unwrap().to_string(), text);
        }
        for other in [text.replace('-', ""), format!("{{{text}}}"), String::new()] {
            assert_eq!(SaleId::parse(&other), Err(IdError::NotUuid), "{other}");
        }
    }

    #[test]
    fn ids_are_in_the_order_of_their_moments() {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap();
        let id = SaleId::parse("01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e").unwrap();
        let made = 0x0193_6d3c_7d2b;
        assert!(SaleId::least_at(at(made)) < id && id < SaleId::least_at(at(made + 1)));
        assert!(SaleId::least_at(Timestamp::MIN) < id);
        assert_eq!(id.made_at(), at(made));
    }

    #[test]
    fn a_plate_is_found_however_it_is_parted() {
        let plates = ["1234 BCD", "1234-bcd", "1234bcd"]
            .map(|text| Plate::parse(text).unwrap().normalized());
        assert_eq!(plates, ["1234BCD", "1234BCD", "1234BCD"]);
        assert_eq!(Plate::parse("m-ü 12").unwrap().normalized(), "MÜ12");
        assert_eq!(Plate::parse("AA·12·AB").unwrap().normalized(), "AA12AB");
    }

    #[test]
    fn plates_that_part_their_letters_in_two_ways_are_two() {
        let same = |one: &str, other: &str| {
            let (one, other) = (Plate::parse(one).unwrap(), Plate::parse(other).unwrap());
            assert_eq!(one.is_same(&other), other.is_same(&one));
            one.is_same(&other)
        };
        assert!(!same("B-NO 1234", "BN-O 1234"));
        for written in ["b no 1234", "B·NO-1234", "BNO1234", "BNO 1234"] {
            assert!(same("B-NO 1234", written), "{written}");
        }
        assert!(same("AA-12-AB", "aa12ab") && same("1234 BCD", "1234-bcd"));
        assert!(!same("1234 BCD", "1234 BCF"));
    }

    #[test]
    fn an_authority_s_file_number_may_have_slashes() {
        assert_eq!(RegistrationId::parse("28/2026/004512").unwrap().as_str(), "28/2026/004512");
        assert!(DealershipId::parse("28/2026").is_err());
    }

    #[test]
    fn a_vin_has_seventeen_characters_of_its_alphabet() {
        for written in ["VSSZZZ5FZJR012345", "vsszzz5fzjr012345 ", "VSS ZZZ5FZ-JR012345\u{200b}"] {
            assert_eq!(Vin::parse(written).unwrap().as_str(), "VSSZZZ5FZJR012345");
        }
        for bad in
            ["", "VSSZZZ5FZJR01234", "VSSZZZ5FZJR0123456", "VSSZZZ5FZJR01234O", "VSSZZZ5FZJR01234é"]
        {
            assert_eq!(Vin::parse(bad), Err(IdError::NotVin), "{bad}");
        }
    }

    #[test]
    fn digests_of_shifted_parts_differ() {
        assert_ne!(ShortDigest::of(&[b"ab", b"c"]), ShortDigest::of(&[b"a", b"bc"]));
    }
}
