//! The payment requests: `pay-signal` and `make-final-payment` differ in which payment they ask
//! for, `pay-balance` in who asks.

use crate::http::{Reply, Request};
use crate::operation::Operation;
use crate::problem::{Problem, ProblemType};
use crate::reader::{Object, UnknownFields};
use crate::session;
use domain::AttemptId;
use domain::account::AccountStore;
use domain::ids::PaymentMethodToken;
use domain::ports::{PaymentGateway, SaleStore};
use domain::sale::{Answer, PaymentKind, PaymentMethod};
use domain::use_cases::pay::{Asker, Input, pay};
use jiff::Timestamp;
use serde_json::json;

/// Charges once, however often the request comes: 200 captured, 202 processing, or a problem.
/// `attempt` is a fresh id.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    kind: PaymentKind,
    attempt: AttemptId,
    request: Request,
) -> Result<Reply, Problem> {
    let operation = match kind {
        PaymentKind::Signal => Operation::PaySignal,
        PaymentKind::Balance => Operation::MakeFinalPayment,
    };
    let employee = request.employee(operation)?;
    let sale = request.sale_id()?;
    let body = request.json()?;
    let key = request
        .key(&employee, operation, Some(sale), &body)?
        .ok_or(ProblemType::IdempotencyKeyMissing)?;
    let (method, token) = body.read(UnknownFields::Refused, payment)?;
    let asker = Asker::Dealership(employee.dealership);
    charge(
        store,
        gateway,
        Input { sale, asker, kind, attempt, request: key, method, token },
        request.now(),
    )
    .await
}

/// As [`handle`], for the customer whose session the request carries: the balance of an own sale.
pub async fn handle_customer(
    store: &(impl SaleStore + AccountStore),
    gateway: &impl PaymentGateway,
    attempt: AttemptId,
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let (sale, kind) = (request.sale_id()?, PaymentKind::Balance);
    let body = request.json()?;
    let key = request.customer_key(&session.customer, Operation::PayBalance, Some(sale), &body)?;
    let key = key.ok_or(ProblemType::IdempotencyKeyMissing)?;
    let (method, token) = body.read(UnknownFields::Refused, payment)?;
    let asker = Asker::Customer(session.customer);
    charge(
        store,
        gateway,
        Input { sale, asker, kind, attempt, request: key, method, token },
        request.now(),
    )
    .await
}

async fn charge(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    input: Input,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let kind = input.kind;
    let (sale, attempt, answer) = pay(store, gateway, input, now).await?;
    let amount = sale.amount_due(kind);
    let body = |outcome: &str| {
        json!({
            "sale_id": sale.id, "attempt_id": attempt, "payment": kind, "outcome": outcome,
            "currency": amount.currency().code(), "amount": amount.minor(),
        })
    };
    match answer {
        Answer::Captured => Reply::ok(&body("captured")),
        Answer::Processing => Reply::accepted(&body("processing")),
        Answer::Declined(decline) => Err(Problem::declined(decline)),
    }
}

fn payment(body: &Object<'_>) -> Option<(PaymentMethod, PaymentMethodToken)> {
    let method = body.text("method", |text| match text {
        "card" => Ok(PaymentMethod::Card),
        "bank_transfer" => Ok(PaymentMethod::BankTransfer),
        _ => Err("must be card or bank_transfer"),
    });
    let token = body.text("payment_method", PaymentMethodToken::parse);
    Some((method?, token?))
}

#[cfg(test)]
mod tests;
