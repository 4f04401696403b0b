//! `GET /plans`: the plans comerciales as they are offered now.

use domain::ports::PlanStore;
use edge::representation::PlanView;
use edge::{Operation, Problem, Reply, Request};
use serde_json::json;

/// Lists every plan, with its prices in every country.
pub async fn handle(plans: &impl PlanStore, request: Request) -> Result<Reply, Problem> {
    request.employee(Operation::ListPlans)?;
    let plans = plans.plans().await?;
    let plans: Vec<PlanView<'_>> = plans.iter().map(PlanView::from).collect();
    Reply::ok(&json!({ "plans": plans }))
}
