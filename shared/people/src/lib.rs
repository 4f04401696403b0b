//! Reads what the desk captures of a person and takes much knowledge of the world to judge: phone
//! numbers and tax numbers. A crate of its own, so that the metadata are in the bootstraps of the
//! functions that read them, and in no other; they are loaded when the first number is read.

use domain::customer::CustomerError;
use domain::text::clean;
use domain::{CountryCode, PhoneNumber, TaxId};
use rlibphonenumber::{PhoneNumber as Number, enums::Region};
use stdnum::Validator;

/// A phone number as people of `country` write theirs, or as it is dialled from abroad
/// (`+33 (0)6 …`, `0034 …`), in E.164 form (R-102 of `docs/requirements.md`).
pub fn phone_number(text: &str, country: CountryCode) -> Result<PhoneNumber, CustomerError> {
    let refused = CustomerError::Phone(country);
    let text = clean(text);
    // The library passes over a letter among the digits, and gives another number.
    if text.trim_start_matches(char::is_alphabetic).contains(char::is_alphabetic) {
        return Err(refused);
    }
    let here = Region::from_code(country.as_str()).ok();
    // What it found wrong may be its own matter; who typed it is told a good form.
    let number = Number::parse(text, here).map_err(|_| refused)?;
    if !number.is_valid() || number.extension.is_some() {
        return Err(refused);
    }
    // The same: a number of this library that is none of E.164.
    PhoneNumber::parse(&number.to_string()).map_err(|_| refused)
}

/// By which numbers each country's offices know people and companies, as its file in
/// `domain/countries` names them. Only these are linked: the library knows the world's.
const TAX_NUMBERS: &[(&str, &[&dyn Validator])] =
    include!(concat!(env!("OUT_DIR"), "/tax_numbers.rs"));

fn validators(country: CountryCode) -> &'static [&'static dyn Validator] {
    let of_country = TAX_NUMBERS.iter().find(|(code, _)| *code == country.as_str());
    of_country.map_or(&[], |(_, validators)| validators)
}

/// A national or tax number of one of `countries`, its check digit right, as it is written but for
/// blanks and signs between its groups (R-105 of `docs/requirements.md`).
pub fn tax_id(
    text: &str,
    countries: impl IntoIterator<Item = CountryCode>,
) -> Result<TaxId, CustomerError> {
    let id = TaxId::parse(text)?;
    let is_of = |country| validators(country).iter().any(|one| one.validate(id.as_str()).is_ok());
    if countries.into_iter().any(is_of) { Ok(id) } else { Err(CustomerError::TaxId) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> CountryCode {
        CountryCode::parse(code).unwrap()
    }

    #[test]
    fn phone_numbers_are_read_as_they_are_printed_and_kept_in_e164() {
        for (written, at, kept) in [
            ("+33 (0)6 12 34 56 78", "ES", "+33612345678"),
            ("+49 (0) 30 901820", "ES", "+4930901820"),
            ("600 111 222", "ES", "+34600111222"),
            ("0034 600 111 222", "ES", "+34600111222"),
            ("0034600111222", "FR", "+34600111222"),
            ("06 12 34 56 78", "FR", "+33612345678"),
            ("06 698 2", "IT", "+39066982"),
            ("+39 06 698 2", "ES", "+39066982"),
            ("+39 (0)6 698 2", "FR", "+39066982"),
            ("912 345 678", "PT", "+351912345678"),
            ("Tel: 912 345 678", "PT", "+351912345678"),
            ("+34 600-00.00(00)", "ES", "+34600000000"),
            // As it is pasted from an address book.
            ("\u{202a}+34\u{a0}612\u{a0}34\u{a0}56\u{a0}78\u{202c}", "ES", "+34612345678"),
            ("\u{ff0b}34 612 34 56 78", "ES", "+34612345678"),
        ] {
            let number = phone_number(written, country(at));
            assert_eq!(number.map(String::from), Ok(kept.to_owned()), "{written:?} in {at}");
        }
        for bad in [
            "",
            "1",
            "600 111 22",
            "+34 600 111 222 333",
            "+999 0000000",
            "Ana",
            "+34",
            // Slips of which a number could be made that is somebody else's.
            "60011l2223",
            "6001112e22",
            "600 111 222 ext. 12",
            "600111222;600333444",
        ] {
            let refused = Err(CustomerError::Phone(country("ES")));
            assert_eq!(phone_number(bad, country("ES")), refused, "{bad:?}");
        }
    }

    #[test]
    fn a_tax_number_s_check_digit_finds_a_slip() {
        for (at, written, slip) in [
            ("ES", "B12345674", "B12345675"),
            ("ES", "12345678-z", "12345678A"),
            ("ES", "X-1234567-L", "X1234567T"),
            ("PT", "PT 501 964 843", "501964842"),
            ("FR", "732 829 320", "732829321"),
            ("FR", "FR 40 303 265 045", "FR84323140391"),
            ("DE", "DE 136,695 976", "DE136695978"),
            ("IT", "IT 00743110157", "00743110158"),
            ("IT", "RCCMNL83S18D969H", "RCCMNL83S18D969X"),
        ] {
            let read = |text| tax_id(text, [country("CH"), country(at)]);
            assert!(read(written).is_ok(), "{written} in {at}: {:?}", read(written));
            assert_eq!(read(slip), Err(CustomerError::TaxId), "{slip} in {at}");
        }
        let kept = tax_id("b-1234567.4", [country("ES")]);
        assert_eq!(kept.map(String::from), Ok("B12345674".to_owned()));
        assert!(tax_id("B12345674", [country("FR")]).is_err());
    }
}
