//! Who sells, as receipts name the company: one in each country (R-192 of `docs/requirements.md`).

use crate::CountryCode;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The company that sells in a country.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// Its name, as it stands in the commercial register.
    pub name: String,
    /// Its tax number in the country.
    pub tax_id: String,
    /// Its registered address, on one line.
    pub address: String,
}

/// The companies, by the country of their dealerships.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Sellers(BTreeMap<String, Seller>);

impl Sellers {
    /// The company that sells there; `None` where nobody has said which.
    pub fn of(&self, country: CountryCode) -> Option<&Seller> {
        self.0.get(country.as_str())
    }
}
