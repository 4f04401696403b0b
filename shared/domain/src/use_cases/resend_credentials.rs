//! A dealership has a customer's credentials made anew: the link expired, or the mail was lost.

use crate::account::AccountStore;
use crate::ports::{Message, Queues, SaleStore, SendError, StoreError};
use crate::{DealershipId, SaleId};

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such sale, or another dealership's.
    #[error("there is no such sale")]
    NotFound,
    /// The customer's data are erased, and so is the account.
    #[error("the customer's data are erased")]
    Erased,
    /// The customer has chosen a password.
    #[error("the account is active already")]
    Active,
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue can't be reached.
    #[error(transparent)]
    Queue(#[from] SendError),
}

/// Makes the pair that was sent void at once, then has another made. A crash in between leaves
/// credentials owed: the employee got no answer, and asks again.
pub async fn resend_credentials(
    store: &impl SaleStore,
    accounts: &impl AccountStore,
    queues: &impl Queues,
    id: SaleId,
    dealership: &DealershipId,
) -> Result<(), Error> {
    let sale = store
        .sale(id)
        .await?
        .filter(|sale| sale.dealership == *dealership)
        .ok_or(Error::NotFound)?;
    if sale.erasure.is_some() {
        return Err(Error::Erased);
    }
    if !accounts.void_credentials(&sale.customer).await? {
        return Err(Error::Active);
    }
    Ok(queues.send(&Message::IssueCredentials { customer: sale.customer }).await?)
}
