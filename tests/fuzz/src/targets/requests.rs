//! Requests as they come in, before any handler sees them.

use super::handlers::{answered, now};
use super::samples::EVENT;
use edge::http::Event;
use edge::{Json, Operation, Reply, Request, UnknownFields};
use http::HeaderMap;
use serde_json::{Value, json};

/// Two bodies that say the same are one: the canonical form of the canonical form is itself.
pub(super) fn reader(input: &[u8]) -> Result<(), String> {
    let Ok(body) = Json::parse(input) else { return Ok(()) };
    let canonical = body.canonical();
    let again = Json::parse(&canonical).map_err(|_| "the canonical form is no JSON")?;
    // A number beyond 64 bits may be read one bit off each time; no body of ours takes one.
    if serde_json::from_slice(input).is_ok_and(|value| has_a_fraction(&value)) {
        return Ok(());
    }
    let _ = body.read(UnknownFields::Refused, |object| {
        object.text("a", |text| Ok::<_, String>(text.to_owned()))
    });
    if again.canonical() == canonical {
        Ok(())
    } else {
        Err("the canonical form is not canonical".to_owned())
    }
}

fn has_a_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_a_fraction),
        Value::Object(fields) => fields.values().any(has_a_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

pub(super) fn event(input: &[u8]) -> Result<(), String> {
    let Ok(event) = serde_json::from_slice::<Event>(input) else { return Ok(()) };
    let Ok(request) = Request::new(event, now()) else { return Ok(()) };
    for operation in Operation::all() {
        if let (Ok(employee), Ok(body)) = (request.employee(operation), request.json()) {
            answered(request.key(&employee, operation, request.sale_id().ok(), &body).map(drop))?;
        }
    }
    let _ = (
        request.source(),
        request.body().map(<[u8]>::len),
        edge::session::token(request.headers()),
    );
    Ok(())
}

/// A line each for method, scheme, host, path and query, of an event that is good for the rest: it
/// is answered, whatever they are.
pub(super) fn address(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    let mut event: Value = serde_json::from_str(EVENT).map_err(|error| error.to_string())?;
    let places = [
        "/requestContext/http/method",
        "/headers/x-forwarded-proto",
        "/headers/host",
        "/rawPath",
        "/rawQueryString",
    ];
    for (place, line) in places.into_iter().zip(text.split('\n')) {
        if let Some(value) = event.pointer_mut(place) {
            *value = json!(line);
        }
    }
    let handler = async |request: Request| {
        let _ = (request.method(), request.path(), request.query("limit"));
        Reply::ok(&json!({ "sale": request.sale_id()? }))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    // A method that is none makes no event.
    let Ok(answer) = runtime.block_on(edge::http::invoke(handler, &event.to_string())) else {
        return Ok(());
    };
    match answer.get("statusCode").and_then(Value::as_u64) {
        Some(200 | 400) => Ok(()),
        status => Err(format!("answered {status:?}")),
    }
}

pub(super) fn headers(input: &[u8]) -> Result<(), String> {
    let Ok(value) = http::HeaderValue::from_bytes(input) else { return Ok(()) };
    for name in [http::header::AUTHORIZATION, http::header::COOKIE] {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.clone());
        answered(edge::session::token(&headers).map(drop))?;
    }
    Ok(())
}
