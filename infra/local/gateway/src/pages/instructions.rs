//! How to send a bank transfer: the page behind `hosted_instructions_url`.

use super::challenge::language_of;
use super::frame::{message, shown};
use super::words::Words;
use crate::objects::{Intent, IntentStatus};
use crate::world::World;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "instructions.html")]
struct Page {
    lang: &'static str,
    words: &'static Words,
    remaining: String,
    holder: String,
    iban: String,
    bic: String,
    reference: String,
}

/// In groups of four, as people write it.
fn grouped(iban: &str) -> String {
    let characters: Vec<char> = iban.chars().collect();
    let groups = characters.chunks(4).map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

pub(super) async fn page(
    State(world): State<Arc<World>>,
    Path(intent): Path<String>,
    headers: HeaderMap,
) -> Response {
    world.read(|books| {
        let found = books.find::<Intent>(&intent);
        let language = language_of(books, found, &headers);
        let words = language.words();
        let Some(found) = found.filter(|found| found.awaits_transfer()) else {
            let paid = found.filter(|found| found.status == IntentStatus::Succeeded);
            return match paid {
                Some(_) => message(StatusCode::OK, language, words.is_paid, None),
                None => message(StatusCode::NOT_FOUND, language, words.is_over, None),
            };
        };
        let action = found.next_action.clone().unwrap_or_default();
        let told = |pointer: &str| {
            let at = format!("/display_bank_transfer_instructions{pointer}");
            action.pointer(&at).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let page = Page {
            lang: language.into(),
            words,
            remaining: language.money(found.remaining()),
            holder: told("/financial_addresses/0/iban/account_holder_name"),
            iban: grouped(&told("/financial_addresses/0/iban/iban")),
            bic: told("/financial_addresses/0/iban/bic"),
            reference: told("/reference"),
        };
        shown(StatusCode::OK, &page)
    })
}
