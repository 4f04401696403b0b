//! Money goes back: what a refused order or a late capture owes.

use super::commit::{ChangeError, commit};
use crate::ports::{PartnerError, PaymentGateway, SaleStore};
use crate::sale::{Attempt, AttemptState, Command, MoneyBack, Sale};
use crate::{AttemptId, Money, SaleId};
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

/// Gives back what is left of every payment of the sale that is due; the stored intent is the
/// attempt's `RefundDue`. The gateway's books are read first: a part may have gone back by hand, and
/// an answer may have been lost for longer than the gateway knows its key. Asks as well what became
/// of refunds that are late. Returns how many payments it saw to.
pub async fn refund_payments(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    id: SaleId,
    now: Timestamp,
) -> Result<usize, RefundError> {
    let mut sale = store.sale(id).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
    let is_late = |attempt: &Attempt| attempt.back.late_since().is_some_and(|since| since <= now);
    let open: Vec<_> = sale
        .all_attempts()
        .filter(|(_, attempt)| {
            matches!(attempt.state, AttemptState::RefundDue(_)) || is_late(attempt)
        })
        .filter_map(|(_, attempt)| Some((attempt.id, attempt.state.captured()?.clone())))
        .collect();
    for (attempt, payment) in &open {
        let told = gateway.money_back(payment).await?;
        let record = Command::RecordMoneyBack { attempt: *attempt, told };
        sale = commit(store, sale, record, now).await?;
        let Some((owed, number)) = owed(&sale, *attempt) else { continue };
        let refund = gateway.refund(payment, owed, number).await?;
        let told = MoneyBack { refunds: vec![refund], ..MoneyBack::default() };
        let record = Command::RecordMoneyBack { attempt: *attempt, told };
        sale = commit(store, sale, record, now).await?;
    }
    Ok(open.len())
}

/// What is left to give back of an attempt's money, and how many refunds were before.
fn owed(sale: &Sale, id: AttemptId) -> Option<(Money, usize)> {
    let (kind, attempt) = sale.all_attempts().find(|(_, known)| known.id == id)?;
    let left = sale.left_of(kind, attempt);
    let is_due = matches!(attempt.state, AttemptState::RefundDue(_));
    let owed =
        Money::new(left, sale.terms.price().currency()).ok().filter(|_| is_due && left > 0)?;
    Some((owed, attempt.back.refunds.len()))
}
