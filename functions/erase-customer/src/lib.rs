//! `POST /sales/{sale_id}/customer-erasure`: a manager has the personal data of a sale's customer
//! erased, in all of the customer's sales; 409 while one of them is not over.

use domain::AttemptId;
use domain::ports::{ErasureStore, SaleStore};
use domain::use_cases::erase_customer::{Input, erase_customer};
use edge::{Operation, Problem, Reply, Request};
use serde_json::json;

/// Erases, once; `attempt` is a fresh id. A repeat goes on where a try that died stopped.
pub async fn handle(
    store: &(impl SaleStore + ErasureStore),
    attempt: AttemptId,
    request: Request,
) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::EraseCustomer)?;
    let input = Input {
        sale: request.sale_id()?,
        dealership: employee.dealership,
        by: employee.id,
        attempt,
    };
    let sale = erase_customer(store, input, request.now()).await?;
    Reply::ok(&json!({ "sale_id": sale.id, "erased_at": sale.erasure.map(|erasure| erasure.at) }))
}

#[cfg(test)]
mod tests;
