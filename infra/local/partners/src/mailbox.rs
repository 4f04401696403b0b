//! The customers' mailboxes, as a browser shows them: whoever was mailed something reads it here, the
//! newest first, and follows its links.

use crate::answer::Fault;
use crate::authorization::escaped;
use crate::world::World;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Write;
use std::sync::Arc;

/// Whose mails are shown.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    to: String,
}

/// `GET /mailbox?to=ana@example.com`: what this address was mailed.
pub(crate) async fn page(
    State(world): State<Arc<World>>,
    Query(Asked { to }): Query<Asked>,
) -> Result<Html<String>, Fault> {
    let to = to.trim().to_lowercase();
    let mails = if to.is_empty() { Vec::new() } else { mails(&world, &to).await? };
    let shown = mails.iter().rev().fold(String::new(), |mut shown, (subject, text)| {
        // A string takes whatever is written.
        _ = write!(shown, "<h2>{}</h2><pre>{}</pre>", escaped(subject), linked(text));
        shown
    });
    let none = if to.is_empty() || !mails.is_empty() { "" } else { "<p>There is no mail.</p>" };
    let address = escaped(&to);
    Ok(Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Mailbox</title><style>body{{font:1rem/1.5 sans-serif;\
         max-width:46rem;margin:2rem auto;padding:0 1rem}}input,button{{font:inherit;padding:.5rem .8rem}}pre{{white-space:pre-wrap;\
         overflow-wrap:anywhere}}</style><h1>Mailbox</h1><form><label>E-mail address <input name=\"to\" type=\"email\" \
         value=\"{address}\" required></label> <button>Read</button></form>{none}{shown}</html>"
    )))
}

/// Subject and text of what this address was mailed, in the order in which it was sent.
async fn mails(world: &World, to: &str) -> Result<Vec<(String, String)>, Fault> {
    let Some(url) = &world.mails_url else { return Ok(Vec::new()) };
    let asked = async || -> reqwest::Result<Value> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        client.get(url).send().await?.error_for_status()?.json().await
    };
    let answer = asked()
        .await
        .map_err(|fault| Fault::Invalid(format!("the mails can't be read: {fault}")))?;
    // A list an account.
    let accounts = answer.get("messages").and_then(Value::as_object);
    let all = accounts.into_iter().flatten().filter_map(|(_, list)| list.as_array()).flatten();
    let is_theirs = |mail: &&Value| {
        let all = ["/To", "/Destination/ToAddresses"].into_iter();
        let mut addresses = all.filter_map(|at| mail.pointer(at)?.as_array()).flatten();
        addresses.any(|address| address.as_str().is_some_and(|it| it.eq_ignore_ascii_case(to)))
    };
    let text = |mail: &Value, pointers: [&str; 2]| {
        let found = pointers.into_iter().find_map(|pointer| mail.pointer(pointer)?.as_str());
        found.unwrap_or_default().to_owned()
    };
    let read = |mail: &Value| {
        (
            text(mail, ["/Subject", "/Content/Simple/Subject/Data"]),
            text(mail, ["/BodyText", "/Content/Simple/Body/Text/Data"]),
        )
    };
    Ok(all.filter(is_theirs).map(read).collect())
}

/// The text with its addresses as links.
fn linked(text: &str) -> String {
    let word = |word: &str| {
        let shown = escaped(word);
        let bare = word.trim_end();
        if bare.starts_with("http://") || bare.starts_with("https://") {
            format!("<a href=\"{}\">{shown}</a>", escaped(bare))
        } else {
            shown
        }
    };
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn a_mail_s_addresses_are_links_and_its_text_is_text() {
        let text = "Hola <b>\nhttp://127.0.0.1/activate#a\"b\nadiós";
        let shown = linked(text);
        assert!(shown.contains("<a href=\"http://127.0.0.1/activate#a&quot;b\">"), "{shown}");
        assert!(shown.contains("Hola &lt;b>") && shown.ends_with("adiós"), "{shown}");
    }
}
