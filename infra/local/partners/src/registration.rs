//! A registration, and what was sent in for it.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    kind: String,
    sha256: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owner {
    full_name: String,
    address: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tax_id: Option<String>,
}

/// A registration, as the ledger shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Registration {
    #[serde(rename = "registration_id")]
    pub(crate) id: String,
    /// The sale's id, which is the idempotency key.
    pub(crate) reference: String,
    pub(crate) country: String,
    pub(crate) plate: String,
    pub(crate) vehicle_id: String,
    pub(crate) dealership_id: String,
    pub(crate) owner: Owner,
    pub(crate) documents: Vec<Document>,
    pub(crate) at: Timestamp,
    /// How often it was asked for.
    pub(crate) calls: u32,
}

impl Registration {
    /// As the registry answers who asked for it.
    pub(crate) fn answer(&self) -> (StatusCode, Json<Value>) {
        (StatusCode::CREATED, Json(json!({ "registration_id": self.id, "plate": self.plate })))
    }
}
