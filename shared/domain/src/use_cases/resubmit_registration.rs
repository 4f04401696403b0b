//! A manager has the authority asked again, once what it refused for is seen to.

use super::commit::{ChangeError, commit};
use crate::ports::SaleStore;
use crate::sale::{Closure, Command, Sale};
use crate::{DealershipId, SaleId};
use jiff::Timestamp;

/// A manager's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The manager's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// Who, and why.
    pub closure: Closure,
}

/// Takes the refusal away, once; the workflow asks the authority.
pub async fn resubmit_registration(
    store: &impl SaleStore,
    input: Input,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let Input { sale, dealership, closure } = input;
    let sale = store
        .sale(sale)
        .await?
        .filter(|sale| sale.dealership == dealership)
        .ok_or(ChangeError::NotFound)?;
    commit(store, sale, Command::ResubmitRegistration { closure }, now).await
}
