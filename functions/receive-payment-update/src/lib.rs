//! `POST /webhooks/payments`: the gateway tells what became of a payment, or that money of one
//! left again (Stripe's events).

mod event;

use domain::ids::GatewayPaymentId;
use domain::ports::{PaymentGateway, SaleStore};
use domain::use_cases::pay::{PaymentNews, PaymentUpdateError, Update, take_payment_update};
use domain::use_cases::take_money_back::take_money_back;
use edge::signature::{Keys, stripe};
use edge::{Problem, ProblemType, Reply, Request, UnknownFields};
use serde_json::json;
use std::fmt::Display;

/// Verifies, parses, takes in. A copy, or news that is old, is answered like the first: 200.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    keys: &Keys,
    request: Request,
) -> Result<Reply, Problem> {
    stripe(keys, request.headers(), request.body()?, request.now())?;
    let update = match request.json()?.read(UnknownFields::Ignored, event::payment_event)? {
        event::Event::Update(update) => update,
        event::Event::MoneyBack(payment) => {
            return money_back(store, gateway, &payment, &request).await;
        }
        event::Event::Funds(customer) => match gateway.owner(&customer).await {
            Ok(Some((sale, attempt))) => Update { sale, attempt, news: PaymentNews::FundsCame },
            Ok(None) => return Reply::ok(&json!({ "status": "ignored" })),
            Err(failure) => return Err(PaymentUpdateError::from(failure).into()),
        },
        event::Event::Other => return Reply::ok(&json!({ "status": "ignored" })),
    };
    edge::log::sale(update.sale);
    let (attempt, taken) =
        (update.attempt, take_payment_update(store, gateway, update, request.now()).await);
    let sale = taken.map_err(|failure| refused(attempt, failure))?;
    Reply::ok(&json!({ "status": sale.status() }))
}

/// Refunds and disputes name the payment only: the gateway says whose it is.
async fn money_back(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    payment: &GatewayPaymentId,
    request: &Request,
) -> Result<Reply, Problem> {
    let taken = take_money_back(store, gateway, payment, request.now()).await;
    let taken = taken.map_err(|failure| refused(payment, failure))?;
    let Some(sale) = taken else { return Reply::ok(&json!({ "status": "ignored" })) };
    edge::log::sale(sale.id);
    Reply::ok(&json!({ "status": sale.status() }))
}

/// The gateway knows payments, not sales. Money that moved, or was said to, and that no sale of
/// ours asked for is before people.
fn refused(payment: impl Display, failure: impl Display + Into<Problem>) -> Problem {
    let why = failure.to_string();
    let problem = match failure.into() {
        problem if problem.kind() == ProblemType::SaleNotFound => {
            ProblemType::PaymentNotFound.into()
        }
        problem => problem,
    };
    if matches!(problem.kind(), ProblemType::PaymentNotFound | ProblemType::AmountMismatch) {
        tracing::error!(%payment, failure = why, "the gateway reports a payment that doesn't fit");
    }
    problem
}

#[cfg(test)]
mod tests;
