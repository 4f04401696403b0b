//! IBANs: checked by MOD-97 (ISO 13616), made for customers to send money to, and those that
//! Stripe documents for tests (<https://docs.stripe.com/payments/sepa-debit/accept-a-payment>).

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantNames};

/// How many characters an IBAN has, a country.
const LENGTHS: &str = "AD24 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 \
     GR27 HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 SE24 \
     SI19 SK24 SM27 VA22";

/// The IBAN without blanks, in capitals; `None` if no account can have it.
pub(crate) fn checked(text: &str) -> Option<String> {
    let iban: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let iban = iban.to_ascii_uppercase();
    let length = iban.get(..2).and_then(|country| {
        LENGTHS.split_whitespace().find_map(|entry| entry.strip_prefix(country)?.parse().ok())
    });
    let is_valid = length == Some(iban.len()) && remainder(&iban) == Some(1);
    is_valid.then_some(iban)
}

/// ISO 7064's MOD 97-10 of an IBAN.
fn remainder(iban: &str) -> Option<u32> {
    let (head, tail) = iban.split_at_checked(4)?;
    tail.chars().chain(head.chars()).try_fold(0, |rest, c| {
        let value = c.to_digit(36)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    })
}

/// Where a virtual IBAN can be (<https://docs.stripe.com/payments/bank-transfers>).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, VariantNames,
)]
#[strum(serialize_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Country {
    Be,
    De,
    Es,
    Fr,
    Ie,
    Nl,
}

/// A customer's own account number, which money is sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VirtualIban {
    pub(crate) country: Country,
    pub(crate) iban: String,
    pub(crate) bic: String,
}

impl VirtualIban {
    /// The account of this number in that country; two numbers below a billion never share one.
    pub(crate) fn new(country: Country, number: u64) -> Self {
        let number = number % 1_000_000_000;
        let (account, bic) = match country {
            Country::Be => {
                let account = format!("999{:07}", number % 10_000_000);
                let check = account.parse::<u64>().unwrap_or_default() % 97;
                (format!("{account}{:02}", if check == 0 { 97 } else { check }), "STRPBEBXXXX")
            }
            Country::De => (format!("20220800{number:010}"), "SXPYDEHHXXX"),
            Country::Es => (format!("6888000100{number:010}"), "STRPESMMXXX"),
            Country::Fr => (format!("3023300{number:014}00"), "STRPFRPPXXX"),
            Country::Ie => (format!("STRP99999{number:09}"), "STRPIE2DXXX"),
            Country::Nl => (format!("STRP0{number:09}"), "STRPNL2AXXX"),
        };
        let check = 98 - remainder(&format!("{country}00{account}")).unwrap_or_default();
        Self { country, iban: format!("{country}{check:02}{account}"), bic: bic.to_owned() }
    }
}

/// What becomes of a direct debit from an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DebitFate {
    Succeeds,
    /// With this failure code.
    Fails(&'static str),
    /// It succeeds, and is claimed back at once.
    Disputed,
}

/// A test account's behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Debit {
    pub(crate) fate: DebitFate,
    /// It takes three minutes at least.
    pub(crate) is_delayed: bool,
}

const REFUSED: &str = "debit_not_authorized";
const SOURCE_LIMIT: &str = "charge_exceeds_source_limit";
const WEEKLY_LIMIT: &str = "charge_exceeds_weekly_limit";
const FUNDS: &str = "insufficient_funds";

