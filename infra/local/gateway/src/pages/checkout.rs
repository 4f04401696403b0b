//! The page of a Checkout Session.

use super::frame::{language, message, onward, shown};
use super::words::{Language, Words};
use crate::books::Books;
use crate::checkout;
use crate::form::Form;
use crate::objects::{Intent, Session, SessionStatus};
use crate::world::World;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "checkout.html")]
struct Page {
    lang: &'static str,
    words: &'static Words,
    amount: String,
    /// Name and price of each line.
    lines: Vec<(String, String)>,
    error: &'static str,
    back: Option<String>,
    action: String,
    email: String,
    asks_email: bool,
    takes_card: bool,
    takes_debit: bool,
}

impl Page {
    fn new(session: &Session, language: Language, error: &'static str) -> Self {
        let takes = |kind: &str| session.payment_method_types.iter().any(|known| known == kind);
        let line = |name: &str, quantity: i64, price: i64| {
            let name =
                if quantity == 1 { name.to_owned() } else { format!("{name} × {quantity}") };
            (name, language.money(price * quantity))
        };
        let lines = session.own.lines.iter();
        Self {
            lang: language.into(),
            words: language.words(),
            amount: language.money(session.amount_total),
            lines: lines.map(|item| line(&item.name, item.quantity, item.unit_amount)).collect(),
            error,
            back: session.cancel_url.clone(),
            action: format!("/c/pay/{}", session.id),
            email: session.customer_email.clone().unwrap_or_default(),
            asks_email: session.customer_email.is_none(),
            takes_card: takes("card"),
            takes_debit: takes("sepa_debit"),
        }
    }
}

fn error_of(error: &Value, words: &Words) -> &'static str {
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    words.error(text("code"), text("decline_code"))
}

/// Why the last try came to nothing, if there was one.
fn last_error(books: &Books, session: &Session, words: &Words) -> &'static str {
    let intent = session.payment_intent.as_deref();
    let intent = intent.and_then(|intent| books.find::<Intent>(intent));
    let error = intent.and_then(|intent| intent.last_payment_error.as_ref());
    error.map_or("", |error| error_of(error, words))
}

pub(super) async fn page(
    State(world): State<Arc<World>>,
    Path(session): Path<String>,
    headers: HeaderMap,
) -> Response {
    world.read(|books| {
        let Some(session) = books.find::<Session>(&session) else {
            let language = language(None, &headers);
            return message(StatusCode::NOT_FOUND, language, language.words().is_over, None);
        };
        let language = language(session.locale.as_deref(), &headers);
        match session.status {
            SessionStatus::Open => {
                let error = last_error(books, session, language.words());
                shown(StatusCode::OK, &Page::new(session, language, error))
            }
            status => {
                let (text, back) = if status == SessionStatus::Complete {
                    let back = session.success_url.replace("{CHECKOUT_SESSION_ID}", &session.id);
                    (language.words().is_paid, Some(back))
                } else {
                    (language.words().is_over, session.cancel_url.clone())
                };
                message(StatusCode::OK, language, text, back)
            }
        }
    })
}

/// What the customer typed, as Stripe's API would be told it.
fn translated(typed: &Form, email: Option<&str>) -> Form {
    let text = |name: &str| typed.text(name).ok().flatten().unwrap_or_default();
    let expiry: String = text("expiry").chars().filter(|c| !c.is_whitespace()).collect();
    let (month, year) = match expiry.split_once('/') {
        Some(parts) => parts,
        None => expiry.split_at_checked(2).unwrap_or_default(),
    };
    let mut told = form_urlencoded::Serializer::new(String::new());
    told.append_pair("billing_details[name]", text("name"));
    told.append_pair("billing_details[email]", email.unwrap_or_else(|| text("email")));
    if text("kind") == "sepa_debit" {
        told.append_pair("type", "sepa_debit");
        told.append_pair("sepa_debit[iban]", text("iban"));
    } else {
        told.append_pair("type", "card");
        told.append_pair("card[number]", text("number"));
        // Empty, they would be none; `0` is none that there is.
        told.append_pair("card[exp_month]", if month.is_empty() { "0" } else { month });
        told.append_pair("card[exp_year]", if year.is_empty() { "0" } else { year });
        told.append_pair("card[cvc]", if text("cvc").is_empty() { "0" } else { text("cvc") });
    }
    Form::parse(&told.finish())
}

pub(super) async fn pay(
    State(world): State<Arc<World>>,
    Path(session): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let typed = Form::parse(&body);
    let (outcome, kept) = world.change(|books| {
        let email = books.find::<Session>(&session).and_then(|kept| kept.customer_email.clone());
        let outcome = checkout::pay(books, &session, &translated(&typed, email.as_deref()));
        (outcome, books.find::<Session>(&session).cloned())
    });
    let language = language(kept.as_ref().and_then(|kept| kept.locale.as_deref()), &headers);
    match (outcome, kept) {
        (Ok(url), _) => onward(&url),
        (Err(refusal), Some(kept)) if kept.status == SessionStatus::Open => {
            let error = error_of(&json!(refusal.error()), language.words());
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            shown(status, &Page::new(&kept, language, error))
        }
        _ => message(StatusCode::CONFLICT, language, language.words().is_over, None),
    }
}
