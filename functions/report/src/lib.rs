//! `GET /reports/{month}`: what became of the sales that the dealership registered in a month.

use domain::ports::SaleIndex;
use domain::use_cases::report::{Month, report};
use edge::representation::ReportView;
use edge::{Fault, Operation, Problem, Reply, Request};

/// Reports on the month, as the dealership's calendar has it.
pub async fn handle(store: &impl SaleIndex, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::Report)?;
    let month = request.path_parameter("month").unwrap_or_default();
    let bounds = Month::parse(month).and_then(|month| month.bounds(&employee.zone));
    let (from, to) = bounds.ok_or_else(|| {
        Problem::invalid(vec![Fault::new("", "the path's month: must be a month, such as 2026-03")])
    })?;
    let found = report(store, &employee.dealership, from, to).await?;
    Reply::ok(&ReportView::from(&found))
}

#[cfg(test)]
mod tests;
