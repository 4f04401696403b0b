//! What an [`ErasureStore`] promises of the customers of a [`SaleStore`]'s sales.

use super::sale_store::{another, stored};
use super::{Outcome, Sample, fresh_attempt_id, registered_at};
use domain::EmployeeId;
use domain::ports::{CommitError, CustomerStore, ErasureStore, Registered, SaleStore};
use domain::sale::{Command, Sale, decide, evolve};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! erasure_store {
    ($each:ident) => {
        $each! { erasure_store:
            an_erased_customer_is_nobody_and_may_come_again,
            who_buys_again_meanwhile_stays_a_customer,
            an_erasure_needs_the_version_before_it,
            of_two_erasures_at_once_the_later_goes_on,
            an_own_erasure_that_is_sent_again_is_no_conflict,
            every_sale_is_found
        }
    };
}

/// The sale, cancelled and then erased.
fn erased(sale: &Sale) -> Result<[Sale; 2], Box<dyn Error>> {
    let by = EmployeeId::parse("e-18")?;
    let cancel =
        Command::Cancel { by: by.clone(), reason: domain::Reason::parse("changed her mind")? };
    let cancelled = evolve(sale, &decide(sale, cancel, registered_at())?, registered_at());
    let erased = evolve(
        &cancelled,
        &decide(&cancelled, Command::EraseCustomer { by }, registered_at())?,
        registered_at(),
    );
    Ok([cancelled, erased])
}

/// A sale that is over, and what it is once it is erased.
async fn over(store: &impl SaleStore) -> Result<(Sample, Sale), Box<dyn Error>> {
    let mut sample = stored(store).await?;
    let [cancelled, erased] = erased(&sample.sale)?;
    store.commit(&cancelled, None).await?;
    sample.sale = cancelled;
    Ok((sample, erased))
}

/// Protects who asks to be forgotten: no trace but the amounts, and no hindrance to come back.
pub async fn an_erased_customer_is_nobody_and_may_come_again(
    store: &(impl SaleStore + ErasureStore + CustomerStore),
) -> Outcome {
    let (sample, erased) = over(store).await?;
    let (customer, attempt) = (&sample.sale.customer, fresh_attempt_id());
    store.begin_erasure(customer, attempt).await?;
    let details = sample.details.erased();
    store.erase_last(&erased, &details, customer, attempt).await?;
    assert_eq!(store.sale_with_details(erased.id).await?, Some((erased, details)));
    assert_eq!(store.sales_of(customer).await?, []);
    assert_eq!(store.credentials(customer).await?, None);
    let again = Sample::of(sample.details.customer)?;
    assert_eq!(store.register(again.registration()).await?, Registered::Stored);
    assert_eq!(store.sales_of(customer).await?, [again.sale.id]);
    Ok(())
}

/// Protects a purchase that begins while the account is being erased.
pub async fn who_buys_again_meanwhile_stays_a_customer(
    store: &(impl SaleStore + ErasureStore + CustomerStore),
) -> Outcome {
    let (sample, erased) = over(store).await?;
    let (customer, attempt) = (&sample.sale.customer, fresh_attempt_id());
    store.begin_erasure(customer, attempt).await?;
    let second = another(store, &sample).await?;
    let details = sample.details.erased();
    assert_eq!(
        store.erase_last(&erased, &details, customer, attempt).await,
        Err(CommitError::Conflict)
    );
    assert!(store.credentials(customer).await?.is_some());
    assert_eq!(
        store.sale_with_details(erased.id).await?,
        Some((sample.sale.clone(), sample.details))
    );
    assert_eq!(store.sales_of(customer).await?, [second.sale.id, erased.id]);
    Ok(())
}

/// Protects a decision that was made meanwhile, such as a payment that a bank takes back.
pub async fn an_erasure_needs_the_version_before_it(
    store: &(impl SaleStore + ErasureStore),
) -> Outcome {
    let (sample, mut erased) = over(store).await?;
    erased.version = erased.version.saturating_add(1);
    let (customer, attempt) = (&sample.sale.customer, fresh_attempt_id());
    store.begin_erasure(customer, attempt).await?;
    let lost = store.erase(&erased, &sample.details.erased(), customer, attempt).await;
    assert_eq!(lost, Err(CommitError::Conflict));
    assert_eq!(store.sale_with_details(erased.id).await?, Some((sample.sale, sample.details)));
    Ok(())
}

/// Protects an account from being left for ever: two erasures, begun at two of the customer's sales,
/// would each leave the other its last one.
pub async fn of_two_erasures_at_once_the_later_goes_on(
    store: &(impl SaleStore + ErasureStore + CustomerStore),
) -> Outcome {
    let (sample, erased) = over(store).await?;
    let (customer, [earlier, later]) =
        (&sample.sale.customer, [fresh_attempt_id(), fresh_attempt_id()]);
    let details = sample.details.erased();
    store.begin_erasure(customer, earlier).await?;
    store.begin_erasure(customer, later).await?;
    let overtaken = store.erase(&erased, &details, customer, earlier).await;
    assert_eq!(overtaken, Err(CommitError::Conflict));
    assert_eq!(store.sales_of(customer).await?, [erased.id]);
    store.erase(&erased, &details, customer, later).await?;
    assert!(store.credentials(customer).await?.is_some(), "it goes with the last sale alone");
    Ok(())
}

/// Protects an erasure whose answer was lost: sent again, it is the same one.
pub async fn an_own_erasure_that_is_sent_again_is_no_conflict(
    store: &(impl SaleStore + ErasureStore),
) -> Outcome {
    let (sample, erased) = over(store).await?;
    let (customer, attempt) = (&sample.sale.customer, fresh_attempt_id());
    store.begin_erasure(customer, attempt).await?;
    for _ in 0..2 {
        store.erase_last(&erased, &sample.details.erased(), customer, attempt).await?;
    }
    Ok(())
}

/// Protects who has bought often: the list of purchases that people are shown has an end, this one
/// has none.
pub async fn every_sale_is_found(store: &(impl SaleStore + ErasureStore)) -> Outcome {
    let first = stored(store).await?;
    let mut expected = vec![first.sale.id];
    for _ in 0..domain::ports::MOST_SALES_LISTED {
        expected.push(another(store, &first).await?.sale.id);
    }
    let mut found = store.every_sale_of(&first.sale.customer).await?;
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    Ok(())
}
