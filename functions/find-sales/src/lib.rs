//! `POST /sales/search`: a sale by what its customer, the factory or the authority has in hand. A
//! body, since an e-mail address doesn't belong into an address that proxies and browsers keep.

use domain::ports::{SaleIndex, SaleStore, VehicleStore};
use domain::use_cases::find_sales::{Reference, find_sales};
use domain::{EmailAddress, OrderId, Plate, Vin};
use edge::representation::SaleLine;
use edge::{Fault, Operation, Problem, Reply, Request, UnknownFields};
use serde_json::json;

/// Finds; the newest first.
pub async fn handle(
    store: &(impl SaleStore + SaleIndex + VehicleStore),
    request: Request,
) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::FindSales)?;
    let (email, order, vehicle, plate) = request.json()?.read(UnknownFields::Refused, |body| {
        let email = body.optional_text("email", EmailAddress::parse);
        let order = body.optional_text("order_id", OrderId::parse);
        let vehicle = body.optional_text("vehicle_id", Vin::parse);
        let plate = body.optional_text("plate", Plate::parse);
        Some((email?, order?, vehicle?, plate?))
    })?;
    let reference = match (email, order, vehicle, plate) {
        (Some(email), None, None, None) => Reference::Email(email),
        (None, Some(order), None, None) => Reference::Order(order),
        (None, None, Some(vehicle), None) => Reference::Vehicle(vehicle),
        (None, None, None, Some(plate)) => Reference::Plate(plate),
        _ => {
            return Err(Problem::invalid(vec![Fault::new(
                "",
                "must have one of email, order_id, vehicle_id and plate",
            )]));
        }
    };
    let (now, found) = (request.now(), find_sales(store, &employee.dealership, &reference).await?);
    let lines: Vec<_> =
        found.iter().map(|(sale, details)| SaleLine::new(sale, details, now)).collect();
    Reply::ok(&json!({ "sales": lines }))
}

#[cfg(test)]
mod tests;
