//! Where sales are: a sale is stored, loaded by its id, and committed under the condition that
//! nobody committed meanwhile.

use super::{CommitError, Details, StoreError};
use crate::ids::ShortDigest;
use crate::vehicle::{NotInStock, VehicleChange};
use crate::{AttemptId, CustomerId, CustomerKey, FullName, Sale, SaleId, Sold};

/// Sales, their details, and the vehicles that they hold.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait SaleStore {
    /// Stores a new sale, its details, its place among the customer's, the customer (if new) and
    /// the request's answer, all or nothing.
    async fn register(&self, new: NewSale<'_>) -> Result<Registered, StoreError>;
    /// What became of an earlier request with this key, if any: [`Registered::Repeated`] or
    /// [`Registered::KeyReused`].
    async fn answered(&self, request: &RequestKey) -> Result<Option<Registered>, StoreError>;
    /// The sale as last committed.
    async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreError>;
    /// The sale and its details.
    async fn sale_with_details(&self, id: SaleId) -> Result<Option<(Sale, Details)>, StoreError>;
    /// A customer's sales, newest first, the last [`MOST_SALES_LISTED`] of them.
    async fn sales_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreError>;
    /// Commits `next` (and the vehicle's change), only if the sale is still at the version before
    /// it.
    async fn commit(&self, next: &Sale, vehicle: Option<&VehicleChange>)
    -> Result<(), CommitError>;
    /// As [`Self::commit`], with the sale's details in the place of those that are stored.
    async fn commit_with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitError>;
    /// As [`Self::commit_with_details`], with the customer's name, language and spelling of the
    /// e-mail address in the customer's record, too.
    async fn commit_with_customer(&self, next: &Sale, details: &Details)
    -> Result<(), CommitError>;
}

/// The reservations that wait for their señal, as [`SaleStore::register`] counts them.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait UnpaidReservations {
    /// The sale waits no more. Nothing happens if it is known already.
    async fn release(&self, sale: &Sale) -> Result<(), StoreError>;
}

/// Where customers' personal data are, to be erased.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait ErasureStore {
    /// Marks the customer: a sale that is registered from here on takes the mark away.
    async fn begin_erasure(
        &self,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), StoreError>;
    /// All the customer's sales.
    async fn every_sale_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreError>;
    /// Commits `next`, which is nobody's any more, with what stays of its details, and takes it
    /// from its customer's sales, if that attempt's mark is still there: of two attempts at once
    /// one goes on.
    async fn erase(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), CommitError>;
    /// As [`Self::erase`], of the customer's last sale: the account goes with it.
    async fn erase_last(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), CommitError>;
}

/// Where a sale becomes another account's: its customer's e-mail address was corrected.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait CorrectionStore {
    /// As [`SaleStore::commit_with_details`], and takes the sale to those of its new customer,
    /// whose account is made where there is none.
    async fn move_sale(
        &self,
        next: &Sale,
        details: &Details,
        accounts: Accounts<'_>,
    ) -> Result<Moved, CommitError>;
}

/// From which account a sale goes to which.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    /// Whose it was.
    pub from: &'a CustomerKey,
    /// With this mark ([`ErasureStore::begin_erasure`]) that account goes, as its last sale does.
    pub last: Option<AttemptId>,
    /// The customer who has the new address already, as an earlier answer named them.
    pub known: Option<CustomerId>,
}

/// What [`CorrectionStore::move_sale`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// The sale is the new account's.
    Done,
    /// The e-mail address is a known customer's: try again with this one.
    KnownCustomer(KnownCustomer),
}

/// How many sales [`SaleStore::sales_of`] names: more than any household buys; one small page of
/// the table.
pub const MOST_SALES_LISTED: u8 = 50;

/// A sale to store, with all that goes with it, in one transaction.
#[derive(Debug, Clone)]
pub struct NewSale<'a> {
    /// The sale at its first version.
    pub sale: &'a Sale,
    /// What was captured.
    pub details: &'a Details,
    /// Whether the customer's record exists already.
    pub known_customer: bool,
    /// How many may wait for their señal, with it.
    pub limits: UnpaidLimits,
    /// The request, if it can be repeated.
    pub request: Option<&'a RequestKey>,
}

/// A repeatable request: the digest of its key (with who sent it) and of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Digest of sender and `Idempotency-Key`.
    pub key: ShortDigest,
    /// Digest of the content.
    pub fingerprint: ShortDigest,
}

/// What [`SaleStore::register`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// The sale is stored.
    Stored,
    /// The same request was answered before, with this sale, sold like this.
    Repeated(SaleId, Box<Sold>),
    /// The key was used with another content.
    KeyReused,
    /// The stock vehicle can't be taken.
    NotInStock(NotInStock),
    /// Too many sales wait for their señal.
    TooManyUnpaid(TooManyUnpaid),
    /// The e-mail address is a known customer's: try again under this id.
    KnownCustomer(KnownCustomer),
}

/// The customer who has an e-mail address already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCustomer {
    /// The customer's internal id.
    pub id: CustomerId,
    /// The name that the account has.
    pub full_name: FullName,
}

/// How many sales may wait for their señal at once: a sale costs the dealership's stock, and mails
/// to a stranger, before anybody has paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpaidLimits {
    /// Of one employee's.
    pub employee: u16,
    /// Of one dealership's.
    pub dealership: u16,
}

/// Whose sales that wait for their señal are as many as [`UnpaidLimits`] has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooManyUnpaid {
    /// The employee who registers has [`UnpaidLimits::employee`] of them.
    #[error("the employee has as many unpaid reservations as one may have")]
    Employee,
    /// The employee's dealership has [`UnpaidLimits::dealership`] of them.
    #[error("the dealership has as many unpaid reservations as one may have")]
    Dealership,
}
