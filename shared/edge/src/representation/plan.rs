//! Planes comerciales, with what each costs in each country.

use domain::{BasePlatform, CommercialPlan, CountryCode, EmployeeId, Names, OptionCode, PlanCode};
use jiff::Timestamp;
use serde::Serialize;

/// A plan comercial as it is offered.
#[derive(Debug, Serialize)]
pub struct PlanView<'a> {
    code: &'a PlanCode,
    base_platform: &'a BasePlatform,
    #[serde(skip_serializing_if = "Names::is_empty")]
    names: &'a Names,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<NamedView<'a>>,
    tariffs: Vec<TariffView<'a>>,
    updated_by: &'a EmployeeId,
    updated_at: Timestamp,
}

impl<'a> From<&'a CommercialPlan> for PlanView<'a> {
    fn from(
        CommercialPlan {
            code,
            base_platform,
            names,
            option_names,
            tariffs,
            updated_by,
            updated_at,
        }: &'a CommercialPlan,
    ) -> Self {
        let options = option_names.iter().map(|(code, names)| NamedView { code, names });
        let tariffs = tariffs.iter().map(|tariff| {
            let (terms, options) = (tariff.terms(), tariff.options().iter());
            TariffView {
                country: tariff.country(),
                currency: terms.price().currency().code(),
                price: terms.price().minor(),
                signal: terms.signal().minor(),
                options: options
                    .map(|option| OptionView { code: &option.code, price: option.price.minor() })
                    .collect(),
            }
        });
        Self {
            code,
            base_platform,
            names,
            options: options.collect(),
            tariffs: tariffs.collect(),
            updated_by,
            updated_at: *updated_at,
        }
    }
}

/// What people call an option.
#[derive(Debug, Serialize)]
struct NamedView<'a> {
    code: &'a OptionCode,
    names: &'a Names,
}

#[derive(Debug, Serialize)]
struct TariffView<'a> {
    country: CountryCode,
    currency: &'static str,
    price: u64,
    signal: u64,
    options: Vec<OptionView<'a>>,
}

#[derive(Debug, Serialize)]
struct OptionView<'a> {
    code: &'a OptionCode,
    price: u64,
}
