//! The gateway tells that money left again: by a refund that moved, or a dispute.

use super::commit::{ChangeError, commit};
use crate::ids::GatewayPaymentId;
use crate::ports::{PartnerError, PaymentGateway, SaleStore};
use crate::sale::{Command, Sale};
use jiff::Timestamp;

/// Why the news was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyBackError {
    /// The gateway didn't say whose payment it is, or what left: it sends the news again.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Takes in that something moved in the gateway's books of a payment. The news itself is old by the
/// time it comes, so the books are read: three calls to the gateway at most, two to the store.
/// `None`: a payment that isn't ours.
pub async fn take_money_back(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    payment: &GatewayPaymentId,
    now: Timestamp,
) -> Result<Option<Sale>, MoneyBackError> {
    let Some((sale, attempt)) = gateway.owner(payment).await? else { return Ok(None) };
    let sale = store.sale(sale).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
    let known = sale.all_attempts().find(|(_, known)| known.id == attempt);
    let captured = known.and_then(|(_, known)| known.state.captured());
    // Taken twice for one attempt, and given back: the sale never had it.
    if captured.is_some_and(|captured| captured != payment) {
        return Ok(Some(sale));
    }
    let told = gateway.money_back(payment).await?;
    Ok(Some(commit(store, sale, Command::RecordMoneyBack { attempt, told }, now).await?))
}
