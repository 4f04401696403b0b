//! `POST /sales/{sale_id}/case-closure`: a manager closes a case that the system can't settle.

use domain::ports::SaleStore;
use domain::sale::{CaseKind, Closure};
use domain::use_cases::close_case::{Input, close_case};
use domain::{Reason, Vin};
use edge::{Operation, Problem, Reply, Request, UnknownFields};
use serde_json::json;

/// Closes, once; who and why stay with the sale. The workflow goes on by itself.
pub async fn handle(store: &impl SaleStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::CloseCase)?;
    let sale = request.sale_id()?;
    let (kind, vehicle, reason) = request.json()?.read(UnknownFields::Refused, |body| {
        let (kind, reason) = (body.text("kind", kind), body.text("reason", Reason::parse));
        let vehicle = body.optional_text("vehicle_id", Vin::parse)?;
        if vehicle.is_some() && kind.is_some_and(|kind| kind != CaseKind::VehicleUnclear) {
            return body.fault("vehicle_id", "goes with a case of vehicle_unclear alone");
        }
        Some((kind?, vehicle, reason?))
    })?;
    let closure = Closure { by: employee.id, reason };
    let sale = close_case(
        store,
        Input { sale, dealership: employee.dealership, kind, vehicle, closure },
        request.now(),
    )
    .await?;
    Reply::ok(&json!({ "sale_id": sale.id, "status": sale.status(), "kind": kind }))
}

fn kind(text: &str) -> Result<CaseKind, String> {
    CaseKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| "is no kind of case".to_owned())
}

#[cfg(test)]
mod tests;
