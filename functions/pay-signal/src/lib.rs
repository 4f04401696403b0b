//! `POST /sales/{sale_id}/signal-payment`: the customer pays the señal.

use domain::AttemptId;
use domain::ports::{PaymentGateway, SaleStore};
use domain::sale::PaymentKind;
use edge::{Problem, Reply, Request};

/// Charges the señal, once an `Idempotency-Key`.
pub async fn handle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    attempt: AttemptId,
    debit_limit: u64,
    request: Request,
) -> Result<Reply, Problem> {
    edge::payment::handle(store, gateway, PaymentKind::Signal, attempt, debit_limit, request).await
}
