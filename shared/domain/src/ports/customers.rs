//! Where the customer's record is: credentials that are owed or sent, and how the customer can be
//! reached.

use super::{Recipient, StoreError};
use crate::contact::{Contact, Device, Preferences};
use crate::{CustomerKey, EmailAddress};
use jiff::Timestamp;

/// The credentials of customers' accounts, as far as sending them goes. What opens an account is
/// [`crate::account::AccountStore`].
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait CustomerStore {
    /// How far the credentials are; `None` for an unknown customer.
    async fn credentials(
        &self,
        customer: &CustomerKey,
    ) -> Result<Option<CredentialsState>, StoreError>;
    /// Replaces the pair, unless they were sent already. `false`: they were.
    async fn store_credentials(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<bool, StoreError>;
    /// Marks this pair as sent.
    async fn credentials_sent(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<(), StoreError>;
}

/// How far a customer's credentials are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialsState {
    /// None were sent yet; a pair may be stored that nobody got.
    Owed {
        /// Whom they are mailed to, as the customer's record has it.
        recipient: Recipient,
        /// The customer's user name.
        username: EmailAddress,
    },
    /// They were sent, or the account is active.
    Issued,
}

/// What is stored of a customer's credentials. No plain text is ever in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCredentials {
    /// argon2id hash of the initial password, in PHC form.
    pub password_hash: String,
    /// SHA-256 of the activation link's token, in hex.
    pub activation_token_digest: String,
    /// When link and password stop working.
    pub expires_at: Timestamp,
}

/// How customers can be reached.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait ContactStore {
    /// How the customer can be; `None` for nobody.
    async fn contact(&self, customer: &CustomerKey) -> Result<Option<Contact>, StoreError>;
    /// Replaces the preferences. Nothing happens for nobody.
    async fn set_preferences(
        &self,
        customer: &CustomerKey,
        preferences: Preferences,
    ) -> Result<(), StoreError>;
    /// Adds a device, once. Nothing happens for nobody.
    async fn add_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), DeviceError>;
    /// Takes a device away.
    async fn forget_device(
        &self,
        customer: &CustomerKey,
        device: &Device,
    ) -> Result<(), StoreError>;
}

/// A customer has as many devices as one may have ([`crate::contact::MAX_DEVICES`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// Enough is enough.
    #[error("the customer has as many devices as one may have")]
    TooMany,
    /// The store gave no answer that can be used; see [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}
