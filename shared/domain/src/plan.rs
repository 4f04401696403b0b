//! The plan comercial: as it is offered, with its prices in each country; as it is sold, with the
//! price that stays; and where the vehicle is delivered.

use crate::Language;
use crate::customer::{Address, CountryCode};
use crate::ids::{EmployeeId, IdError};
use crate::money::{Money, Terms, TermsError};
use crate::names::Names;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses 1 to 32 capital letters, digits and hyphens.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
                if text.is_empty() || text.len() > 32 || !text.chars().all(allowed) {
                    let allowed = "capital letters, digits and hyphens";
                    return Err(IdError::Malformed { max: 32, allowed });
                }
                Ok(Self(text.to_owned()))
            }

            /// The code as it was parsed.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }
    };
}

code! {
    /// A plan comercial's code.
    PlanCode
}
code! {
    /// Vehicle model or platform code.
    BasePlatform
}
code! {
    /// One of the plan's opciones disponibles.
    OptionCode
}

/// What the customer bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Under which plan comercial.
    pub code: PlanCode,
    /// The vehicle to manufacture.
    pub base_platform: BasePlatform,
    /// Pre-selected options, each once, at most [`Plan::MAX_OPTIONS`].
    pub options: Vec<OptionCode>,
    /// What the plan was called when it was sold.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub names: Names,
    /// What those of the options were called that have names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub option_names: BTreeMap<OptionCode, Names>,
}

impl Plan {
    /// No plan offers more.
    pub const MAX_OPTIONS: usize = 50;

    /// What a reader of this language is shown: the plan's name, or the platform's code.
    pub fn shown(&self, language: Language) -> &str {
        self.names.of(language).unwrap_or(self.base_platform.as_str())
    }

    /// The same of the options, in their order: each its name, or its code.
    pub fn options_shown(&self, language: Language) -> impl Iterator<Item = &str> {
        self.options.iter().map(move |code| {
            let name = self.option_names.get(code).and_then(|names| names.of(language));
            name.unwrap_or(code.as_str())
        })
    }
}

/// What was sold for how much. It stays, whatever becomes of the plan's prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sold {
    /// The platform and the options.
    pub plan: Plan,
    /// For how much.
    pub terms: Terms,
}

/// A plan comercial as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommercialPlan {
    /// The code, by which it is put and sold.
    pub code: PlanCode,
    /// The vehicle to manufacture.
    pub base_platform: BasePlatform,
    /// What people call it; plans that were put before there were names have none.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub names: Names,
    /// The same of its options.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub option_names: BTreeMap<OptionCode, Names>,
    /// What it costs where, each country once, at most [`CommercialPlan::MAX_TARIFFS`].
    pub tariffs: Vec<Tariff>,
    /// Who put it.
    pub updated_by: EmployeeId,
    /// When it was put, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub updated_at: Timestamp,
}

/// What a plan costs in one country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    country: CountryCode,
    terms: Terms,
    options: Vec<OptionPrice>,
}

/// An opción disponible and what it adds to the price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionPrice {
    /// The option's code, each once in a tariff.
    pub code: OptionCode,
    /// What it adds to the price, in the tariff's currency.
    pub price: Money,
}

/// Why a tariff was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TariffError {
    /// Two prices for one option.
    #[error("the option {} is in the list already", .0.as_str())]
    OptionTwice(OptionCode),
    /// With every option it would cost more than money has.
    #[error("with every option the price is too large")]
    TooLarge,
}

impl Tariff {
    /// Joins a country's prices. Whatever options are chosen, the sum is a price.
    pub fn new(
        country: CountryCode,
        terms: Terms,
        options: Vec<OptionPrice>,
    ) -> Result<Self, TariffError> {
        for (place, option) in options.iter().enumerate() {
            if options.iter().take(place).any(|other| other.code == option.code) {
                return Err(TariffError::OptionTwice(option.code.clone()));
            }
        }
        let all = options.iter().map(|option| option.price);
        // A sum of checked amounts can only be too large.
        price_with(terms, all).map_err(|_| TariffError::TooLarge)?;
        Ok(Self { country, terms, options })
    }

