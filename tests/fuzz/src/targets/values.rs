//! The domain's values, each read from a text.

use domain::account::{MailedToken, NewPassword, Source, TokenDigest};
use domain::customer::{AddressLine, PostalCode};
use domain::ids::{GatewayPaymentId, PaymentMethodToken, RefundId, RegistrationId};
use domain::money::Terms;
use domain::names::Name;
use domain::sale::Order;
use domain::text::clean;
use domain::{
    AttemptId, BasePlatform, CountryCode, Currency, CustomerId, CustomerKey, DealershipId,
    EmailAddress, EmployeeId, FullName, Language, Money, OptionCode, OrderId, PhoneNumber,
    PlanCode, Plate, Reason, SaleId, TaxId, Vin,
};
use paper::{Row, Sheet};
use std::fmt::Display;

/// What is taken in is taken in again as it is written, and is the same.
macro_rules! read_back {
    ($text:expr; $write:expr; $($kind:ty),+) => {
        $(if let Ok(read) = <$kind>::parse($text) {
            let written: String = $write(&read);
            let again = <$kind>::parse(&written);
            if again.as_ref() != Ok(&read) {
                let kind = stringify!($kind);
                return Err(format!("a {kind} is written as {written:?}, and read as {again:?}"));
            }
        })+
    };
}

fn same(kind: &str, text: &str, read: &impl Display) -> Result<(), String> {
    if read.to_string() == text { Ok(()) } else { Err(format!("a {kind} is written as {read}")) }
}

pub(super) fn ids(input: &[u8]) -> Result<(), String> {
    let text = &String::from_utf8_lossy(input);
    read_back!(text; ToString::to_string; CountryCode, SaleId, CustomerId, AttemptId, DealershipId, EmployeeId, OrderId, RegistrationId, GatewayPaymentId,
        PaymentMethodToken, RefundId, Vin);
    read_back!(text; |plate: &Plate| plate.as_str().to_owned(); Plate);
    for read in [
        BasePlatform::parse(text).ok().map(|read| read.as_str().to_owned()),
        PlanCode::parse(text).ok().map(|read| read.as_str().to_owned()),
        OptionCode::parse(text).ok().map(|read| read.as_str().to_owned()),
    ] {
        read.map_or(Ok(()), |read| same("code", text, &read))?;
    }
    if let Some(key) = CustomerKey::parse(text) {
        same("CustomerKey", text, &key)?;
    }
    Ok(())
}

pub(super) fn customer(input: &[u8]) -> Result<(), String> {
    let text = &String::from_utf8_lossy(input);
    let printable = |kind: &str, read: &str| {
        let clean = !read.is_empty() && !read.chars().any(char::is_control) && read.trim() == read;
        if clean {
            Ok(())
        } else {
            Err(format!("a {kind} with controls or blanks about it: {read:?}"))
        }
    };
    if let Ok(email) = EmailAddress::parse(text) {
        printable("EmailAddress", email.as_str())?;
        if !email.as_str().is_ascii() || email.as_str().matches('@').count() != 1 {
            return Err(format!("an e-mail address that is none: {}", email.as_str()));
        }
        if EmailAddress::parse(&email.shown()).as_ref().map(EmailAddress::normalized)
            != Ok(email.normalized())
        {
            return Err(format!("{} is shown as {}", email.as_str(), email.shown()));
        }
        if CustomerKey::of(&email)
            != EmailAddress::parse(&email.normalized())
                .map(|email| CustomerKey::of(&email))
                .unwrap_or(CustomerKey::of(&email))
        {
            return Err("two spellings of one address have two keys".to_owned());
        }
    }
    for (kind, read) in [
        ("FullName", FullName::parse(text).ok().map(|read| read.as_str().to_owned())),
        ("PhoneNumber", PhoneNumber::parse(text).ok().map(|read| read.as_str().to_owned())),
        ("AddressLine", AddressLine::parse(text).ok().map(|read| read.as_str().to_owned())),
        ("PostalCode", PostalCode::parse(text).ok().map(|read| read.as_str().to_owned())),
    ] {
        read.map_or(Ok(()), |read| printable(kind, &read))?;
    }
    let _ = (Language::parse(text), Reason::parse(text), Order::estimate(text));
    read_back!(text; |name: &Name| name.as_str().to_owned(); Name);
    Ok(())
}

/// The first line is the country in which the second was typed.
pub(super) fn numbers(input: &[u8]) -> Result<(), String> {
    let input = String::from_utf8_lossy(input);
    let (country, text) = input.split_once('\n').unwrap_or(("ES", &input));
    let Ok(country) = CountryCode::parse(country) else { return Ok(()) };
    if let Ok(number) = people::phone_number(text, country) {
        let again = people::phone_number(number.as_str(), country);
        if again.as_ref() != Ok(&number) {
            return Err(format!("{text:?} is {}, which is {again:?}", number.as_str()));
        }
    }
    read_back!(text; |id: &TaxId| id.as_str().to_owned(); TaxId);
    match people::tax_id(text, [country]) {
        Ok(id) if people::tax_id(id.as_str(), [country]).as_ref() != Ok(&id) => {
            Err(format!("{} is no tax number any more", id.as_str()))
        }
        _ => Ok(()),
    }
}

/// Whatever a buyer is called, there is a receipt.
pub(super) fn paper(input: &[u8]) -> Result<(), String> {
    let Ok(buyer) = FullName::parse(&String::from_utf8_lossy(input)) else { return Ok(()) };
    let sheet = Sheet {
        language: "es",
        from: Vec::new(),
        title: "Recibo",
        amount: "1.000,00 €",
        rows: vec![Row { name: "Comprador", value: buyer.as_str().to_owned() }],
        notes: Vec::new(),
    };
    paper::pdf(&sheet).map(drop).map_err(|fault| fault.to_string())
}

pub(super) fn text(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    let once = clean(&text);
    if clean(&once) == once {
        Ok(())
    } else {
        Err(format!("{text:?} is cleaned to {once:?}, and that to {:?}", clean(&once)))
    }
}

pub(super) fn money(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    let mut words = text.split(' ');
    let currency = words.next().and_then(Currency::from_code);
    let mut amount = || words.next()?.parse::<u64>().ok();
    let (Some(currency), Some(price), Some(signal)) = (currency, amount(), amount()) else {
        return Ok(());
    };
    let (Ok(price), Ok(signal)) = (Money::new(price, currency), Money::new(signal, currency))
    else {
        return Ok(());
    };
    let Ok(terms) = Terms::new(price, signal) else { return Ok(()) };
    let sum = terms.signal().minor().checked_add(terms.balance().minor());
    if sum == Some(terms.price().minor()) { Ok(()) } else { Err(format!("{terms:?} don't add up")) }
}

pub(super) fn secrets(input: &[u8]) -> Result<(), String> {
    let text = &String::from_utf8_lossy(input);
    let _ = (NewPassword::parse(text), edge::password(text), Source::of(text));
    match MailedToken::parse(text) {
        Some(token) if token.digest != TokenDigest::of(text) => {
            Err("a token is another".to_owned())
        }
        _ => Ok(()),
    }
}
