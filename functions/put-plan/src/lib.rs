//! `PUT /plans/{plan_code}`: a plan comercial and its prices, in the place of what the code named
//! before.

use domain::money::Terms;
use domain::names::Name;
use domain::plan::{OptionPrice, Tariff};
use domain::ports::PlanStore;
use domain::{
    BasePlatform, CommercialPlan, CountryCode, Currency, Language, Money, Names, OptionCode, Plan,
};
use edge::representation::PlanView;
use edge::{Object, Operation, Problem, Reply, Request, UnknownFields};
use std::collections::BTreeMap;

/// How many options can have names: those of two countries that offer nothing of the other's.
const MAX_NAMED: usize = 2 * Plan::MAX_OPTIONS;

/// Puts the plan. Sales that are registered keep the price that they were sold at.
pub async fn handle(plans: &impl PlanStore, request: Request) -> Result<Reply, Problem> {
    let plan = read(&request)?;
    plans.put_plan(&plan).await?;
    Reply::ok(&PlanView::from(&plan))
}

/// The plan that is to be put, which changes nothing yet; every fault of the body is listed.
pub fn read(request: &Request) -> Result<CommercialPlan, Problem> {
    let employee = request.employee(Operation::PutPlan)?;
    let code = request.plan_code()?;
    let NewPlan { base_platform, names, option_names, tariffs } =
        request.json()?.read(UnknownFields::Refused, body)?;
    Ok(CommercialPlan {
        code,
        base_platform,
        names,
        option_names,
        tariffs,
        updated_by: employee.id,
        updated_at: request.now(),
    })
}

/// What the body says.
struct NewPlan {
    base_platform: BasePlatform,
    names: Names,
    option_names: BTreeMap<OptionCode, Names>,
    tariffs: Vec<Tariff>,
}

fn body(body: &Object<'_>) -> Option<NewPlan> {
    let base_platform = body.text("base_platform", BasePlatform::parse);
    let names = body.optional_object("names", read_names);
    let options = body.optional_objects("options", MAX_NAMED, |option| {
        let code = option.text("code", OptionCode::parse);
        let names = option.object("names", read_names);
        Some((code?, names?))
    });
    let tariffs = body.objects("tariffs", CommercialPlan::MAX_TARIFFS, tariff)?;
    for (place, tariff) in tariffs.iter().enumerate() {
        if tariffs.iter().take(place).any(|other| other.country() == tariff.country()) {
            return body.fault(&format!("tariffs/{place}/country"), "is in the list already");
        }
    }
    let options = options?;
    for (place, (code, _)) in options.iter().enumerate() {
        let is_offered =
            tariffs.iter().flat_map(Tariff::options).any(|offered| offered.code == *code);
        if !is_offered {
            return body.fault(&format!("options/{place}/code"), "is offered in no country");
        }
        if options.iter().take(place).any(|(other, _)| other == code) {
            return body.fault(&format!("options/{place}/code"), "is in the list already");
        }
    }
    Some(NewPlan {
        base_platform: base_platform?,
        names: names.unwrap_or_default(),
        option_names: options.into_iter().collect(),
        tariffs,
    })
}

/// What people call it, by language.
fn read_names(body: &Object<'_>) -> Option<Names> {
    let named = Language::ALL.map(|language| {
        let name = body.optional_text(language.code(), Name::parse);
        name.map(|name| name.map(|name| (language, name)))
    });
    let named: Option<Vec<_>> = named.into_iter().collect();
    Some(named?.into_iter().flatten().collect())
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
