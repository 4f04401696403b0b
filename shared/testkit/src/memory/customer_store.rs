//! The table's customers and their first credentials.

use super::ports::Ports;
use crate::faults::Site;
use domain::CustomerKey;
use domain::ports::{CredentialsState, CustomerStore, StoreError, StoredCredentials};

impl CustomerStore for Ports<'_> {
    async fn credentials(
        &self,
        customer: &CustomerKey,
    ) -> Result<Option<CredentialsState>, StoreError> {
        self.call(Site::CredentialsRead, Err(StoreError::Unavailable), |state| {
            Ok(state.customers.get(&customer.to_string()).map(|row| {
                let recipient = row.recipient.clone();
                let username = recipient.email.clone();
                if row.issued {
                    CredentialsState::Issued
                } else {
                    CredentialsState::Owed { recipient, username }
                }
            }))
        })
        .await
    }

    async fn store_credentials(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<bool, StoreError> {
        self.call(Site::CredentialsStore, Err(StoreError::Unavailable), |state| {
            let owed = state.customers.get_mut(&customer.to_string()).filter(|row| !row.issued);
            Ok(owed.map(|row| row.credentials = Some(credentials.clone())).is_some())
        })
        .await
    }

    async fn credentials_sent(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<(), StoreError> {
        self.call(Site::CredentialsSent, Err(StoreError::Unavailable), |state| {
            let row = state.customers.get_mut(&customer.to_string());
            if let Some(row) = row.filter(|row| row.credentials.as_ref() == Some(credentials)) {
                row.issued = true;
            }
            Ok(())
        })
        .await
    }
}
