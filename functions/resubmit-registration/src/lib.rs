//! `POST /sales/{sale_id}/registration`: a manager has the authority asked again, once what it
//! refused for is seen to. 202.

use domain::Reason;
use domain::ports::SaleStore;
use domain::sale::{Closure, Rejection};
use domain::use_cases::ChangeError;
use domain::use_cases::resubmit_registration::{Input, resubmit_registration};
use edge::{Operation, Problem, ProblemType, Reply, Request, UnknownFields};
use serde_json::json;

/// Takes the refusal away; the workflow asks the authority.
pub async fn handle(store: &impl SaleStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::ResubmitRegistration)?;
    let sale = request.sale_id()?;
    let reason =
        request.json()?.read(UnknownFields::Refused, |body| body.text("reason", Reason::parse))?;
    let closure = Closure { by: employee.id, reason };
    let input = Input { sale, dealership: employee.dealership, closure };
    let sale =
        resubmit_registration(store, input, request.now()).await.map_err(
            |failure| match failure {
                ChangeError::Rejected(Rejection::NotDue(_)) => {
                    Problem::new(ProblemType::RegistrationNotDue).detail(failure.to_string())
                }
                other => other.into(),
            },
        )?;
    Reply::accepted(&json!({ "sale_id": sale.id, "status": sale.status() }))
}

#[cfg(test)]
mod tests;
