//! Money goes back: what a refused order or a late capture owes.

use super::commit::{ChangeError, commit};
use crate::SaleId;
use crate::ports::{PartnerError, PaymentGateway, SaleStore};
use crate::sale::{AttemptState, Command};
use jiff::Timestamp;

/// Why some money is still owed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// The gateway gave no clear answer: try again under the same key.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Gives back every payment of the sale that is due. The stored intent is the attempt's
/// `RefundDue`.
pub async fn refund_payments(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    id: SaleId,
    now: Timestamp,
) -> Result<usize, RefundError> {
    let mut sale = store.sale(id).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
    let due: Vec<_> = sale
        .all_attempts()
        .filter_map(|(_, attempt)| match &attempt.state {
            AttemptState::RefundDue(payment) => Some((attempt.id, payment.clone())),
            _ => None,
        })
        .collect();
    for (attempt, payment) in &due {
        let refund = gateway.refund(*attempt, payment).await?;
        sale =
            commit(store, sale, Command::RecordRefund { attempt: *attempt, refund }, now).await?;
    }
    Ok(due.len())
}
