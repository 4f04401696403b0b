//! A month's sales, counted for who runs a dealership.

use domain::Status;
use domain::sale::Balances;
use domain::use_cases::report::Report;
use serde::Serialize;
use std::collections::BTreeMap;

/// A month's sales, counted.
#[derive(Debug, Serialize)]
pub struct ReportView<'a> {
    sold: u64,
    by_status: &'a BTreeMap<Status, u64>,
    ledger: &'a BTreeMap<&'static str, Balances>,
    stages: BTreeMap<Status, StayView>,
    is_partial: bool,
}

impl<'a> From<&'a Report> for ReportView<'a> {
    fn from(Report { sold, by_status, ledger, stages, is_partial }: &'a Report) -> Self {
        let stages = stages.iter().map(|(status, stay)| {
            (*status, StayView { sales: stay.sales, mean_seconds: stay.mean().as_secs() })
        });
        Self { sold: *sold, by_status, ledger, stages: stages.collect(), is_partial: *is_partial }
    }
}

#[derive(Debug, Serialize)]
struct StayView {
    sales: u32,
    mean_seconds: i64,
}
