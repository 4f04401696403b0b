//! What the pages have in common: the customer's language, and how a page goes out.

use super::words::{Language, Words};
use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

/// Nothing is fetched, run or framed.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'; \
     base-uri 'none'";

/// The first that the pages speak, of what the caller or the browser prefers.
pub(super) fn language(locale: Option<&str>, headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let tags = locale.into_iter().chain(accepted.unwrap_or_default().split(','));
    let known = tags.filter_map(|tag| {
        let tag = tag.split(';').next()?.trim();
        tag.split('-').next()?.to_ascii_lowercase().parse().ok()
    });
    known.into_iter().next().unwrap_or(Language::En)
}

/// A page's answer.
pub(super) fn shown(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => {
            let headers = [
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (status, headers, Html(html)).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// On to another page, by GET.
pub(super) fn onward(url: &str) -> Response {
    Redirect::to(url).into_response()
}

/// A page of one sentence.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    lang: &'static str,
    words: &'static Words,
    text: &'a str,
    back: Option<String>,
}

/// Tells the customer one thing.
pub(super) fn message(
    status: StatusCode,
    language: Language,
    text: &str,
    back: Option<String>,
) -> Response {
    let page = Message { lang: language.into(), words: language.words(), text, back };
    shown(status, &page)
}
