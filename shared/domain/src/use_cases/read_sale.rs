//! A sale as its dealership sees it.

use crate::ports::{Details, SaleStore, StoreError};
use crate::{DealershipId, Sale, SaleId};

/// The sale and what was captured with it; `None` where there is none, or it is another
/// dealership's.
pub async fn read_sale(
    store: &impl SaleStore,
    id: SaleId,
    dealership: &DealershipId,
) -> Result<Option<(Sale, Details)>, StoreError> {
    Ok(store.sale_with_details(id).await?.filter(|(sale, _)| sale.dealership == *dealership))
}
