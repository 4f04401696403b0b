use super::*;

#[test]
fn e_mail_addresses_that_people_have_are_taken() {
    for good in [
        "ana@example.com",
        "a.b+c@sub.example.co",
        " trimmed@example.org ",
        "o'neil@example.ie",
        "info@autohaus-müller.example",
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
        "ana@exa mple.com",
        "ana@xn--.com",
        "ana@xn--a.com",
        "ana@-ñ.com",
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
fn a_mailbox_under_an_international_domain_is_kept_as_mail_servers_take_it() {
    let typed = EmailAddress::parse("info@Autohaus-Müller.example").unwrap();
    assert_eq!(typed.as_str(), "info@xn--autohaus-mller-psb.example");
    assert_eq!(typed.shown(), "info@autohaus-müller.example");
    let again = EmailAddress::parse("INFO@autohaus-mu\u{308}ller\u{3002}example").unwrap();
    assert_eq!(crate::CustomerKey::of(&typed), crate::CustomerKey::of(&again));
    assert_eq!(EmailAddress::parse(typed.as_str()), Ok(typed));
    assert_eq!(EmailAddress::parse("Ana@Example.com").unwrap().shown(), "Ana@Example.com");
}

#[test]
fn phone_numbers_are_kept_in_e164() {
    assert_eq!(PhoneNumber::parse("+34600000000").unwrap().as_str(), "+34600000000");
    for bad in ["600000000", "+34 600", "+0123456789", "+34", "+34abc000000"] {
        assert_eq!(PhoneNumber::parse(bad), Err(CustomerError::E164), "{bad}");
    }
}

#[test]
fn a_country_s_code_is_iso_s_and_the_right_one_is_proposed() {
    let parse = CountryCode::parse;
    for (good, code) in [("ES", "ES"), (" gb\u{200b}", "GB"), ("MF", "MF")] {
        assert_eq!(parse(good).unwrap().as_str(), code);
    }
    for (other, right) in [("UK", "GB"), ("EL", "GR"), ("ESP", "ES"), ("deu", "DE")] {
        let right = parse(right).unwrap();
        assert_eq!(parse(other), Err(CustomerError::CountryIs(right)), "{other}");
    }
    for none in ["", "XX", "ZZ", "E", "Spain", "ÉS"] {
        assert_eq!(parse(none), Err(CustomerError::Country), "{none}");
    }
    let stored: CountryCode = serde_json::from_str("\"UK\"").unwrap();
    assert_eq!(stored.as_str(), "UK", "what was stored before can be read");
}

#[test]
fn a_postal_code_has_its_country_s_form() {
    let address = |country: &str, code: &str| {
        let line = || AddressLine::parse("x").unwrap();
        let (postal_code, country) =
            (PostalCode::parse(code).unwrap(), CountryCode::parse(country).unwrap());
        Address { street: line(), postal_code, city: line(), country }.of_its_country()
    };
    for (country, code) in [
        ("ES", "28013"),
        ("ES", "08013"),
        ("PT", "1100-148"),
        ("PT", "1100 148"),
        ("FR", "20000"),
        ("DE", "01067"),
        ("IT", "00118"),
        // Countries in which nothing is sold: whatever they write.
        ("GB", "SW1A 1AA"),
        ("CH", "8013"),
    ] {
        assert!(address(country, code).is_ok(), "{code} in {country}");
    }
    for (country, code, example) in [
        ("ES", "ABC", "28013"),
        ("ES", "8013", "28013"),
        ("PT", "1100", "1100-148"),
        ("FR", "2A004", "75001"),
        ("DE", "D-1067", "10115"),
    ] {
        let refused = Err(CustomerError::PostalCode(example));
        assert_eq!(address(country, code), refused, "{code} in {country}");
    }
}

#[test]
fn text_is_cleaned_before_it_is_judged() {
    let name = FullName::parse("Irene \u{202e}oiñibrU\u{200b}").unwrap();
    assert_eq!(name.as_str(), "Irene oiñibrU");
    let invisible = FullName::parse("\u{200b}\u{2060}\u{feff}");
    assert_eq!(invisible, Err(CustomerError::Length(120)));
    let street = AddressLine::parse("Calle\u{a0}del  Pez 14").unwrap();
    assert_eq!(street.as_str(), "Calle del Pez 14");
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

#[test]
fn one_person_s_name_is_known_however_it_is_written() {
    let alike = |one: &str, other: &str| {
        FullName::parse(one).unwrap().is_like(&FullName::parse(other).unwrap())
    };
    for other in ["ana garcia peña", "García Peña, Ana", "Ana-García PEN\u{303}A", "Ana García"]
    {
        assert!(alike("Ana García Peña", other) && alike(other, "Ana García Peña"), "{other}");
    }
    for other in ["Iker Zabala Otxoa", "Ana García López", "Ana", "Luis García Peña"] {
        assert!(!alike("Ana García Peña", other), "{other}");
    }
    assert!(alike("Ana", "ana") && !alike("·", "Ana"));
}