    /// The country in which these prices hold.
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// Price without options, and señal.
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// What is offered there.
    pub fn options(&self) -> &[OptionPrice] {
        &self.options
    }
}

/// Why a plan isn't sold so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// There is no such plan.
    #[error("there is no such plan")]
    Plan,
    /// The plan has no price there.
    #[error("the plan is not sold in {0}")]
    Country(CountryCode),
    /// It doesn't offer these, by their places in the request.
    #[error("the plan doesn't offer this option")]
    Options(Vec<usize>),
    /// With these options the price is no price any more. A stored plan is checked, so this can't
    /// happen.
    #[error("the price can't be computed")]
    Price,
}

impl CommercialPlan {
    /// More countries than CaaS sells in.
    pub const MAX_TARIFFS: usize = 60;

    /// What a reader of this language is shown: the plan's name, or the platform's code.
    pub fn shown(&self, language: Language) -> &str {
        self.names.of(language).unwrap_or(self.base_platform.as_str())
    }

    /// The same of one of its options: its name, or its code.
    pub fn option_shown<'a>(&'a self, code: &'a OptionCode, language: Language) -> &'a str {
        let name = self.option_names.get(code).and_then(|names| names.of(language));
        name.unwrap_or(code.as_str())
    }

    /// What it costs in a country, if it is sold there.
    pub fn tariff(&self, country: CountryCode) -> Option<&Tariff> {
        self.tariffs.iter().find(|tariff| tariff.country == country)
    }

    /// The plan with these options, at the price of that country.
    pub fn sell(&self, country: CountryCode, options: &[OptionCode]) -> Result<Sold, NotOffered> {
        let tariff = self.tariff(country).ok_or(NotOffered::Country(country))?;
        let price = |wanted: &OptionCode| {
            tariff
                .options
                .iter()
                .find(|offered| offered.code == *wanted)
                .map(|offered| offered.price)
        };
        let unknown: Vec<usize> = options
            .iter()
            .enumerate()
            .filter(|(_, option)| price(option).is_none())
            .map(|(place, _)| place)
            .collect();
        if !unknown.is_empty() {
            return Err(NotOffered::Options(unknown));
        }
        // A sum of checked amounts can only be too large.
        let terms = price_with(tariff.terms, options.iter().filter_map(price))
            .map_err(|_| NotOffered::Price)?;
        let plan = Plan {
            code: self.code.clone(),
            base_platform: self.base_platform.clone(),
            options: options.to_vec(),
            names: self.names.clone(),
            option_names: self
                .option_names
                .iter()
                .filter(|(code, _)| options.contains(code))
                .map(|(code, names)| (code.clone(), names.clone()))
                .collect(),
        };
        Ok(Sold { plan, terms })
    }
}

/// The price with options; the señal stays.
fn price_with(terms: Terms, options: impl Iterator<Item = Money>) -> Result<Terms, TermsError> {
    let minor =
        options.fold(terms.price().minor(), |sum, option| sum.saturating_add(option.minor()));
    let price = Money::new(minor, terms.price().currency()).map_err(TermsError::Price)?;
    Terms::new(price, terms.signal())
}

