//! Stripe's API under `/v1`: finds the operation, checks the parameters, and answers each
//! idempotency key once (<https://docs.stripe.com/api/idempotent_requests>).

mod account;
mod charges;
mod customers;
mod disputes;
mod events;
mod expand;
mod intents;
mod methods;
mod refunds;
mod sessions;

use crate::books::{Books, KeptAnswer};
use crate::form::Form;
use crate::operation::{Call, LIST, Method, Operation};
use crate::refusal::Refusal;
use serde_json::{Value, json};

/// How long an idempotency key can be.
const LONGEST_KEY: usize = 255;

/// A call as it comes in, its key checked already.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// The query or the body.
    pub(crate) parameters: &'a str,
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) version: Option<&'a str>,
    pub(crate) request_id: &'a str,
}

/// An answer, ready to go out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// The first call's id, if this is its answer once more.
    pub(crate) original: Option<String>,
}

/// Answers a call.
pub(crate) fn answer(books: &mut Books, asked: &Asked<'_>) -> Answer {
    let form = Form::parse(asked.parameters);
    let fingerprint = format!("{} {}?{}", asked.method, asked.path, form.fingerprint());
    let key = asked.idempotency_key.filter(|_| asked.method == "POST");
    if key.is_some_and(|key| key.len() > LONGEST_KEY) {
        let message = "Idempotency keys can have up to 255 characters.";
        return refused(&Refusal::parameter("idempotency_key", message));
    }
    if let Some(kept) = key.and_then(|key| books.answers.iter().find(|kept| kept.key == key)) {
        if kept.fingerprint != fingerprint {
            return refused(&Refusal::key_reused(&kept.key));
        }
        let KeptAnswer { status, body, request_id, .. } = kept.clone();
        return Answer { status, body, original: Some(request_id) };
    }
    books.request = json!({ "id": asked.request_id, "idempotency_key": key });
    let (answer, is_kept) = match run(books, asked, form) {
        Ok(value) => (Answer { status: 200, body: text(&value), original: None }, true),
        Err(refusal) => (refused(&refusal), refusal.is_kept()),
    };
    books.request = Value::Null;
    if let Some(key) = key.filter(|_| is_kept) {
        let kept = KeptAnswer {
            key: key.to_owned(),
            fingerprint,
            status: answer.status,
            body: answer.body.clone(),
            at: books.now(),
            request_id: asked.request_id.to_owned(),
        };
        books.answers.push(kept);
    }
    answer
}

fn text(value: &Value) -> String {
    // As Stripe lays them out.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// A refusal's answer.
pub(crate) fn refused(refusal: &Refusal) -> Answer {
    Answer { status: refusal.status(), body: text(&refusal.body()), original: None }
}

fn run(books: &mut Books, asked: &Asked<'_>, form: Form) -> Result<Value, Refusal> {
    let (operation, id) = find(asked.method, asked.path)
        .ok_or_else(|| Refusal::no_such_url(asked.method, asked.path))?;
    let is_list = operation.method == Method::Get && !operation.path.ends_with('}');
    let lists: &[&str] = if is_list { &LIST } else { &[] };
    form.check(&[operation.known, lists, &["expand[]"]].concat())?;
    let method: &'static str = operation.method.into();
    let requests = books.requests.entry(format!("{method} {}", operation.path)).or_default();
    requests.extend(form.names().map(str::to_owned));
    let expanded = form.list("expand");
    let version = asked.version.unwrap_or(&books.setting.api_version).to_owned();
    let call = Call { path: asked.path.to_owned(), id, form, version };
    let mut value = (operation.run)(books, &call)?;
    for path in &expanded {
        expand::expand(books, &mut value, path)?;
    }
    Ok(value)
}

/// The operation of this address, and the id that it names.
fn find(method: &str, path: &str) -> Option<(&'static Operation, String)> {
    let method: Method = method.parse().ok()?;
    let operations = [
        customers::OPERATIONS,
        methods::OPERATIONS,
        intents::OPERATIONS,
        sessions::OPERATIONS,
        charges::OPERATIONS,
        refunds::OPERATIONS,
        disputes::OPERATIONS,
        account::OPERATIONS,
        events::OPERATIONS,
    ];
    let operations = operations.into_iter().flatten();
    operations
        .filter(|operation| operation.method == method)
        .find_map(|operation| Some((operation, named(operation.path, path)?)))
}

/// The id in a path of this pattern, or nothing where the pattern has none.
fn named(pattern: &str, path: &str) -> Option<String> {
    let Some((before, after)) = pattern.split_once("{id}") else {
        return (pattern == path).then(String::new);
    };
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then(|| id.to_owned())
}
