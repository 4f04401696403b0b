//! A manager closes a case that the system can't settle.

use super::commit::{ChangeError, commit};
use crate::ports::SaleStore;
use crate::sale::{CaseKind, Closure, Command, Sale};
use crate::{DealershipId, SaleId};
use jiff::Timestamp;

/// A manager's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The manager's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// The kind of the case; at most one of a kind is open.
    pub kind: CaseKind,
    /// Who, and why.
    pub closure: Closure,
}

/// Closes, once. What a reversed payment held up goes on when the workflow asks again.
pub async fn close_case(
    store: &impl SaleStore,
    input: Input,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let Input { sale, dealership, kind, closure } = input;
    let sale = store
        .sale(sale)
        .await?
        .filter(|sale| sale.dealership == dealership)
        .ok_or(ChangeError::NotFound)?;
    commit(store, sale, Command::CloseCase { kind, closure }, now).await
}
