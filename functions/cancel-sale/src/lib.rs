//! `POST /sales/{sale_id}/cancellation`: a manager cancels a sale before its factory order.

use domain::Reason;
use domain::ports::{PaymentGateway, SaleStore};
use domain::use_cases::cancel_sale::{Input, cancel_sale};
use edge::{Operation, Problem, Reply, Request, UnknownFields};
use serde_json::json;

/// Cancels, once. A señal that waits for its customer is ended at the gateway first. The refund of a paid señal and the workflow's end follow from the commit.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    request: Request,
) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::CancelSale)?;
    let sale = request.sale_id()?;
    let reason =
        request.json()?.read(UnknownFields::Refused, |body| body.text("reason", Reason::parse))?;
    let input = Input { sale, dealership: employee.dealership, by: employee.id, reason };
    let sale = cancel_sale(store, gateway, input, request.now()).await?;
    Reply::ok(&json!({ "sale_id": sale.id, "status": sale.status() }))
}

#[cfg(test)]
mod tests;