/// Accounts that don't just succeed.
const TEST_ACCOUNTS: [(&str, DebitFate, bool); 28] = [
    ("DE08370400440532013003", DebitFate::Succeeds, true),
    ("DE62370400440532013001", DebitFate::Fails(REFUSED), false),
    ("DE78370400440532013004", DebitFate::Fails(REFUSED), true),
    ("DE35370400440532013002", DebitFate::Disputed, false),
    ("DE65370400440000343434", DebitFate::Fails(SOURCE_LIMIT), false),
    ("DE27370400440000121212", DebitFate::Fails(WEEKLY_LIMIT), false),
    ("DE65370400440002222227", DebitFate::Fails(FUNDS), false),
    ("ES2300120345030000067893", DebitFate::Succeeds, true),
    ("ES9121000418450200051332", DebitFate::Fails(REFUSED), false),
    ("ES9300120345030000067894", DebitFate::Fails(REFUSED), true),
    ("ES5000120345030000067892", DebitFate::Disputed, false),
    ("ES1700120345000000343434", DebitFate::Fails(SOURCE_LIMIT), false),
    ("ES7600120345000000121212", DebitFate::Fails(WEEKLY_LIMIT), false),
    ("ES1700120345000002222227", DebitFate::Fails(FUNDS), false),
    ("PT66000201231234567890157", DebitFate::Succeeds, true),
    ("PT23000201231234567890155", DebitFate::Fails(REFUSED), false),
    ("PT39000201231234567890158", DebitFate::Fails(REFUSED), true),
    ("PT93000201231234567890156", DebitFate::Disputed, false),
    ("PT05000201230000000343434", DebitFate::Fails(SOURCE_LIMIT), false),
    ("PT64000201230000000121212", DebitFate::Fails(WEEKLY_LIMIT), false),
    ("PT05000201230000002222227", DebitFate::Fails(FUNDS), false),
    ("IE24AIBK93115212345671", DebitFate::Succeeds, true),
    ("IE02AIBK93115212345679", DebitFate::Fails(REFUSED), false),
    ("IE94AIBK93115212345672", DebitFate::Fails(REFUSED), true),
    ("IE51AIBK93115212345670", DebitFate::Disputed, false),
    ("NL55RABO0300065267", DebitFate::Succeeds, true),
    ("NL91ABNA0417164300", DebitFate::Fails(REFUSED), false),
    ("NL82RABO0300065266", DebitFate::Disputed, false),
];

/// How a debit from this account goes; from one that Stripe doesn't document, well.
pub(crate) fn debit(iban: &str) -> Debit {
    TEST_ACCOUNTS
        .iter()
        .find(|(known, ..)| *known == iban)
        .map_or(Debit { fate: DebitFate::Succeeds, is_delayed: false }, |(_, fate, is_delayed)| {
            Debit { fate: *fate, is_delayed: *is_delayed }
        })
}

/// Stripe's tokens for test accounts, such as `pm_success_de`.
pub(crate) fn account_of_token(token: &str) -> Option<&'static str> {
    Some(match token {
        "pm_success_de" => "DE89370400440532013000",
        "pm_failed_de" => "DE62370400440532013001",
        "pm_disputed_de" => "DE35370400440532013002",
        "pm_insufficientFunds_de" => "DE65370400440002222227",
        "pm_success_es" => "ES0700120345030000067890",
        "pm_failed_es" => "ES9121000418450200051332",
        "pm_disputed_es" => "ES5000120345030000067892",
        "pm_insufficientFunds_es" => "ES1700120345000002222227",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantNames;

    #[test]
    fn every_test_account_can_be_one() {
        for (iban, ..) in TEST_ACCOUNTS {
            assert_eq!(checked(iban).as_deref(), Some(iban));
        }
        assert_eq!(
            checked("de89 3704 0044 0532 0130 00").as_deref(),
            Some("DE89370400440532013000")
        );
    }

    #[test]
    fn a_changed_digit_a_wrong_length_and_another_country_are_seen() {
        for wrong in
            ["DE89370400440532013001", "DE8937040044053201300", "XX89370400440532013000", ""]
        {
            assert_eq!(checked(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_virtual_iban_passes_the_check_in_each_country() {
        for country in Country::VARIANTS {
            for number in [0, 1, 96, 97, 123_456_789] {
                let made = VirtualIban::new(country.parse().unwrap(), number);
                assert_eq!(checked(&made.iban).as_ref(), Some(&made.iban));
                assert!(made.iban.starts_with(country));
            }
        }
    }
}
