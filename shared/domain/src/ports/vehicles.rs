//! Where vehicles' own records are, and with them a dealership's stock.

use super::StoreError;
use crate::vehicle::{StockPlace, StockVehicle, VehicleRecord};
use crate::{BasePlatform, DealershipId, Vin};

/// Vehicles as they are on their own.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait VehicleStore {
    /// A page of the dealership's stock, by platform, then the oldest first; one platform's where
    /// it is given.
    async fn stock(
        &self,
        dealership: &DealershipId,
        platform: Option<&BasePlatform>,
        after: Option<&StockPlace>,
    ) -> Result<Vec<StockVehicle>, StoreError>;
    /// The record of a vehicle that is, or was last, at this dealership.
    async fn vehicle(
        &self,
        dealership: &DealershipId,
        vehicle: &Vin,
    ) -> Result<Option<VehicleRecord>, StoreError>;
}

/// How many vehicles a page of the stock has.
pub const STOCK_PAGE: u16 = 50;
