//! A dealership's people look for a vehicle that is there already.

use crate::ports::{STOCK_PAGE, StoreError, VehicleStore};
use crate::vehicle::{StockPlace, StockVehicle};
use crate::{BasePlatform, DealershipId, OptionCode};
use jiff::{SignedDuration, Timestamp};

/// Which of a dealership's stock vehicles to list, and from where on.
#[derive(Debug, Clone)]
pub struct Input {
    /// The employee's dealership; another's stock is not listed.
    pub dealership: DealershipId,
    /// Of this platform only.
    pub platform: Option<BasePlatform>,
    /// With each of these options, and perhaps others.
    pub options: Vec<OptionCode>,
    /// In stock for so long at least.
    pub age: SignedDuration,
    /// From this place on.
    pub after: Option<StockPlace>,
}

/// A part of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// By platform, the oldest first.
    pub vehicles: Vec<StockVehicle>,
    /// Where the list goes on, if it does.
    pub next: Option<StockPlace>,
}

/// One read: a page may have fewer vehicles than there is room for, and still go on.
pub async fn list_stock(
    store: &impl VehicleStore,
    input: Input,
    now: Timestamp,
) -> Result<Page, StoreError> {
    let Input { dealership, platform, options, age, after } = input;
    let mut vehicles = store.stock(&dealership, platform.as_ref(), after.as_ref()).await?;
    let next = vehicles
        .last()
        .filter(|_| vehicles.len() >= usize::from(STOCK_PAGE))
        .map(StockVehicle::place);
    vehicles.retain(|vehicle| vehicle.has(&options) && now.duration_since(vehicle.since) >= age);
    Ok(Page { vehicles, next })
}
