//! Vehicles: of the stock, and by their own record.

use domain::vehicle::{StockVehicle, VehicleRecord, VehicleStatus};
use domain::{Plan, Plate, SaleId, Vin};
use jiff::Timestamp;
use serde::Serialize;

/// A vehicle of the stock. Nothing of who had it before is in here.
#[derive(Debug, Serialize)]
pub struct StockVehicleView<'a> {
    vehicle_id: &'a Vin,
    plan: &'a Plan,
    since: Timestamp,
}

impl<'a> From<&'a StockVehicle> for StockVehicleView<'a> {
    fn from(StockVehicle { vehicle, plan, since }: &'a StockVehicle) -> Self {
        Self { vehicle_id: vehicle, plan, since: *since }
    }
}

/// A vehicle's own record: its sales by their ids.
#[derive(Debug, Serialize)]
pub struct VehicleView<'a> {
    vehicle_id: &'a Vin,
    status: VehicleStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    plate: Option<&'a Plate>,
    sales: &'a [SaleId],
}

impl<'a> From<&'a VehicleRecord> for VehicleView<'a> {
    fn from(VehicleRecord { vehicle, status, plate, sales }: &'a VehicleRecord) -> Self {
        Self { vehicle_id: vehicle, status: *status, plate: plate.as_ref(), sales }
    }
}
