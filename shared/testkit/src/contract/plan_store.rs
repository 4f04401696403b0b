//! What a [`PlanStore`] promises.

use super::{Outcome, names, registered_at};
use domain::money::Terms;
use domain::plan::{OptionPrice, Tariff};
use domain::ports::PlanStore;
use domain::{
    BasePlatform, CommercialPlan, CountryCode, Currency, EmployeeId, Money, OptionCode, PlanCode,
};
use std::error::Error;

/// Hands the checks to a macro. See [`crate::contract`].
#[macro_export]
macro_rules! plan_store {
    ($each:ident) => {
        $each! { plan_store: a_plan_is_read_as_it_was_put_last, plans_are_listed_by_code }
    };
}

/// A plan that is sold in Spain, with the option `GPS`.
pub fn plan(code: &str, price: u64) -> Result<CommercialPlan, Box<dyn Error>> {
    let euros = |minor| Money::new(minor, Currency::EUR);
    let options = vec![OptionPrice { code: OptionCode::parse("GPS")?, price: euros(50_000)? }];
    let terms = Terms::new(euros(price)?, euros(100_000)?)?;
    Ok(CommercialPlan {
        code: PlanCode::parse(code)?,
        base_platform: BasePlatform::parse("CITY-EV")?,
        names: names("City eléctrico")?,
        option_names: [(OptionCode::parse("GPS")?, names("Navegador")?)].into(),
        tariffs: vec![Tariff::new(CountryCode::parse("ES")?, terms, options)?],
        updated_by: EmployeeId::parse("e-17")?,
        updated_at: registered_at(),
    })
}

/// Protects the price: a change is seen, whole.
pub async fn a_plan_is_read_as_it_was_put_last(store: &impl PlanStore) -> Outcome {
    let (first, second) = (plan("CITY", 3_000_000)?, plan("CITY", 3_100_000)?);
    assert_eq!(store.plan(&first.code).await?, None);
    store.put_plan(&first).await?;
    store.put_plan(&second).await?;
    assert_eq!(store.plan(&first.code).await?, Some(second));
    Ok(())
}

/// Protects the catalogue: each plan once, in an order that stays.
pub async fn plans_are_listed_by_code(store: &impl PlanStore) -> Outcome {
    assert_eq!(store.plans().await?, []);
    let (atlas, city) = (plan("ATLAS", 4_000_000)?, plan("CITY", 3_000_000)?);
    for plan in [&city, &atlas, &city] {
        store.put_plan(plan).await?;
    }
    assert_eq!(store.plans().await?, [atlas, city]);
    Ok(())
}