/// Where the finished vehicle goes (R-02 of `docs/requirements.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Delivery {
    /// To the dealership that sold it.
    Dealership,
    /// To an address of the customer's.
    CustomerAddress {
        /// The address, which may be another one than where the customer lives.
        address: Address,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn euros(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).unwrap()
    }

    fn option(code: &str, minor: u64) -> OptionPrice {
        OptionPrice { code: OptionCode::parse(code).unwrap(), price: euros(minor) }
    }

    fn named(name: &str) -> Names {
        [(Language::Es, crate::names::Name::parse(name).unwrap())].into_iter().collect()
    }

    fn plan() -> CommercialPlan {
        let tariff = |country, price, options| {
            let terms = Terms::new(euros(price), euros(100_000)).unwrap();
            Tariff::new(CountryCode::parse(country).unwrap(), terms, options).unwrap()
        };
        CommercialPlan {
            code: PlanCode::parse("TERRA-5-FAMILY").unwrap(),
            base_platform: BasePlatform::parse("TERRA-5").unwrap(),
            names: named("Terra familiar"),
            option_names: [("GPS", "Navegador"), ("TOW-BAR", "Enganche")]
                .map(|(code, name)| (OptionCode::parse(code).unwrap(), named(name)))
                .into(),
            tariffs: vec![
                tariff("ES", 3_000_000, vec![option("GPS", 50_000), option("TOW-BAR", 90_000)]),
                tariff("PT", 3_200_000, vec![option("GPS", 60_000)]),
            ],
            updated_by: EmployeeId::parse("e-1").unwrap(),
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn sell(country: &str, options: &[&str]) -> Result<Sold, NotOffered> {
        let options: Vec<_> = options.iter().map(|code| OptionCode::parse(code).unwrap()).collect();
        plan().sell(CountryCode::parse(country).unwrap(), &options)
    }

    #[test]
    fn the_price_is_the_country_s_with_its_options() {
        let sold = sell("ES", &["TOW-BAR", "GPS"]).unwrap();
        assert_eq!(sold.terms, Terms::new(euros(3_140_000), euros(100_000)).unwrap());
        assert_eq!(sold.plan.base_platform.as_str(), "TERRA-5");
        assert_eq!(sell("PT", &["GPS"]).unwrap().terms.price(), euros(3_260_000));
        assert_eq!(sell("ES", &[]).unwrap().terms.price(), euros(3_000_000));
    }

    #[test]
    fn what_is_sold_keeps_its_names_and_is_shown_by_its_code_where_it_has_none() {
        let sold = sell("ES", &["GPS"]).unwrap().plan;
        assert_eq!(sold.option_names.len(), 1);
        let shown = |plan: &Plan, language| {
            let options: Vec<_> = plan.options_shown(language).map(str::to_owned).collect();
            (plan.shown(language).to_owned(), options.join(", "))
        };
        assert_eq!(shown(&sold, Language::Es), ("Terra familiar".into(), "Navegador".into()));
        assert_eq!(shown(&sold, Language::De), ("TERRA-5".into(), "GPS".into()));
    }

    /// As plans and sales were stored before there were names.
    #[test]
    fn what_was_stored_without_names_is_read() {
        let stored = r#"{"code":"CITY","base_platform":"CITY-E","options":["GPS"]}"#;
        let plan: Plan = serde_json::from_str(stored).unwrap();
        assert!(plan.names.is_empty());
        assert_eq!(serde_json::to_string(&plan).unwrap(), stored);
        let stored = r#"{"code":"CITY","base_platform":"CITY-E","tariffs":[],"updated_by":"p-1","updated_at":0}"#;
        let plan: CommercialPlan = serde_json::from_str(stored).unwrap();
        assert!(plan.names.is_empty() && plan.option_names.is_empty());
        assert_eq!(serde_json::to_string(&plan).unwrap(), stored);
    }

    #[test]
    fn what_is_not_offered_there_is_refused() {
        assert_eq!(sell("PT", &["GPS", "TOW-BAR", "RED"]), Err(NotOffered::Options(vec![1, 2])));
        let france = CountryCode::parse("FR").unwrap();
        assert_eq!(sell("FR", &[]), Err(NotOffered::Country(france)));
    }

    #[test]
    fn a_tariff_is_a_price_whatever_is_chosen() {
        let terms = Terms::new(euros(3_000_000), euros(100_000)).unwrap();
        let country = CountryCode::parse("ES").unwrap();
        let twice = Tariff::new(country, terms, vec![option("GPS", 1), option("GPS", 2)]);
        assert_eq!(twice, Err(TariffError::OptionTwice(OptionCode::parse("GPS").unwrap())));
        assert_eq!(
            Tariff::new(country, terms, vec![option("GPS", Money::MAX_MINOR)]),
            Err(TariffError::TooLarge)
        );
    }
}
