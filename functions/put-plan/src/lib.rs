//! `PUT /plans/{plan_code}`: a plan comercial and its prices, in the place of what the code named
//! before.

use domain::money::Terms;
use domain::plan::{OptionPrice, Tariff};
use domain::ports::PlanStore;
use domain::{BasePlatform, CommercialPlan, CountryCode, Currency, Money, OptionCode, Plan};
use edge::representation::PlanView;
use edge::{Object, Operation, Problem, Reply, Request, UnknownFields};

/// Puts the plan. Sales that are registered keep the price that they were sold at.
pub async fn handle(plans: &impl PlanStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::PutPlan)?;
    let code = request.plan_code()?;
    let (base_platform, tariffs) = request.json()?.read(UnknownFields::Refused, body)?;
    let plan = CommercialPlan {
        code,
        base_platform,
        tariffs,
        updated_by: employee.id,
        updated_at: request.now(),
    };
    plans.put_plan(&plan).await?;
    Reply::ok(&PlanView::from(&plan))
}

fn body(body: &Object<'_>) -> Option<(BasePlatform, Vec<Tariff>)> {
    let base_platform = body.text("base_platform", BasePlatform::parse);
    let tariffs = body.objects("tariffs", CommercialPlan::MAX_TARIFFS, tariff)?;
    for (place, tariff) in tariffs.iter().enumerate() {
        if tariffs.iter().take(place).any(|other| other.country() == tariff.country()) {
            return body.fault(&format!("tariffs/{place}/country"), "is in the list already");
        }
    }
    Some((base_platform?, tariffs))
}

fn tariff(body: &Object<'_>) -> Option<Tariff> {
    let country = body.text("country", CountryCode::parse);
    let currency = body
        .text("currency", |code| Currency::from_code(code).ok_or("must be a currency of ISO 4217"));
    // Each amount is checked even where the currency can't be read.
    let money = |minor| Money::new(minor, currency.unwrap_or(Currency::EUR));
    let (price, signal) = (body.whole("price", money), body.whole("signal", money));
    let options = body.objects("options", Plan::MAX_OPTIONS, |option| {
        let (code, price) = (option.text("code", OptionCode::parse), option.whole("price", money));
        Some(OptionPrice { code: code?, price: price? })
    });
    let terms = Terms::new(price?, signal?).map_or_else(|fault| body.fault("signal", fault), Some);
    let (country, _, terms, options) = (country?, currency?, terms?, options?);
    Tariff::new(country, terms, options).map_or_else(|fault| body.fault("options", fault), Some)
}

#[cfg(test)]
mod tests;
