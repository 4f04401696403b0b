//! Customers' accounts: who, and how far the credentials are. Hashes only.

use super::{CUSTOMER, DynamoSales, Item, customer_pk, item, key, string, text, unavailable};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use domain::ports::{CredentialsState, CustomerStore, Recipient, StoreFault, StoredCredentials};
use domain::{CustomerKey, EmailAddress, FullName, Language};

/// `credentials_state`: nobody got any yet.
pub(super) const OWED: &str = "owed";
/// `credentials_state`: they were sent.
pub(super) const ISSUED: &str = "issued";

impl CustomerStore for DynamoSales {
    async fn credentials(&self, customer: &CustomerKey) -> Result<Option<CredentialsState>, StoreFault> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key(customer_pk(customer), CUSTOMER)));
        let found = call.consistent_read(true).send().await.map_err(|fault| unavailable("GetItem", &fault))?;
        let Some(item) = found.item else { return Ok(None) };
        let state = read(&item);
        if state.is_none() {
            tracing::error!(%customer, "a customer's item is broken");
        }
        state.map(Some).ok_or(StoreFault::Corrupt)
    }

    async fn store_credentials(&self, customer: &CustomerKey, credentials: &StoredCredentials) -> Result<bool, StoreFault> {
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

    async fn credentials_sent(&self, customer: &CustomerKey, credentials: &StoredCredentials) -> Result<(), StoreFault> {
        let values = item([
            (":password", text(&credentials.password_hash)),
            (":token", text(&credentials.activation_token_digest)),
            (":issued", text(ISSUED)),
        ]);
        let same = "initial_password_hash = :password AND activation_token_digest = :token";
        // Where another pair was stored meanwhile, whoever sends that one marks it.
        self.update_customer(customer, "SET credentials_state = :issued", same, values).await.map(drop)
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
    ) -> Result<bool, StoreFault> {
        let call = self.client.update_item().table_name(&self.table).set_key(Some(key(customer_pk(customer), CUSTOMER)));
        let call = call.update_expression(set).condition_expression(condition).set_expression_attribute_values(Some(values));
        let Err(fault) = call.send().await else { return Ok(true) };
        match fault.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
            _ => Err(unavailable("UpdateItem", &fault)),
        }
    }
}

fn read(item: &Item) -> Option<CredentialsState> {
    match string(item, "credentials_state")? {
        OWED => {
            let email = EmailAddress::parse(string(item, "email")?).ok()?;
            let full_name = FullName::parse(string(item, "full_name")?).ok()?;
            let language = Language::parse(string(item, "language")?).ok()?;
            let username = email.clone();
            Some(CredentialsState::Owed { recipient: Recipient { full_name, email, language }, username })
        }
        ISSUED => Some(CredentialsState::Issued),
        _ => None,
    }
}
