//! Planes comerciales, with what each costs in each country.

use domain::{BasePlatform, CommercialPlan, CountryCode, EmployeeId, OptionCode, PlanCode};
use jiff::Timestamp;
use serde::Serialize;

/// A plan comercial as it is offered.
#[derive(Debug, Serialize)]
pub struct PlanView<'a> {
    code: &'a PlanCode,
    base_platform: &'a BasePlatform,
    tariffs: Vec<TariffView<'a>>,
    updated_by: &'a EmployeeId,
    updated_at: Timestamp,
}

impl<'a> From<&'a CommercialPlan> for PlanView<'a> {
    fn from(
        CommercialPlan { code, base_platform, tariffs, updated_by, updated_at }: &'a CommercialPlan,
    ) -> Self {
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
            tariffs: tariffs.collect(),
            updated_by,
            updated_at: *updated_at,
        }
    }
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
