//! The table's vehicles: who holds each, and which are stock.

use super::ports::Ports;
use super::table::VehicleRow;
use super::world::State;
use crate::faults::Site;
use domain::ports::{NewSale, STOCK_PAGE, StoreError, VehicleStore};
use domain::sale::Sale;
use domain::vehicle::{
    NotInStock, StockPlace, StockVehicle, VehicleChange, VehicleRecord, VehicleStatus, build,
};
use domain::{BasePlatform, DealershipId, Vin};

impl VehicleStore for Ports<'_> {
    async fn stock(
        &self,
        dealership: &DealershipId,
        platform: Option<&BasePlatform>,
        after: Option<&StockPlace>,
    ) -> Result<Vec<StockVehicle>, StoreError> {
        self.call(Site::StockRead, Err(StoreError::Unavailable), |state| {
            let ours = state.vehicles.iter().filter(|(_, row)| row.dealership == *dealership);
            let found = ours.filter_map(|(vehicle, row)| {
                let (plan, since) = row.stock.clone()?;
                Some(StockVehicle { vehicle: vehicle.clone(), plan, since })
            });
            let order =
                |place: &StockPlace| (place.platform.clone(), place.since, place.vehicle.clone());
            let mut found: Vec<StockVehicle> = found
                .filter(|found| {
                    platform.is_none_or(|platform| found.plan.base_platform == *platform)
                })
                .filter(|found| after.is_none_or(|after| order(&found.place()) > order(after)))
                .collect();
            found.sort_by_key(|found| order(&found.place()));
            found.truncate(usize::from(STOCK_PAGE));
            Ok(found)
        })
        .await
    }

    async fn vehicle(
        &self,
        dealership: &DealershipId,
        vehicle: &Vin,
    ) -> Result<Option<VehicleRecord>, StoreError> {
        self.call(Site::VehicleRead, Err(StoreError::Unavailable), |state| {
            let row = state.vehicles.get(vehicle).filter(|row| row.dealership == *dealership);
            Ok(row.map(|row| {
                let (status, plate, sales) = (row.status, row.plate.clone(), row.sales.clone());
                VehicleRecord { vehicle: vehicle.clone(), status, plate, sales }
            }))
        })
        .await
    }
}

/// Why the sale can't take the vehicle, if it can't.
pub(super) fn not_in_stock(state: &State, new: &NewSale<'_>, vehicle: &Vin) -> Option<NotInStock> {
    let Some(row) = state.vehicles.get(vehicle).filter(|row| row.dealership == new.sale.dealership)
    else {
        return Some(NotInStock::Unknown);
    };
    match &row.stock {
        None => Some(NotInStock::Held),
        Some((plan, _)) => {
            (build(plan) != build(&new.details.plan)).then_some(NotInStock::OtherBuild)
        }
    }
}

/// Changes the vehicle's record in the same write as the sale.
pub(super) fn change_vehicle(state: &mut State, sale: &Sale, change: &VehicleChange) {
    if let VehicleChange::Replace { gone, .. } = change
        && let Some(row) = state.vehicles.get_mut(gone)
    {
        (row.holder, row.status) = (None, VehicleStatus::Sustituido);
    }
    let built = state.sales.get(&sale.id).map(|row| row.details.plan.clone());
    let row = state.vehicles.entry(change.vehicle().clone()).or_insert_with(|| VehicleRow {
        holder: None,
        status: VehicleStatus::Asignado,
        dealership: sale.dealership.clone(),
        stock: None,
        plate: None,
        sales: Vec::new(),
    });
    match change {
        VehicleChange::Assign { .. } | VehicleChange::Replace { .. } => {
            (row.holder, row.status, row.stock) = (Some(sale.id), VehicleStatus::Asignado, None);
            row.sales.push(sale.id);
        }
        VehicleChange::Release { since, .. } => {
            (row.holder, row.status, row.stock) =
                (None, VehicleStatus::SinAsignar, built.map(|plan| (plan, *since)));
        }
        VehicleChange::Register { plate, .. } => {
            (row.status, row.plate) = (VehicleStatus::Matriculado, Some(plate.clone()));
        }
    }
}
