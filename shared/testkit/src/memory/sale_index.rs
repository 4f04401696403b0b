//! The lists of a dealership's sales, and the search by order and plate.

use super::ports::Ports;
use super::table::VehicleRow;
use super::world::State;
use crate::faults::Site;
use domain::ports::{Details, SALES_PAGE, SaleFilter, SaleIndex, SalePlace, StoreError};
use domain::sale::Sale;
use domain::{DealershipId, OrderId, Plate, SaleId, Vin};

impl SaleIndex for Ports<'_> {
    async fn list(
        &self,
        dealership: &DealershipId,
        filter: &SaleFilter,
        after: Option<SalePlace>,
    ) -> Result<Vec<SalePlace>, StoreError> {
        self.call(Site::IndexRead, Err(StoreError::Unavailable), |state| {
            let ours = state
                .sales
                .values()
                .map(|row| &row.sale)
                .filter(|sale| sale.dealership == *dealership);
            let mut places: Vec<SalePlace> = match filter {
                SaleFilter::Registered { by, from, to } => {
                    let between = SaleId::least_at(*from)..SaleId::least_at(*to);
                    let ours = ours.filter(|sale| between.contains(&sale.id));
                    let ours =
                        ours.filter(|sale| by.as_ref().is_none_or(|by| sale.registered_by == *by));
                    ours.map(|sale| SalePlace { at: sale.id.made_at(), sale: sale.id })
                        .rev()
                        .collect()
                }
                SaleFilter::Status(status) => {
                    ours.filter(|sale| sale.status() == *status).map(SalePlace::of).collect()
                }
                SaleFilter::Overdue(before) => ours
                    .filter(|sale| sale.due_at().is_some_and(|due| due < *before))
                    .map(SalePlace::of)
                    .collect(),
            };
            match filter {
                SaleFilter::Registered { .. } => {
                    places.retain(|place| after.is_none_or(|after| place.sale < after.sale));
                }
                SaleFilter::Status(_) | SaleFilter::Overdue(_) => {
                    places.retain(|place| after.is_none_or(|after| *place > after));
                    places.sort_unstable();
                }
            }
            places.truncate(usize::from(SALES_PAGE));
            Ok(places)
        })
        .await
    }

    async fn sales(&self, ids: &[SaleId]) -> Result<Vec<(Sale, Details)>, StoreError> {
        let read = |state: &mut State| {
            let rows = ids.iter().filter_map(|id| state.sales.get(id));
            Ok(rows.map(|row| (row.sale.clone(), row.details.clone())).collect())
        };
        self.call(Site::SalesRead, Err(StoreError::Unavailable), read).await
    }

    async fn with_order(&self, order: &OrderId) -> Result<Vec<SaleId>, StoreError> {
        let find = |state: &mut State| {
            let sales = state.sales.values().map(|row| &row.sale);
            Ok(sales
                .filter(|sale| sale.order().is_some_and(|known| known.id == *order))
                .map(|sale| sale.id)
                .collect())
        };
        self.call(Site::IndexRead, Err(StoreError::Unavailable), find).await
    }

    async fn with_plate(&self, plate: &Plate) -> Result<Vec<Vin>, StoreError> {
        let plate = plate.normalized();
        let find = |state: &mut State| {
            let has = |row: &VehicleRow| {
                row.plate.as_ref().is_some_and(|known| known.normalized() == plate)
            };
            Ok(state
                .vehicles
                .iter()
                .filter(|(_, row)| has(row))
                .map(|(vehicle, _)| vehicle.clone())
                .collect())
        };
        self.call(Site::IndexRead, Err(StoreError::Unavailable), find).await
    }
}
