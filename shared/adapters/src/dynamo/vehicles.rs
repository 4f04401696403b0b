//! Vehicles: the stock of each dealership, by a sparse index that only a vehicle sin asignar is in,
//! and their own records.

use super::client::{DynamoSales, page};
use super::item::{Item, item, key, string, text};
use super::schema::{STOCK, VEHICLE, stock_key, vehicle_of_pk, vehicle_pk};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ports::{STOCK_PAGE, StoreError, VehicleStore};
use domain::vehicle::{StockPlace, StockVehicle, VehicleRecord, VehicleStatus};
use domain::{BasePlatform, DealershipId, Plate, SaleId, Vin};
use jiff::Timestamp;

/// A sale takes a vehicle: it is nobody's stock any more.
pub(super) const TAKEN: &str = "SET #status = :status, sale_id = :sale, dealership_id = :dealership, \
                     sales = list_append(if_not_exists(sales, :none), :sales) REMOVE stock_of, stock_key";

impl VehicleStore for DynamoSales {
    async fn stock(
        &self,
        dealership: &DealershipId,
        platform: Option<&BasePlatform>,
        after: Option<&StockPlace>,
    ) -> Result<Vec<StockVehicle>, StoreError> {
        let mut values = item([(":of", text(dealership.as_str()))]);
        let condition = match platform {
            None => format!("{} = :of", STOCK.hash),
            Some(platform) => {
                values.insert(":platform".to_owned(), text(format!("{}#", platform.as_str())));
                format!("{} = :of AND begins_with({}, :platform)", STOCK.hash, STOCK.range)
            }
        };
        let start = after.map(|place| {
            let mut start = key(vehicle_pk(&place.vehicle), VEHICLE);
            start.extend(item([
                (STOCK.hash, text(dealership.as_str())),
                (STOCK.range, text(stock_key(&place.platform, place.since))),
            ]));
            start
        });
        let query = self.find(&condition, values).index_name(STOCK.name).limit(STOCK_PAGE.into());
        let found = page(query.set_exclusive_start_key(start)).await?;
        found.iter().map(|entry| in_stock(entry).ok_or_else(broken)).collect()
    }

    async fn vehicle(
        &self,
        dealership: &DealershipId,
        vehicle: &Vin,
    ) -> Result<Option<VehicleRecord>, StoreError> {
        let Some(found) = self.one(key(vehicle_pk(vehicle), VEHICLE)).await? else {
            return Ok(None);
        };
        if string(&found, "dealership_id") != Some(dealership.as_str()) {
            return Ok(None);
        }
        record(vehicle, &found).map(Some).ok_or_else(broken)
    }
}

fn in_stock(entry: &Item) -> Option<StockVehicle> {
    let vehicle = vehicle_of_pk(string(entry, "PK")?)?;
    let (_, since) = string(entry, STOCK.range)?.rsplit_once('#')?;
    let since = Timestamp::from_millisecond(since.parse().ok()?).ok()?;
    Some(StockVehicle { vehicle, plan: serde_json::from_str(string(entry, "plan")?).ok()?, since })
}

fn record(vehicle: &Vin, found: &Item) -> Option<VehicleRecord> {
    let status = string(found, "status")?;
    let status = VehicleStatus::ALL.into_iter().find(|known| known.as_str() == status)?;
    let plate = string(found, "plate").map(Plate::parse).transpose().ok()?;
    let sales = match found.get("sales")? {
        AttributeValue::L(sales) => sales.iter().map(sale_id).collect::<Option<_>>()?,
        _ => return None,
    };
    Some(VehicleRecord { vehicle: vehicle.clone(), status, plate, sales })
}

fn sale_id(listed: &AttributeValue) -> Option<SaleId> {
    let AttributeValue::S(id) = listed else { return None };
    SaleId::parse(id).ok()
}

fn broken() -> StoreError {
    tracing::error!("a vehicle's item is broken");
    StoreError::Corrupt
}
