//! `POST /sales/{sale_id}/credentials`: a dealership has a customer's credentials made anew; those
//! sent before are void. 202.

use domain::account::AccountStore;
use domain::ports::{Queues, SaleStore};
use domain::use_cases::resend_credentials::resend_credentials;
use edge::{Operation, Problem, Reply, Request};
use serde_json::json;

/// Checks who asks, has them made, answers.
pub async fn handle(
    store: &impl SaleStore,
    accounts: &impl AccountStore,
    queues: &impl Queues,
    request: Request,
) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::ResendCredentials)?;
    let (sale, dealership) = (request.sale_id()?, employee.dealership);
    resend_credentials(store, accounts, queues, sale, &dealership).await?;
    Reply::accepted(&json!({ "status": "accepted" }))
}

#[cfg(test)]
mod tests;
