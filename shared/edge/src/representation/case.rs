//! Cases, which people have to look at.

use domain::sale::{Case, CaseKind};
use domain::{EmployeeId, Reason};
use jiff::Timestamp;
use serde::Serialize;

/// What people had to look at, and who closed it, if it did not close by itself.
#[derive(Debug, Serialize)]
pub(super) struct CaseView<'a> {
    kind: CaseKind,
    opened_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_by: Option<&'a EmployeeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Reason>,
}

impl<'a> From<&'a Case> for CaseView<'a> {
    fn from(Case { kind, opened_at, closed_at, closure }: &'a Case) -> Self {
        let closed_at = closed_at.and_then(|at| Timestamp::from_millisecond(at).ok());
        let (closed_by, reason) =
            closure.as_ref().map(|closure| (&closure.by, &closure.reason)).unzip();
        Self { kind: *kind, opened_at: *opened_at, closed_at, closed_by, reason }
    }
}
