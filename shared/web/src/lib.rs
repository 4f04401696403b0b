//! What the customer's portal and the dealership's desk have in common: the frame and headers of a
//! page, the style sheet, and how a form that a browser sends is read. Pages are written on the
//! server; none needs a script, and nothing is asked of any other site.

mod chrome;
mod form;

pub use chrome::{Chrome, LANGUAGES};
pub use form::{Form, MAX_FORM};

use askama::Template;
use domain::Language;
use edge::http::Page;
use edge::{Cookie, Request};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// Only our own style sheet and script, no frame around us, forms to ourselves (OWASP Content
/// Security Policy). The data: images are the style sheet's own.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// What the policy says besides where a script asks for its page again.
const ASKS: &str = "; connect-src 'self'";

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("../assets/style.css");

/// A style sheet, to be kept by the browser until its version in the address is another.
pub fn style_sheet(text: String) -> Page {
    asset("text/css; charset=utf-8", text)
}

/// A script, to be kept as a style sheet is.
pub fn script(text: String) -> Page {
    asset("text/javascript; charset=utf-8", text)
}

fn asset(kind: &str, body: String) -> Page {
    Page { status: 200, headers: BTreeMap::new(), body, file: None }
        .with("content-type", kind.to_owned())
        .with("x-content-type-options", "nosniff".to_owned())
        .with("cache-control", "public, max-age=31536000, immutable".to_owned())
}

/// A page that a template writes; 500 where it can't.
pub fn page(status: u16, template: &impl Template) -> Page {
    match template.render() {
        Ok(body) => headed(status, body),
        Err(fault) => {
            tracing::error!(%fault, "a page can't be written");
            headed(500, String::new())
        }
    }
}

/// The same page with leave for its script to ask us, and nobody else.
#[must_use]
pub fn asking(page: Page) -> Page {
    page.with("content-security-policy", [POLICY, ASKS].concat())
}

/// 303 to this address.
pub fn redirect(to: String) -> Page {
    headed(303, String::new()).with("location", to)
}

/// A page that asks for an address of ours at once: what another site's link asked for is asked
/// again by ourselves, so that the browser sends the session's cookie. `to` has nothing but letters
/// and slashes; empty for the page itself.
pub fn again(title: &str, to: &str) -> Page {
    let to = if to.is_empty() { String::new() } else { format!("; url={to}") };
    headed(
        200,
        format!(
            "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0{to}\"><title>{title}</title>"
        ),
    )
}

/// A page's HTML under the headers that every page has.
pub fn headed(status: u16, body: String) -> Page {
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("content-security-policy", POLICY),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=31536000"),
    ];
    let headers = headers.map(|(name, value)| (name, value.to_owned())).into();
    Page { status, headers, body, file: None }
}

/// Whether a link of another site's, such as a mail's, asks for the page: the browser keeps the
/// session's cookie back then. It sends it when our own page asks.
pub fn from_another_site(request: &Request) -> bool {
    request.header("sec-fetch-site") == Some("cross-site")
}

/// The language that the address asks for (`?lang=`).
pub fn asked_language(request: &Request) -> Option<Language> {
    request.query("lang").and_then(|code| Language::parse(code).ok())
}

/// What the browser keeps of the language that was chosen last.
const LANGUAGE: Cookie = Cookie::lax("__Host-language");

/// The same page; where its address asks for a language, the browser keeps that for the pages to
/// come.
#[must_use]
pub fn keep_language(page: Page, request: &Request) -> Page {
    match asked_language(request) {
        Some(language) if !page.headers.contains_key("set-cookie") => {
            let kept = LANGUAGE.keep(language.code(), SignedDuration::from_hours(24 * 365));
            page.with("set-cookie", kept)
        }
        _ => page,
    }
}

/// The language that the address asks for, or else the one that was chosen last, or else the
/// browser's, or else the house's own.
pub fn language(request: &Request) -> Language {
    let kept = || Language::parse(LANGUAGE.sent(request.headers())?).ok();
    let preferred = || {
        let mut tags = request.header("accept-language")?.split(',');
        tags.find_map(|tag| Language::parse(tag.trim().get(..2)?).ok())
    };
    asked_language(request).or_else(kept).or_else(preferred).unwrap_or(Language::Es)
}
