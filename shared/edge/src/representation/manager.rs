//! What a manager did about a sale: cancelled it, or gave its customer more time.

use domain::sale::{Extension, FactKind, Stage};
use domain::{EmployeeId, Reason, Sale};
use jiff::Timestamp;
use serde::Serialize;

/// Who cancelled, when, why.
#[derive(Debug, Serialize)]
pub(super) struct CancellationView<'a> {
    by: &'a EmployeeId,
    reason: &'a Reason,
    at: Timestamp,
}

impl<'a> CancellationView<'a> {
    /// Of a sale that was cancelled.
    pub(super) fn of(sale: &'a Sale) -> Option<Self> {
        let Stage::Cancelled { by, reason } = &sale.stage else { return None };
        let fact = sale.facts.iter().find(|fact| fact.0 == FactKind::Cancelled)?;
        Some(Self { by, reason, at: fact.1 })
    }
}

/// Who gave more time, when, why, and how much.
#[derive(Debug, Serialize)]
pub(super) struct ExtensionView<'a> {
    by: &'a EmployeeId,
    reason: &'a Reason,
    at: Timestamp,
    from: Timestamp,
    to: Timestamp,
}

impl<'a> From<&'a Extension> for ExtensionView<'a> {
    fn from(Extension { by, reason, at, from, to }: &'a Extension) -> Self {
        Self { by, reason, at: *at, from: *from, to: *to }
    }
}
