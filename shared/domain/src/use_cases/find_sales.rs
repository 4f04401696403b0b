//! A dealership's people look a sale up by what they have in hand.

use crate::ports::{Details, SaleIndex, SaleStore, StoreError, VehicleStore};
use crate::{CustomerKey, DealershipId, EmailAddress, OrderId, Plate, Sale, Vin};

/// What they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// The customer's e-mail address.
    Email(EmailAddress),
    /// The factory's order id.
    Order(OrderId),
    /// The vehicle's id.
    Vehicle(Vin),
    /// The registration plate.
    Plate(Plate),
}

/// The dealership's sales that it leads to, newest first. Another dealership's don't exist.
pub async fn find_sales(
    store: &(impl SaleStore + SaleIndex + VehicleStore),
    dealership: &DealershipId,
    reference: &Reference,
) -> Result<Vec<(Sale, Details)>, StoreError> {
    let mut ids = match reference {
        Reference::Email(email) => store.sales_of(&CustomerKey::of(email)).await?,
        Reference::Order(order) => store.with_order(order).await?,
        Reference::Vehicle(vehicle) => {
            let record = store.vehicle(dealership, vehicle).await?;
            record.map(|record| record.sales).unwrap_or_default()
        }
        Reference::Plate(plate) => {
            let mut ids = Vec::new();
            for vehicle in store.with_plate(plate).await? {
                let record = store.vehicle(dealership, &vehicle).await?;
                let record = record.filter(|record| {
                    record.plate.as_ref().is_none_or(|written| written.is_same(plate))
                });
                ids.extend(record.into_iter().flat_map(|record| record.sales));
            }
            ids
        }
    };
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.truncate(usize::from(crate::ports::SALES_PAGE));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sales = store.sales(&ids).await?;
    sales.retain(|(sale, _)| sale.dealership == *dealership);
    Ok(sales)
}
