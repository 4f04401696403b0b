//! A dealership's people look through its sales.

use crate::ports::{Details, SALES_PAGE, SaleFilter, SaleIndex, SalePlace, StoreError};
use crate::{DealershipId, Sale};

/// A part of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In the filter's order.
    pub sales: Vec<(Sale, Details)>,
    /// Where the list goes on, if it does.
    pub next: Option<SalePlace>,
}

/// Up to `pages` pages of the store as one: two reads for each, however many sales there are.
pub async fn list_sales(
    store: &impl SaleIndex,
    dealership: &DealershipId,
    filter: &SaleFilter,
    after: Option<SalePlace>,
    pages: u16,
) -> Result<Page, StoreError> {
    let (mut sales, mut next) = (Vec::new(), after);
    for _ in 0..pages {
        let places = store.list(dealership, filter, next).await?;
        let ids: Vec<_> = places.iter().map(|place| place.sale).collect();
        if !ids.is_empty() {
            sales.extend(store.sales(&ids).await?);
        }
        next = places.last().copied().filter(|_| places.len() >= usize::from(SALES_PAGE));
        if next.is_none() {
            break;
        }
    }
    Ok(Page { sales, next })
}
