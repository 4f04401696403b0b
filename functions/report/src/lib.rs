//! `GET /reports/{month}`: what became of the sales that the dealership registered in a month.

use domain::ZoneName;
use domain::ports::SaleIndex;
use domain::use_cases::report::report;
use edge::representation::ReportView;
use edge::{Fault, Operation, Problem, Reply, Request};
use jiff::civil::Date;
use jiff::{Span, Timestamp};

/// Reports on the month, as the dealership's calendar has it.
pub async fn handle(store: &impl SaleIndex, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::Report)?;
    let month = request.path_parameter("month").unwrap_or_default();
    let (from, to) = bounds(month, &employee.zone).ok_or_else(|| {
        Problem::invalid(vec![Fault::new("", "the path's month: must be a month, such as 2026-03")])
    })?;
    let found = report(store, &employee.dealership, from, to).await?;
    Reply::ok(&ReportView::from(&found))
}

/// The month's first moment, and the next one's.
fn bounds(month: &str, zone: &ZoneName) -> Option<(Timestamp, Timestamp)> {
    let first: Date = format!("{month}-01").parse().ok().filter(|_| month.len() == 7)?;
    let next = first.checked_add(Span::new().months(1)).ok()?;
    let zone = zone.time_zone();
    let midnight = |day: Date| day.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    Some((midnight(first)?, midnight(next)?))
}

#[cfg(test)]
mod tests;
