//! Who the partners are.

use serde::{Deserialize, Serialize};

/// Whom a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Partner {
    Factory,
    Registry,
    /// It takes no keys, and has no behaviours.
    #[serde(skip_deserializing)]
    Issuer,
}
