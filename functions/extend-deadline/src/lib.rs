//! `POST /sales/{sale_id}/deadline-extension`: a manager gives the customer more time for the
//! balance.

use domain::Reason;
use domain::ports::SaleStore;
use domain::use_cases::extend_deadline::{Input, extend_deadline};
use edge::{Object, Operation, Problem, Reply, Request, UnknownFields};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Moves the deadline, within `max_extension` of the first one.
pub async fn handle(
    store: &impl SaleStore,
    max_extension: SignedDuration,
    request: Request,
) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::ExtendDeadline)?;
    let sale = request.sale_id()?;
    let (pay_by, reason) = request.json()?.read(UnknownFields::Refused, extension)?;
    let input = Input {
        sale,
        dealership: employee.dealership,
        by: employee.id,
        reason,
        pay_by,
        max_extension,
    };
    let sale = extend_deadline(store, input, request.now()).await?;
    Reply::ok(&json!({ "sale_id": sale.id, "status": sale.status(), "pay_by": pay_by }))
}

fn extension(body: &Object<'_>) -> Option<(Timestamp, Reason)> {
    // Whole milliseconds, as the sale stores time: else a repeat would ask for another moment.
    let pay_by = body.text("pay_by", |text| {
        let at = text.parse::<Timestamp>().map(Timestamp::as_millisecond);
        // Whoever typed it is told the form, not how it failed.
        at.and_then(Timestamp::from_millisecond)
            .map_err(|_| "must be a time, such as 2026-06-15T08:00:00Z")
    });
    let reason = body.text("reason", Reason::parse);
    Some((pay_by?, reason?))
}

#[cfg(test)]
mod tests;
