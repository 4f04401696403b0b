//! What a [`CustomerStore`] promises. Customers come to be with their first sale.

use super::{Outcome, Sample, registered_at};
use domain::CustomerKey;
use domain::ports::{
    CredentialsState, CustomerStore, Recipient, Registered, SaleStore, StoredCredentials,
};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! customer_store {
    ($each:ident) => {
        $each! { customer_store:
            a_new_customer_is_owed_credentials,
            what_was_sent_is_never_replaced,
            only_the_pair_that_was_sent_counts,
            nobody_has_no_credentials
        }
    };
}

async fn customer(store: &impl SaleStore) -> Result<(CustomerKey, Sample), Box<dyn Error>> {
    let sample = Sample::new()?;
    assert_eq!(store.register(sample.registration()).await?, Registered::Stored);
    Ok((sample.sale.customer.clone(), sample))
}

fn pair(which: &str) -> StoredCredentials {
    StoredCredentials {
        password_hash: format!("$argon2id${which}"),
        activation_token_digest: format!("digest of {which}"),
        expires_at: registered_at(),
    }
}

/// Protects the first mail: it goes to the customer as registered, until it was sent.
pub async fn a_new_customer_is_owed_credentials(
    store: &(impl SaleStore + CustomerStore),
) -> Outcome {
    let (key, Sample { sale, details, .. }) = customer(store).await?;
    let (full_name, email, language) =
        (details.customer.full_name, details.customer.email, details.customer.language);
    let owed = CredentialsState::Owed {
        recipient: Recipient { full_name, email: email.clone(), language, zone: sale.zone() },
        username: email,
    };
    assert_eq!(store.credentials(&key).await?, Some(owed.clone()));
    assert!(store.store_credentials(&key, &pair("first")).await?);
    assert_eq!(store.credentials(&key).await?, Some(owed), "a pair that nobody got is none");
    Ok(())
}

/// Protects a customer who uses the password: it stays.
pub async fn what_was_sent_is_never_replaced(store: &(impl SaleStore + CustomerStore)) -> Outcome {
    let (key, _) = customer(store).await?;
    assert!(store.store_credentials(&key, &pair("first")).await?);
    store.credentials_sent(&key, &pair("first")).await?;
    store.credentials_sent(&key, &pair("first")).await?;
    assert_eq!(store.credentials(&key).await?, Some(CredentialsState::Issued));
    assert!(!store.store_credentials(&key, &pair("second")).await?);
    Ok(())
}

/// Protects against a mail whose password no longer works: of two that issue at once, the later
/// pair's mail counts.
pub async fn only_the_pair_that_was_sent_counts(
    store: &(impl SaleStore + CustomerStore),
) -> Outcome {
    let (key, _) = customer(store).await?;
    assert!(store.store_credentials(&key, &pair("first")).await?);
    assert!(store.store_credentials(&key, &pair("second")).await?);
    store.credentials_sent(&key, &pair("first")).await?;
    assert!(matches!(store.credentials(&key).await?, Some(CredentialsState::Owed { .. })));
    store.credentials_sent(&key, &pair("second")).await?;
    assert_eq!(store.credentials(&key).await?, Some(CredentialsState::Issued));
    Ok(())
}

/// Protects against a customer who comes to be without a sale.
pub async fn nobody_has_no_credentials(store: &(impl SaleStore + CustomerStore)) -> Outcome {
    let key = Sample::new()?.sale.customer;
    assert_eq!(store.credentials(&key).await?, None);
    assert!(!store.store_credentials(&key, &pair("first")).await?);
    store.credentials_sent(&key, &pair("first")).await?;
    assert_eq!(store.credentials(&key).await?, None);
    Ok(())
}
