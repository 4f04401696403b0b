//! Customers' accounts: who, and how far the credentials are. Hashes only.

use super::client::{DynamoSales, FOUND, WriteError};
use super::item::{Item, item, key, string, text};
use super::schema::{CUSTOMER, customer_pk};
use domain::ports::{CredentialsState, CustomerStore, Recipient, StoreError, StoredCredentials};
use domain::{CustomerKey, EmailAddress, FullName, Language, ZoneName};

/// `credentials_state`: nobody got any yet.
pub(super) const OWED: &str = "owed";
/// `credentials_state`: they were sent.
pub(super) const ISSUED: &str = "issued";

impl CustomerStore for DynamoSales {
    async fn credentials(
        &self,
        customer: &CustomerKey,
    ) -> Result<Option<CredentialsState>, StoreError> {
        let Some(item) = self.one(key(customer_pk(customer), CUSTOMER)).await? else {
            return Ok(None);
        };
        let state = read(&item);
        if state.is_none() {
            tracing::error!(%customer, "a customer's item is broken");
        }
        state.map(Some).ok_or(StoreError::Corrupt)
    }

    async fn store_credentials(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<bool, StoreError> {
        let StoredCredentials { password_hash, activation_token_digest, expires_at } = credentials;
        let values = item([
            (":password", text(password_hash)),
            (":token", text(activation_token_digest)),
            (":expires", text(expires_at.to_string())),
            (":owed", text(OWED)),
        ]);
        let set = "SET initial_password_hash = :password, activation_token_digest = :token, credentials_expire_at = :expires";
        self.update_customer(customer, set, "credentials_state = :owed", values).await
    }

    async fn credentials_sent(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<(), StoreError> {
        let values = item([
            (":password", text(&credentials.password_hash)),
            (":token", text(&credentials.activation_token_digest)),
            (":issued", text(ISSUED)),
        ]);
        let same = "initial_password_hash = :password AND activation_token_digest = :token";
        // Where another pair was stored meanwhile, whoever sends that one marks it.
        self.update_customer(customer, "SET credentials_state = :issued", same, values)
            .await
            .map(drop)
    }
}

impl DynamoSales {
    /// `false`: the condition doesn't hold.
    pub(super) async fn update_customer(
        &self,
        customer: &CustomerKey,
        set: &str,
        condition: &str,
        values: Item,
    ) -> Result<bool, StoreError> {
        let update = self.update_item(key(customer_pk(customer), CUSTOMER)).update_expression(set);
        let update =
            update.condition_expression(condition).set_expression_attribute_values(Some(values));
        match update.send().await.map_err(WriteError::from) {
            Ok(_) => Ok(true),
            Err(WriteError::Condition(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl DynamoSales {
    /// As [`Self::update_customer`], of a write that its own condition refuses when it is sent
    /// again, as its answer was lost: `own` is an attribute with a value that no other write makes.
    pub(super) async fn update_customer_once(
        &self,
        customer: &CustomerKey,
        set: &str,
        condition: &str,
        values: Item,
        (attribute, own): (&str, &str),
    ) -> Result<bool, StoreError> {
        let update = self.update_item(key(customer_pk(customer), CUSTOMER)).update_expression(set);
        let update =
            update.condition_expression(condition).set_expression_attribute_values(Some(values));
        let update = update.return_values_on_condition_check_failure(FOUND);
        match update.send().await.map_err(WriteError::from) {
            Ok(_) => Ok(true),
            Err(WriteError::Condition(found)) => {
                Ok(found.is_some_and(|item| string(&item, attribute) == Some(own)))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The zone of the dealership that the customer bought at first.
pub(super) fn zone(item: &Item) -> ZoneName {
    string(item, "zone").and_then(|zone| ZoneName::parse(zone).ok()).unwrap_or_else(ZoneName::utc)
}

fn read(item: &Item) -> Option<CredentialsState> {
    match string(item, "credentials_state")? {
        OWED => {
            let email = EmailAddress::parse(string(item, "email")?).ok()?;
            let full_name = FullName::parse(string(item, "full_name")?).ok()?;
            let language = Language::parse(string(item, "language")?).ok()?;
            let username = email.clone();
            Some(CredentialsState::Owed {
                recipient: Recipient { full_name, email, language, zone: zone(item) },
                username,
            })
        }
        ISSUED => Some(CredentialsState::Issued),
        _ => None,
    }
}
