//! `GET /cases`: what the dealership's people have to look at.

use domain::ports::OpenCases;
use edge::{Operation, Problem, Reply, Request};
use serde_json::{Value, json};

/// Lists the open cases of the employee's dealership, the oldest first.
pub async fn handle(store: &impl OpenCases, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::ListCases)?;
    let sales = store.with_open_cases(&employee.dealership).await?;
    let cases = sales.iter().flat_map(|sale| {
        let of_sale = |case: &domain::sale::Case| {
            json!({ "sale_id": sale.id, "status": sale.status(), "kind": case.kind, "opened_at": case.opened_at })
        };
        sale.open_cases().map(of_sale).collect::<Vec<Value>>()
    });
    Reply::ok(&json!({ "cases": cases.collect::<Vec<Value>>() }))
}
