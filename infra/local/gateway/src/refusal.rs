//! Why a call isn't answered with what it asks for, in Stripe's shape
//! (<https://docs.stripe.com/api/errors>).

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Stripe's kinds of errors, as far as this gateway has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Kind {
    #[serde(rename = "card_error")]
    Card,
    #[serde(rename = "idempotency_error")]
    Idempotency,
    #[serde(rename = "invalid_request_error")]
    InvalidRequest,
}

/// An error's answer. What a refused call has changed stays only with a 402.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Details>);

#[derive(Debug, Serialize)]
struct Details {
    #[serde(skip)]
    status: u16,
    /// Whether the answer is kept for its idempotency key: only once the operation has begun.
    #[serde(skip)]
    is_kept: bool,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc_url: Option<String>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<String>,
    /// The objects that the error is about.
    #[serde(flatten)]
    about: Map<String, Value>,
}

impl Refusal {
    fn new(status: u16, kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            status,
            is_kept: true,
            kind,
            code: None,
            decline_code: None,
            doc_url: None,
            message: message.into(),
            param: None,
            about: Map::new(),
        }))
    }

    /// The call contradicts what is known.
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::new(400, Kind::InvalidRequest, message)
    }

    /// A parameter can't be what it is, whatever is known.
    pub(crate) fn parameter(param: impl Into<String>, message: impl Into<String>) -> Self {
        let mut refusal = Self::request(message).param(param);
        refusal.0.is_kept = false;
        refusal
    }

    /// A parameter that has to be there isn't.
    pub(crate) fn missing(param: &str) -> Self {
        Self::parameter(param, format!("Missing required param: {param}."))
            .code("parameter_missing")
    }

    /// A parameter names an object that there isn't.
    pub(crate) fn unknown(param: &str, what: &str, id: &str) -> Self {
        Self::request(format!("No such {what}: '{id}'")).code("resource_missing").param(param)
    }

    /// The address names an object that there isn't.
    pub(crate) fn not_found(param: &str, what: &str, id: &str) -> Self {
        let mut refusal = Self::unknown(param, what, id);
        refusal.0.status = 404;
        refusal
    }

    /// No operation has this address.
    pub(crate) fn no_such_url(method: &str, path: &str) -> Self {
        let mut refusal =
            Self::parameter("", format!("Unrecognized request URL ({method}: {path})."));
        refusal.0.param = None;
        refusal.0.status = 404;
        refusal
    }

    /// The call has no key, or not ours.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        let mut refusal = Self::new(401, Kind::InvalidRequest, message);
        refusal.0.is_kept = false;
        refusal
    }

    /// The key was used for another call.
    pub(crate) fn key_reused(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were \
             first used with. Try using a key other than '{key}' if you meant to execute a different \
             request."
        );
        let mut refusal = Self::new(400, Kind::Idempotency, message);
        refusal.0.is_kept = false;
        refusal
    }

    /// The bank's no, or that of the payment method.
    pub(crate) fn card(code: &str, message: impl Into<String>) -> Self {
        Self::new(402, Kind::Card, message).code(code)
    }

    /// Adds Stripe's reason.
    pub(crate) fn code(mut self, code: &str) -> Self {
        self.0.doc_url =
            Some(format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")));
        self.0.code = Some(code.to_owned());
        self
    }

    /// Adds the bank's reason.
    pub(crate) fn decline_code(mut self, code: Option<&str>) -> Self {
        self.0.decline_code = code.map(str::to_owned);
        self
    }

    /// Adds the parameter that it is about.
    pub(crate) fn param(mut self, param: impl Into<String>) -> Self {
        self.0.param = Some(param.into());
        self
    }

    /// Adds an object that it is about.
    pub(crate) fn about(mut self, name: &str, object: Value) -> Self {
        self.0.about.insert(name.to_owned(), object);
        self
    }

    pub(crate) fn status(&self) -> u16 {
        self.0.status
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.0.is_kept
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "error": *self.0 })
    }

    /// The error itself, as an intent keeps its last one: without the objects of objects.
    pub(crate) fn error(&self) -> Value {
        let mut error = json!(*self.0);
        if let Some(error) = error.as_object_mut() {
            error.remove("payment_intent");
        }
        error
    }
}
