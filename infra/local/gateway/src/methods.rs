//! Payment methods as calls describe them: a card by its number or token, an account by its IBAN.

use crate::books::Books;
use crate::cards;
use crate::form::Form;
use crate::iban;
use crate::objects::{Object, PaymentMethod, Source};
use crate::refusal::Refusal;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// A parameter's name: `at[first][second]`, or without `at` `first[second]`.
fn name(at: &str, segments: &[&str]) -> String {
    let mut segments = at.split_terminator('[').take(1).chain(segments.iter().copied());
    let first = segments.next().unwrap_or_default().to_owned();
    segments.fold(first, |name, segment| format!("{name}[{segment}]"))
}

/// Reads what stands at the top, or under a name such as `payment_method_data`. It is kept nowhere
/// yet.
pub(crate) fn read(books: &mut Books, form: &Form, at: &str) -> Result<PaymentMethod, Refusal> {
    let kinds = ["card", "sepa_debit", "customer_balance"];
    let kind: Option<String> = form.word(&name(at, &["type"]), &kinds)?;
    let source = match kind.as_deref() {
        None => return Err(Refusal::missing(&name(at, &["type"]))),
        Some("card") => card(books, form, at)?,
        Some("sepa_debit") => account(form, at)?,
        Some(_) => Source::CustomerBalance,
    };
    let billing = name(at, &["billing_details"]);
    let mut details = json!({ "address": null, "email": null, "name": null, "phone": null });
    if let (Some(details), Value::Object(told)) = (details.as_object_mut(), form.tree(&billing)) {
        details.extend(told);
    }
    let metadata = form.hash(&name(at, &["metadata"]))?;
    Ok(made(books, source, details, metadata))
}

fn made(
    books: &mut Books,
    own: Source,
    billing_details: Value,
    metadata: crate::objects::Metadata,
) -> PaymentMethod {
    let (id, created) = (books.id(PaymentMethod::PREFIX), books.now());
    PaymentMethod { id, created, billing_details, customer: None, metadata, own }
}

fn card(books: &Books, form: &Form, at: &str) -> Result<Source, Refusal> {
    let part = |segment| name(at, &["card", segment]);
    if let Some(token) = form.text(&part("token"))? {
        return token_source(token).ok_or_else(|| Refusal::unknown(&part("token"), "token", token));
    }
    let number: String =
        form.required(&part("number"))?.chars().filter(|c| !c.is_whitespace()).collect();
    let refused = |code, what: &str, message| Refusal::card(code, message).param(what.to_owned());
    if !cards::is_a_number(&number) {
        return Err(refused("incorrect_number", "number", "Your card number is incorrect."));
    }
    let missing = |segment| Refusal::missing(&part(segment));
    let month = form.integer(&part("exp_month"))?.ok_or_else(|| missing("exp_month"))?;
    let year = form.integer(&part("exp_year"))?.ok_or_else(|| missing("exp_year"))?;
    let year = if year < 100 { year + 2000 } else { year };
    if !(1..=12).contains(&month) {
        let message = "Your card's expiration month is invalid.";
        return Err(refused("invalid_expiry_month", "exp_month", message));
    }
    let today = Timestamp::from_second(books.now()).unwrap_or_default().to_zoned(TimeZone::UTC);
    let this_month = (i64::from(today.year()), i64::from(today.month()));
    if (year, month) < this_month || year > this_month.0 + 50 {
        let message = "Your card's expiration year is invalid.";
        return Err(refused("invalid_expiry_year", "exp_year", message));
    }
    let is_code = |code: &str| {
        (3..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
    };
    if form.text(&part("cvc"))?.is_some_and(|code| !is_code(code)) {
        return Err(refused("invalid_cvc", "cvc", "Your card's security code is invalid."));
    }
    Ok(Source::Card { number, exp_month: month, exp_year: year })
}

fn account(form: &Form, at: &str) -> Result<Source, Refusal> {
    let part = name(at, &["sepa_debit", "iban"]);
    let text = form.required(&part)?;
    let iban = iban::checked(text).ok_or_else(|| {
        Refusal::parameter(&part, "The IBAN you provided is invalid.")
            .code("invalid_bank_account_iban")
    })?;
    for detail in ["name", "email"] {
        form.required(&name(at, &["billing_details", detail]))?;
    }
    Ok(Source::SepaDebit { iban })
}

fn token_source(token: &str) -> Option<Source> {
    let card =
        |number: &str| Source::Card { number: number.to_owned(), exp_month: 12, exp_year: 2034 };
    let account = |iban: &str| Source::SepaDebit { iban: iban.to_owned() };
    cards::number_of_token(token).map(card).or_else(|| iban::account_of_token(token).map(account))
}

/// A payment method that a call names by its id, or by one of Stripe's tokens for tests, each use
/// of which makes a new one.
pub(crate) fn named(books: &mut Books, param: &str, id: &str) -> Result<PaymentMethod, Refusal> {
    if let Some(source) = token_source(id) {
        let billing = match source {
            Source::SepaDebit { .. } => {
                json!({
                    "address": null, "email": "jenny@example.com", "name": "Jenny Rosen",
                    "phone": null,
                })
            }
            _ => json!({ "address": null, "email": null, "name": null, "phone": null }),
        };
        return Ok(made(books, source, billing, crate::objects::Metadata::new()));
    }
    books.named::<PaymentMethod>(param, id).cloned()
}
