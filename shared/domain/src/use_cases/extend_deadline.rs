//! A manager gives the customer more time for the balance.

use super::commit::{ChangeError, commit};
use crate::ports::SaleStore;
use crate::sale::{Command, Sale};
use crate::{DealershipId, EmployeeId, Reason, SaleId};
use jiff::{SignedDuration, Timestamp};

/// A manager's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The manager's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// The manager, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// The manager's own words, up to 200 characters; they may name the customer.
    pub reason: Reason,
    /// The new deadline.
    pub pay_by: Timestamp,
    /// How far all extensions together may go beyond the first deadline.
    pub max_extension: SignedDuration,
}

/// Moves the deadline. The workflow's wait may end before it: `unassign-vehicle` then finds the
/// later deadline and waits on.
pub async fn extend_deadline(
    store: &impl SaleStore,
    input: Input,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let Input { sale, dealership, by, reason, pay_by, max_extension } = input;
    let sale = store
        .sale(sale)
        .await?
        .filter(|sale| sale.dealership == dealership)
        .ok_or(ChangeError::NotFound)?;
    commit(store, sale, Command::ExtendDeadline { by, reason, pay_by, max_extension }, now).await
}
