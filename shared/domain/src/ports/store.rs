//! How a store says that it could not do what it was asked.

/// The store could not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Throttled, unreachable or timed out: whether a write happened is not known. Trying again is
    /// safe.
    #[error("the store is unavailable")]
    Unavailable,
    /// An item is not what this code writes: people must look.
    #[error("a stored item can't be read")]
    Corrupt,
}

/// A commit did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Somebody committed first: load again and decide again.
    #[error("the sale changed meanwhile")]
    Conflict,
    /// Another sale holds the vehicle.
    #[error("the vehicle is held by another sale")]
    VehicleHeld,
    /// The store gave no answer that can be used; see [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}
