//! `POST /expediente/{sale_id}/final-payment`: the customer pays the balance without the
//! dealership.

use domain::AttemptId;
use domain::account::AccountStore;
use domain::ports::{PaymentGateway, SaleStore};
use edge::{Problem, Reply, Request};

/// Charges the balance, once an `Idempotency-Key`.
pub async fn handle(
    store: &(impl SaleStore + AccountStore),
    gateway: &impl PaymentGateway,
    attempt: AttemptId,
    debit_limit: u64,
    request: Request,
) -> Result<Reply, Problem> {
    edge::payment::handle_customer(store, gateway, attempt, debit_limit, request).await
}
