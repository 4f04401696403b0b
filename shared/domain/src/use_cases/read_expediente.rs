//! A customer's purchases, as the customer sees them.

use crate::ports::{Details, SaleStore, StoreError};
use crate::{CustomerKey, Sale, SaleId};

/// One purchase; `None` where there is none, or it is another customer's.
pub async fn read_expediente(
    store: &impl SaleStore,
    id: SaleId,
    customer: &CustomerKey,
) -> Result<Option<(Sale, Details)>, StoreError> {
    Ok(store.sale_with_details(id).await?.filter(|(sale, _)| sale.customer == *customer))
}

/// All purchases, newest first: one call to the store for the list and one for each on it. What is
/// gone meanwhile is left out.
pub async fn list_expedientes(
    store: &impl SaleStore,
    customer: &CustomerKey,
) -> Result<Vec<(Sale, Details)>, StoreError> {
    let mut found = Vec::new();
    for id in store.sales_of(customer).await? {
        found.extend(read_expediente(store, id, customer).await?);
    }
    Ok(found)
}
