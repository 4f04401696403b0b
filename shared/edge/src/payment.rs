//! The payment requests: `pay-signal` and `make-final-payment` differ in which payment they ask
//! for, `pay-balance` in who asks.

use crate::http::{Reply, Request};
use crate::operation::Operation;
use crate::problem::{Problem, ProblemType};
use crate::reader::{Object, UnknownFields};
use crate::representation::NextActionView;
use crate::session;
use domain::account::AccountStore;
use domain::ids::PaymentMethodToken;
use domain::ports::{PaymentGateway, SaleStore};
use domain::sale::{Acceptance, Answer, Means, PaymentKind, PaymentMethod};
use domain::use_cases::pay::{Asker, Input, pay};
use domain::{AttemptId, SaleId};
use jiff::Timestamp;
use serde::Serialize;

/// Charges once, however often the request comes: 200 captured, 202 processing, or a problem.
/// `attempt` is a fresh id.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    kind: PaymentKind,
    attempt: AttemptId,
    debit_limit: u64,
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
    let means = body.read(UnknownFields::Refused, |body| means(body, &Acceptance::Offline))?;
    let asker = Asker::Dealership(employee.dealership);
    charge(
        store,
        gateway,
        Input { sale, asker, kind, attempt, request: key, means, debit_limit },
        request.now(),
    )
    .await
}

/// As [`handle`], for the customer whose session the request carries: the balance of an own sale.
pub async fn handle_customer(
    store: &(impl SaleStore + AccountStore),
    gateway: &impl PaymentGateway,
    attempt: AttemptId,
    debit_limit: u64,
    request: Request,
) -> Result<Reply, Problem> {
    let (session, _) = session::customer(store, &request).await?;
    let (sale, kind) = (request.sale_id()?, PaymentKind::Balance);
    let body = request.json()?;
    let key = request.customer_key(&session.customer, Operation::PayBalance, Some(sale), &body)?;
    let key = key.ok_or(ProblemType::IdempotencyKeyMissing)?;
    let acceptance = online(&request);
    let means = body.read(UnknownFields::Refused, |body| means(body, &acceptance))?;
    let asker = Asker::Customer(session.customer);
    charge(
        store,
        gateway,
        Input { sale, asker, kind, attempt, request: key, means, debit_limit },
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
    let body = |outcome: &'static str| PaymentAnswer {
        sale_id: sale.id,
        attempt_id: attempt.id,
        payment: kind,
        outcome,
        currency: amount.currency().code(),
        amount: amount.minor(),
        next_action: NextActionView::of(&sale, kind, &attempt),
    };
    match answer {
        Answer::Captured => Reply::ok(&body("captured")),
        Answer::Processing => Reply::accepted(&body("processing")),
        Answer::AwaitsCustomer => Reply::accepted(&body("awaits_customer")),
        Answer::Declined(decline) => Err(Problem::declined(decline)),
    }
}

/// What a payment request is answered.
#[derive(Serialize)]
struct PaymentAnswer {
    sale_id: SaleId,
    attempt_id: AttemptId,
    payment: PaymentKind,
    outcome: &'static str,
    currency: &'static str,
    amount: u64,
    /// A repeat that comes when the customer has acted has nothing to say of it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_action: Option<NextActionView>,
}

/// How the customer pays: a card and a debit by the gateway's token of it, the others by none.
fn means(body: &Object<'_>, acceptance: &Acceptance) -> Option<Means> {
    let method = body.text("method", |text| match text {
        "card" => Ok(PaymentMethod::Card),
        "sepa_debit" => Ok(PaymentMethod::SepaDebit),
        "bank_transfer" => Ok(PaymentMethod::BankTransfer),
        "checkout" => Ok(PaymentMethod::Checkout),
        _ => Err("must be card, sepa_debit, bank_transfer or checkout"),
    });
    let field = "payment_method";
    match method? {
        PaymentMethod::Card => body.text(field, PaymentMethodToken::parse).map(Means::Card),
        PaymentMethod::SepaDebit => {
            let token = body.text(field, PaymentMethodToken::parse)?;
            Some(Means::SepaDebit(token, acceptance.clone()))
        }
        other => {
            let tokenless = "is not for this method: the customer pays without one; \
                 an account is debited by sepa_debit";
            let token = body.optional_text(field, |_| Err::<(), _>(tokenless));
            token.map(|_| match other {
                PaymentMethod::Checkout => Means::Checkout,
                _ => Means::BankTransfer,
            })
        }
    }
}

/// How a customer agrees to a debit on an own device.
pub fn online(request: &Request) -> Acceptance {
    let user_agent = request.header("user-agent").unwrap_or_default();
    Acceptance::Online {
        ip: request.address().to_owned(),
        user_agent: user_agent.chars().take(MAX_USER_AGENT).collect(),
    }
}

/// How much of what a browser calls itself is kept.
const MAX_USER_AGENT: usize = 200;

#[cfg(test)]
mod tests;
