//! `GET /stock`: the dealership's vehicles that are sin asignar, for who chooses between one of
//! them and a factory order.

use domain::plan::{BasePlatform, OptionCode, Plan};
use domain::ports::VehicleStore;
use domain::use_cases::list_stock::{Input, list_stock};
use domain::vehicle::StockPlace;
use edge::representation::StockVehicleView;
use edge::{Operation, Problem, Reply, Request};
use jiff::SignedDuration;
use serde_json::json;

/// Longer than any vehicle is in stock.
const MAX_DAYS: i64 = 3_650;

/// Lists a page; `next` goes on where it ends.
pub async fn handle(store: &impl VehicleStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::ListStock)?;
    request.knows_parameters(&["platform", "options", "min_days", "after"])?;
    let platform = request.parameter("platform", BasePlatform::parse)?;
    // The other platforms' places are no start of this one's list, and no store finds them.
    let is_listed =
        |place: &StockPlace| platform.as_ref().is_none_or(|wanted| place.platform == *wanted);
    let after = request.parameter("after", |text| {
        StockPlace::parse(text).filter(is_listed).ok_or("is no place in this list")
    })?;
    let input = Input {
        dealership: employee.dealership,
        options: request.parameter("options", options)?.unwrap_or_default(),
        age: request.parameter("min_days", days)?.unwrap_or_default(),
        platform,
        after,
    };
    let page = list_stock(store, input, request.now()).await?;
    let vehicles: Vec<StockVehicleView<'_>> =
        page.vehicles.iter().map(StockVehicleView::from).collect();
    Reply::ok(&match &page.next {
        Some(next) => json!({ "vehicles": vehicles, "next": next.to_string() }),
        None => json!({ "vehicles": vehicles }),
    })
}

fn options(text: &str) -> Result<Vec<OptionCode>, String> {
    let codes =
        text.split(',').map(|code| OptionCode::parse(code).map_err(|fault| fault.to_string()));
    let codes = codes.collect::<Result<Vec<_>, _>>()?;
    if codes.len() > Plan::MAX_OPTIONS {
        Err(format!("must have at most {} entries", Plan::MAX_OPTIONS))
    } else {
        Ok(codes)
    }
}

fn days(text: &str) -> Result<SignedDuration, String> {
    let days = text.parse().ok().filter(|days| (0..=MAX_DAYS).contains(days));
    days.map(|days: i64| SignedDuration::from_hours(days.saturating_mul(24)))
        .ok_or(format!("must be 0 to {MAX_DAYS}"))
}

#[cfg(test)]
mod tests;
