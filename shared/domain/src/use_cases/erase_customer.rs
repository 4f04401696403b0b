//! A customer's personal data are erased, in all of the customer's sales at once; what was sold,
//! paid and given back stays.

use super::commit::ChangeError;
use crate::ports::{CommitError, ErasureStore, SaleStore, StoreError};
use crate::sale::{Command, Sale, decide, evolve};
use crate::{AttemptId, DealershipId, EmployeeId, SaleId};
use jiff::Timestamp;

/// How often it is begun again where somebody else changed one of the sales.
const MAX_TRIES: usize = 4;

/// A manager's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// One of the customer's sales.
    pub sale: SaleId,
    /// The manager's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// The manager, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// A fresh id.
    pub attempt: AttemptId,
}

/// Erases, unless one of the customer's purchases is not over. The sale that was asked for comes
/// last, together with the account: as long as it knows its customer, a repeat finds what an
/// attempt that died has left.
pub async fn erase_customer(
    store: &(impl SaleStore + ErasureStore),
    input: Input,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let Input { sale: asked, dealership, by, attempt } = input;
    'attempts: for _ in 0..MAX_TRIES {
        let sale = store
            .sale(asked)
            .await?
            .filter(|sale| sale.dealership == dealership)
            .ok_or(ChangeError::NotFound)?;
        if sale.erasure.is_some() {
            return Ok(sale);
        }
        let customer = sale.customer;
        store.begin_erasure(&customer, attempt).await?;
        let others = store.every_sale_of(&customer).await?.into_iter().filter(|id| *id != asked);
        let mut erased = Vec::new();
        for id in others.chain([asked]) {
            let (sale, details) = store.sale_with_details(id).await?.ok_or(StoreError::Corrupt)?;
            let events = decide(&sale, Command::EraseCustomer { by: by.clone() }, now)?;
            if events.is_empty() {
                continue 'attempts;
            }
            erased.push((evolve(&sale, &events, now), details.erased()));
        }
        for (next, details) in erased {
            let is_last = next.id == asked;
            let erased = if is_last {
                store.erase_last(&next, &details, &customer, attempt).await
            } else {
                store.erase(&next, &details, &customer, attempt).await
            };
            match erased {
                Ok(()) if is_last => return Ok(next),
                Ok(()) => {}
                Err(CommitError::Store(fault)) => return Err(fault.into()),
                Err(CommitError::Conflict | CommitError::VehicleHeld) => continue 'attempts,
            }
        }
    }
    Err(ChangeError::Contended)
}
