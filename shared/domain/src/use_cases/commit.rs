//! Load, decide, commit; and again if somebody was faster.

use crate::ports::{CommitError, Details, SaleStore, StoreError};
use crate::sale::{Command, Rejection, Sale, decide, evolve, vehicle_change};
use crate::{DealershipId, SaleId};
use jiff::Timestamp;

/// How often a decision is made again after a conflict. Each conflict means that somebody else got
/// on.
pub(super) const MAX_TRIES: usize = 8;

/// Why nothing was committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The sale says no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// There is no such sale (or it is another dealership's).
    #[error("there is no such sale")]
    NotFound,
    /// Another sale holds the vehicle.
    #[error("the vehicle is held by another sale")]
    VehicleHeld,
    /// Others changed the sale each time.
    #[error("the sale is changing too fast")]
    Contended,
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Decides `command` for `sale` and commits it; after a conflict loads the sale and decides again.
/// Returns the sale as it then is. A command that changes nothing writes nothing.
pub(crate) async fn commit(
    store: &impl SaleStore,
    mut sale: Sale,
    command: Command,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    for _ in 0..MAX_TRIES {
        let events = decide(&sale, command.clone(), now)?;
        if events.is_empty() {
            return Ok(sale);
        }
        let next = evolve(&sale, &events, now);
        match store.commit(&next, vehicle_change(&sale, &next).as_ref()).await {
            Ok(()) => return Ok(next),
            Err(CommitError::Conflict) => {
                sale = store.sale(sale.id).await?.ok_or(ChangeError::NotFound)?;
            }
            Err(CommitError::VehicleHeld) => return Err(ChangeError::VehicleHeld),
            Err(CommitError::Store(fault)) => return Err(fault.into()),
        }
    }
    Err(ChangeError::Contended)
}

/// As [`commit`], of a sale of this dealership together with its details: `change` changes them and
/// says what to decide, or that all of it is there already; `write` is the store's commit. Returns
/// both as they then are.
pub(super) async fn commit_with_details<E: From<ChangeError>>(
    store: &impl SaleStore,
    (id, dealership): (SaleId, &DealershipId),
    now: Timestamp,
    change: impl Fn(&mut Details) -> Result<Option<Command>, E>,
    write: impl AsyncFn(&Sale, &Details) -> Result<(), CommitError>,
) -> Result<(Sale, Details), E> {
    for _ in 0..MAX_TRIES {
        let found = store.sale_with_details(id).await.map_err(ChangeError::from)?;
        let (sale, mut details) = found
            .filter(|(sale, _)| sale.dealership == *dealership)
            .ok_or(ChangeError::NotFound)?;
        let Some(command) = change(&mut details)? else { return Ok((sale, details)) };
        let next = evolve(&sale, &decide(&sale, command, now).map_err(ChangeError::from)?, now);
        match write(&next, &details).await {
            Ok(()) => return Ok((next, details)),
            Err(CommitError::Conflict | CommitError::VehicleHeld) => {}
            Err(CommitError::Store(fault)) => return Err(ChangeError::from(fault).into()),
        }
    }
    Err(ChangeError::Contended.into())
}
