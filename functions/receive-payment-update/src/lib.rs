//! `POST /webhooks/payments`: the gateway tells what became of a payment (Stripe's `PaymentIntent` events).

mod event;

use domain::ports::SaleStore;
use domain::use_cases::Failure;
use domain::use_cases::pay::{UpdateFailure, take_payment_update};
use edge::signature::{Keys, stripe};
use edge::{Problem, ProblemType, Reply, Request, UnknownFields};
use serde_json::json;

/// Verifies, parses, takes in. A copy, or news that is old, is answered like the first: 200.
pub async fn handle(store: &impl SaleStore, keys: &Keys, request: Request) -> Result<Reply, Problem> {
    stripe(keys, request.headers(), request.body()?, request.now())?;
    let event::Event::Update(update) = request.json()?.read(UnknownFields::Ignored, event::payment_event)? else {
        return Ok(Reply::ok(json!({ "status": "ignored" })));
    };
    edge::log::sale(update.sale);
    let (attempt, taken) = (update.attempt, take_payment_update(store, update, request.now()).await);
    let sale = taken.map_err(|failure| {
        let problem = match &failure {
            UpdateFailure::Failed(Failure::NotFound) => ProblemType::PaymentNotFound.into(),
            _ => Problem::from(failure.clone()),
        };
        // Money moved, or was said to, that no sale of ours asked for: people must look.
        if matches!(problem.kind(), ProblemType::PaymentNotFound | ProblemType::AmountMismatch) {
            tracing::error!(%attempt, %failure, "the gateway reports a payment that doesn't fit");
        }
        problem
    })?;
    Ok(Reply::ok(json!({ "status": sale.status() })))
}

#[cfg(test)]
mod tests;
