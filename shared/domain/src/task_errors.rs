//! Error names that the state machine matches. A test compares this list with `statemachine/sale_lifecycle.asl.json`,
//! both ways.

/// A partner can't be reached or gave no clear answer: try again under the same key.
pub const PARTNER_UNAVAILABLE: &str = "PartnerUnavailable";
/// The table can't be reached, or others changed the sale too often meanwhile: try again.
pub const STORE_UNAVAILABLE: &str = "StoreUnavailable";
/// The sale is over (order refused, lapsed, cancelled or sin asignar): the workflow ends.
pub const SALE_ENDED: &str = "SaleEnded";
/// The step is not due yet: the workflow goes back to the wait before it.
pub const NOT_DUE: &str = "NotDue";
/// The authority is still working on it: ask again later.
pub const REGISTRATION_PENDING: &str = "RegistrationPending";
/// The authority or the factory refused, or our data is broken: people must look.
pub const NEEDS_ATTENTION: &str = "NeedsAttention";

/// Every name.
pub const ALL: [&str; 6] =
    [PARTNER_UNAVAILABLE, STORE_UNAVAILABLE, SALE_ENDED, NOT_DUE, REGISTRATION_PENDING, NEEDS_ATTENTION];
