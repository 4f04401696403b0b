//! `POST /sales/{sale_id}/final-payment`: the customer pays the balance.

use domain::AttemptId;
use domain::ports::{PaymentGateway, SaleStore};
use domain::sale::PaymentKind;
use edge::{Problem, Reply, Request};

/// Charges the balance, once an `Idempotency-Key`.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    attempt: AttemptId,
    debit_limit: u64,
    request: Request,
) -> Result<Reply, Problem> {
    edge::payment::handle(store, gateway, PaymentKind::Balance, attempt, debit_limit, request).await
}
