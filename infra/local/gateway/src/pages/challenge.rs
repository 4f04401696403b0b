//! The bank's challenge (3-D Secure): the customer agrees to a payment, or doesn't.

use super::frame::{language, message, onward, shown};
use super::words::{Language, Words};
use crate::books::Books;
use crate::checkout;
use crate::confirm::Authentication;
use crate::form::Form;
use crate::objects::{Customer, Intent, Session};
use crate::world::World;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "challenge.html")]
struct Page {
    lang: &'static str,
    words: &'static Words,
    amount: String,
    action: String,
}

/// The language of the intent's session or customer.
pub(super) fn language_of(books: &Books, intent: Option<&Intent>, headers: &HeaderMap) -> Language {
    let session = intent.and_then(|intent| books.find::<Session>(intent.own.session.as_ref()?));
    let customer = intent.and_then(|intent| books.find::<Customer>(intent.customer.as_ref()?));
    let locale = session
        .and_then(|session| session.locale.as_deref())
        .or_else(|| customer?.preferred_locales.first().map(String::as_str));
    language(locale, headers)
}

pub(super) async fn page(
    State(world): State<Arc<World>>,
    Path((intent, secret)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    world.read(|books| {
        let found = books.find::<Intent>(&intent);
        let language = language_of(books, found, &headers);
        match found.filter(|found| found.own.challenge.as_ref() == Some(&secret)) {
            None => message(StatusCode::GONE, language, language.words().is_over, None),
            Some(found) => {
                let page = Page {
                    lang: language.into(),
                    words: language.words(),
                    amount: language.money(found.amount),
                    action: format!("/challenge/{intent}/{secret}"),
                };
                shown(StatusCode::OK, &page)
            }
        }
    })
}

pub(super) async fn answer(
    State(world): State<Arc<World>>,
    Path((intent, secret)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let authentication = match Form::parse(&body).text("outcome") {
        Ok(Some("complete")) => Authentication::Passed,
        _ => Authentication::Failed,
    };
    world.change(|books| {
        let outcome = checkout::authenticated(books, &intent, &secret, authentication);
        let language = language_of(books, books.find::<Intent>(&intent), &headers);
        match outcome {
            // Nobody said where to go on.
            Ok(url) if url.is_empty() => {
                message(StatusCode::OK, language, language.words().may_close, None)
            }
            Ok(url) => onward(&url),
            Err(_) => message(StatusCode::GONE, language, language.words().is_over, None),
        }
    })
}
