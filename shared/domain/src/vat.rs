//! The value added tax that a price includes: a country's, or that of a part of it which has one of
//! its own, such as the Canary Islands or Madeira (R-191 of `docs/requirements.md`).

use crate::customer::PostalCode;
use crate::money::Money;
use crate::zone::ZoneName;
use crate::{Address, CountryCode};
use jiff::civil::Date;
use serde::Deserialize;

/// A value added tax, or what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vat {
    /// Its name in the country.
    pub name: String,
    /// Its rate in thousandths of the net price, 0 where there is none; absent where it depends on
    /// what we don't know of a vehicle (power, emissions): then no figure is shown.
    #[serde(default)]
    pub permille: Option<u64>,
    /// Where the figure is from.
    pub source: String,
    /// As of when.
    pub as_of: Date,
}

impl Vat {
    /// The part of a gross amount that is tax, in minor units, rounded half up; `None` where no
    /// figure is known.
    pub fn within(&self, gross: Money) -> Option<u64> {
        let rate = self.permille?;
        let whole = rate.saturating_add(1_000);
        gross.minor().saturating_mul(rate).saturating_add(whole / 2).checked_div(whole)
    }

    /// The rate in percent, such as `8.5`.
    pub fn percent(&self) -> Option<String> {
        let rate = self.permille?;
        Some(match rate % 10 {
            0 => format!("{}", rate / 10),
            tenth => format!("{}.{tenth}", rate / 10),
        })
    }
}

/// A part of a country that has a value added tax of its own, or none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VatRegion {
    /// The region's name, in the country's language.
    pub name: String,
    /// What its postal codes begin with. The longest that fits decides.
    pub postal_codes: Vec<String>,
    /// The zones of its dealerships that no other part of the country has.
    #[serde(default)]
    pub time_zones: Vec<ZoneName>,
    /// The codes that ISO 3166-1 gives to it beside the country's.
    #[serde(default)]
    pub iso_codes: Vec<CountryCode>,
    /// The tax there, in the place of the country's.
    pub vat: Vat,
}

impl VatRegion {
    /// How much of the postal code says that it is the region's; 0: it isn't.
    fn fit(&self, code: &PostalCode) -> usize {
        let begins = self.postal_codes.iter().filter(|begin| code.as_str().starts_with(*begin));
        begins.map(String::len).max().unwrap_or_default()
    }
}

/// Where in a country something is, as its taxes see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// In a part with a tax of its own.
    Region(&'a VatRegion),
    /// In the rest of the country.
    Rest,
}

impl<'a> Place<'a> {
    /// Where an address is; `None` in another country.
    pub(crate) fn of(
        address: &Address,
        country: CountryCode,
        regions: &'a [VatRegion],
    ) -> Option<Self> {
        let own = regions.iter().find(|region| region.iso_codes.contains(&address.country));
        let by_code = || {
            let fit = |region: &&VatRegion| region.fit(&address.postal_code);
            regions.iter().max_by_key(fit).filter(|region| fit(region) > 0)
        };
        match own {
            Some(region) => Some(Self::Region(region)),
            None if address.country == country => Some(by_code().map_or(Self::Rest, Self::Region)),
            None => None,
        }
    }

    /// Where a dealership is, if its zone says so.
    pub(crate) fn of_zone(zone: &ZoneName, regions: &'a [VatRegion]) -> Option<Self> {
        regions.iter().find(|region| region.time_zones.contains(zone)).map(Self::Region)
    }
}
