//! What a [`CorrectionStore`] promises of the customers of a [`SaleStore`]'s sales.

use super::sale_store::{another, stored};
use super::{Outcome, Sample, after, fresh_attempt_id, registered_at};
use domain::CustomerKey;
use domain::ports::{
    Accounts, CommitError, CorrectionStore, CredentialsState, CustomerStore, ErasureStore,
    KnownCustomer, Moved, Registered, SaleStore,
};
use domain::sale::{Command, Sale};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! correction_store {
    ($each:ident) => {
        $each! { correction_store:
            a_sale_and_its_account_go_to_the_right_address,
            an_account_with_another_sale_stays,
            the_customer_who_has_the_address_is_named_first,
            who_buys_again_meanwhile_keeps_the_account
        }
    };
}

/// The sale, of a customer with another address, which is the sample's from now on.
fn moved(sample: &mut Sample) -> Result<Sale, Box<dyn Error>> {
    sample.details.customer.email = Sample::new()?.details.customer.email;
    let customer = CustomerKey::of(&sample.details.customer.email);
    let command = Command::CorrectCustomer { owner: false, customer };
    let steps = after(&sample.sale, [command], registered_at())?;
    steps.into_iter().next_back().ok_or_else(|| "no step".into())
}

/// Protects a customer whose address was mistyped: what a stranger got opens nothing any more.
pub async fn a_sale_and_its_account_go_to_the_right_address(
    store: &(impl SaleStore + ErasureStore + CorrectionStore + CustomerStore),
) -> Outcome {
    let mut sample = stored(store).await?;
    let next = moved(&mut sample)?;
    let (from, attempt) = (&sample.sale.customer, fresh_attempt_id());
    store.begin_erasure(from, attempt).await?;
    let accounts = Accounts { from, last: Some(attempt), known: None };
    for _ in 0..2 {
        // A write whose answer was lost is sent again.
        assert_eq!(store.move_sale(&next, &sample.details, accounts).await?, Moved::Done);
    }
    assert_eq!(store.sale_with_details(next.id).await?, Some((next.clone(), sample.details)));
    assert_eq!(store.sales_of(from).await?, []);
    assert_eq!(store.sales_of(&next.customer).await?, [next.id]);
    assert_eq!(store.credentials(from).await?, None);
    let owed = store.credentials(&next.customer).await?;
    assert!(matches!(owed, Some(CredentialsState::Owed { .. })), "{owed:?}");
    Ok(())
}

/// Protects the customer's other purchases.
pub async fn an_account_with_another_sale_stays(
    store: &(impl SaleStore + ErasureStore + CorrectionStore + CustomerStore),
) -> Outcome {
    let mut sample = stored(store).await?;
    let second = another(store, &sample).await?;
    let next = moved(&mut sample)?;
    let from = &sample.sale.customer;
    let accounts = Accounts { from, last: None, known: None };
    assert_eq!(store.move_sale(&next, &sample.details, accounts).await?, Moved::Done);
    assert_eq!(store.sales_of(from).await?, [second.sale.id]);
    assert!(store.credentials(from).await?.is_some());
    Ok(())
}

/// Protects one account an address, and whoever has it from a stranger's purchase.
pub async fn the_customer_who_has_the_address_is_named_first(
    store: &(impl SaleStore + ErasureStore + CorrectionStore),
) -> Outcome {
    let (mut sample, there) = (stored(store).await?, stored(store).await?);
    sample.details.customer.email = there.details.customer.email.clone();
    let command = Command::CorrectCustomer { owner: false, customer: there.sale.customer.clone() };
    let steps = after(&sample.sale, [command], registered_at())?;
    let next = steps.last().ok_or("no step")?;
    let from = &sample.sale.customer;
    let accounts = Accounts { from, last: None, known: None };
    let (id, full_name) = (there.details.customer.id, there.details.customer.full_name.clone());
    let known = Moved::KnownCustomer(KnownCustomer { id, full_name });
    assert_eq!(store.move_sale(next, &sample.details, accounts).await?, known);
    assert_eq!(store.sale(next.id).await?, Some(sample.sale.clone()));
    let accounts = Accounts { known: Some(id), ..accounts };
    assert_eq!(store.move_sale(next, &sample.details, accounts).await?, Moved::Done);
    assert_eq!(store.sales_of(&next.customer).await?.len(), 2);
    Ok(())
}

/// Protects a purchase that begins while the account is about to go.
pub async fn who_buys_again_meanwhile_keeps_the_account(
    store: &(impl SaleStore + ErasureStore + CorrectionStore + CustomerStore),
) -> Outcome {
    let mut sample = stored(store).await?;
    let attempt = fresh_attempt_id();
    store.begin_erasure(&sample.sale.customer, attempt).await?;
    let again = Sample::of(sample.details.customer.clone())?;
    let known = domain::ports::NewSale { known_customer: true, ..again.registration() };
    assert_eq!(store.register(known).await?, Registered::Stored);
    let next = moved(&mut sample)?;
    let from = &sample.sale.customer;
    let accounts = Accounts { from, last: Some(attempt), known: None };
    let lost = store.move_sale(&next, &sample.details, accounts).await;
    assert_eq!(lost, Err(CommitError::Conflict));
    assert!(store.credentials(from).await?.is_some());
    assert_eq!(store.sale(next.id).await?, Some(sample.sale.clone()));
    Ok(())
}
