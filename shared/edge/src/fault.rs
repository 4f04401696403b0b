//! A fault of a request: which field, and what is wrong with it.

use serde::Serialize;

/// What is wrong with one field. Never repeats the value: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The field, as a JSON pointer (RFC 6901); empty for the whole body.
    pub pointer: String,
    /// What is wrong with it, in a sentence that goes on from the field's name.
    pub detail: String,
}

impl Fault {
    /// A fault at a pointer.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}
