//! What the countries' authorities want of a registration, as configuration: a file each in
//! `countries/`, checked by the tests here.

use crate::customer::{CustomerError, PostalCode};
use crate::vat::{Place, Vat, VatRegion};
use crate::zone::ZoneName;
use crate::{Address, CountryCode, Delivery, Language, Plate};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Country and file.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/countries.rs"));

/// A country's rules.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// The authority's name, in its own language.
    pub authority: String,
    /// Where the authority takes registrations, below the registries' address.
    pub registry_path: String,
    /// In which language the authority is dealt with.
    pub language: Language,
    /// The zone of most of its dealerships; others say their own.
    pub time_zone: ZoneName,
    /// How many days a registration usually takes.
    pub expected_days: u16,
    /// What has to be on file.
    pub required_documents: Vec<DocumentKind>,
    /// The forms of its plates.
    pub plates: Plates,
    /// The form of its postal codes.
    pub postal_codes: PostalCodes,
    /// By which numbers its offices know people and companies (R-105 of `docs/requirements.md`), as
    /// the crate `stdnum` calls them; `people` takes them from the file.
    pub tax_numbers: Vec<String>,
    /// What is to be paid beside the price.
    pub charges: Vec<Charge>,
    /// The tax that a price includes in most of the country.
    pub vat: Vat,
    /// The parts of the country that have another, or none.
    #[serde(default)]
    pub vat_regions: Vec<VatRegion>,
}

/// How a country's plates are made up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plates {
    /// Their forms, each without what parts its groups.
    pub forms: Vec<Vec<Group>>,
    /// One of them, as it is written.
    pub example: String,
}

/// How a country's postal codes are made up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostalCodes {
    /// Their form, without what parts its groups.
    pub form: Vec<Group>,
    /// One of them, for whoever wrote none.
    pub example: String,
}

impl PostalCodes {
    /// Whether the code is one of them, however its groups are parted.
    pub fn have(&self, code: &PostalCode) -> bool {
        let written: String = code.as_str().chars().filter(|c| !" -".contains(*c)).collect();
        fits(&self.form, &written)
    }
}

impl Address {
    /// The address, if its postal code has the form of its country.
    pub fn of_its_country(self) -> Result<Self, CustomerError> {
        match Country::of(self.country).map(|country| &country.postal_codes) {
            Some(codes) if !codes.have(&self.postal_code) => {
                Err(CustomerError::PostalCode(&codes.example))
            }
            _ => Ok(self),
        }
    }
}

/// A document that authorities ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// The owner's identity card, passport or the like.
    Identity,
    /// Where the owner lives.
    ProofOfAddress,
    /// The manufacturer's certificate of conformity (EU 2018/858).
    CertificateOfConformity,
    /// What was declared for registration and circulation taxes.
    TaxDeclaration,
    /// That the vehicle is insured.
    Insurance,
}

impl DocumentKind {
    /// Every kind. INVARIANT: their order is stored ([`DocumentSet`]).
    pub const ALL: [Self; 5] = [
        Self::Identity,
        Self::ProofOfAddress,
        Self::CertificateOfConformity,
        Self::TaxDeclaration,
        Self::Insurance,
    ];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::ProofOfAddress => "proof-of-address",
            Self::CertificateOfConformity => "certificate-of-conformity",
            Self::TaxDeclaration => "tax-declaration",
            Self::Insurance => "insurance",
        }
    }

    /// Parses a name.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or("is no kind of document")
    }
}

/// Kinds of documents that are on file: a bit each, by their place in [`DocumentKind::ALL`]. Every
/// commit of a sale writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentSet(u8);

impl DocumentSet {
    fn bit(kind: DocumentKind) -> u8 {
        1 << DocumentKind::ALL.into_iter().take_while(|known| *known != kind).count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Whether this kind is in it.
    pub fn has(self, kind: DocumentKind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    /// The same with this kind.
    #[must_use]
    pub fn with(self, kind: DocumentKind) -> Self {
        Self(self.0 | Self::bit(kind))
    }
}

impl FromIterator<DocumentKind> for DocumentSet {
    fn from_iter<I: IntoIterator<Item = DocumentKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::default(), Self::with)
    }
}

/// A part of a plate or a postal code: so many letters, or digits, at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// So many letters, at least and at most.
    Letters(usize, usize),
    /// So many digits, at least and at most.
    Digits(usize, usize),
    /// So many of either, at least and at most.
    LettersOrDigits(usize, usize),
}

/// A fee or a tax.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Its name in the country.
    pub name: String,
    /// Which of the two.
    pub kind: ChargeKind,
    /// How much, in minor units.
    pub fixed: u64,
    /// Where the figure is from.
    pub source: String,
    /// As of when.
    pub as_of: Date,
}

/// Whether it is a fee or a tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// For the authority's work.
    Fee,
    /// For the treasury.
    Tax,
}

impl Country {
    /// The country's rules; `None` where CaaS registers no vehicles.
    pub fn of(code: CountryCode) -> Option<&'static Self> {
        all().iter().find(|(known, _)| *known == code).map(|(_, country)| country)
    }

    /// The zone of a dealership that says no other; where CaaS registers no vehicles, UTC.
    pub fn zone_of(code: CountryCode) -> ZoneName {
        Self::of(code).map_or_else(ZoneName::utc, |country| country.time_zone.clone())
    }

    /// What the authority itself collects for a registration, in minor units: everything that isn't
    /// a part of the price.
    pub fn fees(&self) -> u64 {
        self.charges.iter().map(|charge| charge.fixed).fold(0, u64::saturating_add)
    }

    /// The tax that a price includes, by where dealership, buyer and hand-over are. `None`
    /// where they are not in one part of the country: who owes which tax then depends on an export
    /// or an import that we know nothing of. A dealership whose zone says nothing of its part is
    /// taken to be where its buyer is.
    pub fn vat_of(
        &self,
        code: CountryCode,
        dealership: &ZoneName,
        buyer: &Address,
        delivery: &Delivery,
    ) -> Option<&Vat> {
        // Of an erased buyer only the country is known.
        let place = |address: &Address| {
            let known = address.country != code || self.postal_codes.have(&address.postal_code);
            Place::of(address, code, &self.vat_regions).filter(|_| known)
        };
        let home = place(buyer)?;
        let arrives = match delivery {
            Delivery::CustomerAddress { address } => place(address)?,
            Delivery::Dealership => home,
        };
        let dealership = Place::of_zone(dealership, &self.vat_regions).unwrap_or(home);
        let vat = match home {
            Place::Region(region) => &region.vat,
            Place::Rest => &self.vat,
        };
        (arrives == home && dealership == home).then_some(vat)
    }

    /// Whether a plate has one of the country's forms, however its groups are parted.
    pub fn has_form(&self, plate: &Plate) -> bool {
        let plate = plate.normalized();
        self.plates.forms.iter().any(|form| fits(form, &plate))
    }
}

/// Whether the text is made of these groups, one after the other.
fn fits(form: &[Group], text: &str) -> bool {
    let Some((group, rest)) = form.split_first() else { return text.is_empty() };
    let (least, most, of_group): (usize, usize, fn(char) -> bool) = match group {
        Group::Letters(least, most) => (*least, *most, char::is_alphabetic),
        Group::Digits(least, most) => (*least, *most, |c| c.is_ascii_digit()),
        Group::LettersOrDigits(least, most) => {
            (*least, *most, |c| c.is_alphabetic() || c.is_ascii_digit())
        }
    };
    (least..=most).any(|length| {
        let taken = text.chars().take(length).filter(|c| of_group(*c)).count() == length;
        taken && fits(rest, &text.chars().skip(length).collect::<String>())
    })
}

/// Every country. A file that can't be read is left out, and a test fails.
fn all() -> &'static [(CountryCode, Country)] {
    static COUNTRIES: OnceLock<Vec<(CountryCode, Country)>> = OnceLock::new();
    COUNTRIES.get_or_init(|| {
        let read = |(code, file): &(&str, &str)| {
            Some((CountryCode::parse(code).ok()?, serde_json::from_str(file).ok()?))
        };
        FILES.iter().filter_map(read).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, Money};

    #[test]
    fn every_country_s_file_can_be_read_and_says_all() {
        assert!(FILES.len() >= 5);
        for (code, file) in FILES {
            let country: Country =
                serde_json::from_str(file).unwrap_or_else(|fault| panic!("{code}: {fault}"));
            assert_eq!(Country::of(CountryCode::parse(code).unwrap()), Some(&country));
            assert_ne!(country.time_zone.time_zone(), jiff::tz::TimeZone::UTC, "{code}");
            assert_eq!(country.registry_path, format!("/{code}/registrations"));
            assert!(
                !country.authority.is_empty() && (1..60).contains(&country.expected_days),
                "{code}"
            );
            assert!(
                country.required_documents.contains(&DocumentKind::CertificateOfConformity),
                "{code}"
            );
            let example = PostalCode::parse(&country.postal_codes.example).unwrap();
            assert!(country.postal_codes.have(&example), "{code}");
            let kinds: std::collections::BTreeSet<_> = country.required_documents.iter().collect();
            assert_eq!(
                kinds.len(),
                country.required_documents.len(),
                "{code} asks twice for a document"
            );
            let plate = Plate::parse(&country.plates.example).unwrap();
            assert!(country.has_form(&plate), "{code}");
            assert!(!country.tax_numbers.is_empty(), "{code}");
            assert!(country.vat.permille.is_some_and(|rate| rate > 0), "{code}");
            let charges = country.charges.iter().map(|charge| {
                assert!(charge.fixed > 0, "{code}: {}", charge.name);
                (&charge.name, &charge.source, charge.as_of)
            });
            let regions = country.vat_regions.iter().map(|region| &region.vat);
            let taxes =
                regions.chain([&country.vat]).map(|vat| (&vat.name, &vat.source, vat.as_of));
            for (name, source, as_of) in charges.chain(taxes) {
                assert!(source.starts_with("https://") && as_of.year() >= 2020, "{code}: {name}");
            }
        }
    }

    #[test]
    fn plates_have_their_country_s_form() {
        for (country, good, bad) in [
            ("ES", "1234 BCD", "AB-123-CD"),
            ("PT", "AB-12-CD", "1234 BCD"),
            ("PT", "12-AB-34", "1234 BCD"),
            ("FR", "AB-123-CD", "AB-12-CD"),
            ("DE", "M-AB 1234", "1234 BCD"),
            ("DE", "B-A 1", "1234 BCD"),
            ("IT", "AB 123 CD", "AB 1234 CD"),
        ] {
            let country = Country::of(CountryCode::parse(country).unwrap()).unwrap();
            assert!(country.has_form(&Plate::parse(good).unwrap()), "{good}");
            assert!(!country.has_form(&Plate::parse(bad).unwrap()), "{bad}");
        }
    }

    /// An Eircode of Ireland: the last four places are whatever letters and digits.
    #[test]
    fn a_postal_code_may_have_places_for_a_letter_or_a_digit() {
        let codes = PostalCodes {
            form: vec![Group::Letters(1, 1), Group::LettersOrDigits(6, 6)],
            example: "D02 AF30".to_owned(),
        };
        let has = |code| codes.have(&PostalCode::parse(code).unwrap());
        assert!(has("D02 AF30") && has("D6W XY00") && has("A65F4E2"));
        assert!(!has("D02 AF3") && !has("102 AF30"));
    }

    fn address(country: &str, postal_code: &str) -> Address {
        Address {
            street: crate::customer::AddressLine::parse("Calle Triana 88").unwrap(),
            postal_code: PostalCode::parse(postal_code).unwrap(),
            city: crate::customer::AddressLine::parse("Las Palmas").unwrap(),
            country: CountryCode::parse(country).unwrap(),
        }
    }

    /// Name and tax of 12,100.00 where a dealership of this zone sells to a buyer there.
    fn tax(
        zone: Option<&str>,
        (country, postal_code): (&str, &str),
        delivery: &Delivery,
    ) -> Option<(String, Option<u64>)> {
        let code = CountryCode::parse(country).unwrap();
        let rules = Country::of(code).unwrap();
        let zone = zone.map_or(rules.time_zone.clone(), |zone| ZoneName::parse(zone).unwrap());
        let price = Money::new(1_210_000, Currency::EUR).unwrap();
        let vat = rules.vat_of(code, &zone, &address(country, postal_code), delivery)?;
        Some((vat.name.clone(), vat.within(price)))
    }

    #[test]
    fn a_tax_that_is_included_is_a_part_of_the_price() {
        let iva = |tax| Some(("IVA".to_owned(), Some(tax)));
        assert_eq!(tax(None, ("ES", "28013"), &Delivery::Dealership), iva(210_000));
        assert_eq!(Country::of(CountryCode::parse("ES").unwrap()).unwrap().fees(), 9_977);
    }

    /// TAX-01: the islands and the two cities have no IVA; the rate of what they have depends on the
    /// vehicle.
    #[test]
    fn no_iva_is_told_in_the_canary_islands_ceuta_and_melilla() {
        for (postal_code, name, zone) in [
            ("35002", "IGIC", "Atlantic/Canary"),
            ("38001", "IGIC", "Atlantic/Canary"),
            ("51001", "IPSI", "Africa/Ceuta"),
            ("52006", "IPSI", "Africa/Ceuta"),
        ] {
            for zone in [None, Some(zone)] {
                let told = tax(zone, ("ES", postal_code), &Delivery::Dealership);
                assert_eq!(told, Some((name.to_owned(), None)), "{postal_code}");
            }
        }
    }

    /// TAX-02: and what is like them in the other countries.
    #[test]
    fn a_part_of_a_country_with_a_tax_of_its_own_is_told_that() {
        for (country, postal_code, name, included) in [
            ("PT", "1100-148", "IVA", Some(226_260)),
            ("PT", "9000-042", "IVA", Some(218_197)),
            ("PT", "9400-162", "IVA", Some(218_197)),
            ("PT", "9500-150", "IVA", Some(166_897)),
            ("PT", "9980 024", "IVA", Some(166_897)),
            ("FR", "20000", "TVA", Some(201_667)),
            ("FR", "97200", "TVA", Some(94_793)),
            ("FR", "97400", "TVA", Some(94_793)),
            ("FR", "97300", "TVA", Some(0)),
            ("FR", "97600", "TVA", Some(0)),
            ("FR", "97133", "Taxe locale", None),
            ("FR", "98800", "Taxe locale", None),
            ("DE", "78266", "Mehrwertsteuer", Some(0)),
            ("DE", "27498", "Mehrwertsteuer", Some(0)),
            ("IT", "23041", "IVA", Some(0)),
            ("IT", "22061", "Imposta locale sul consumo", None),
        ] {
            let told = tax(None, (country, postal_code), &Delivery::Dealership);
            assert_eq!(told, Some((name.to_owned(), included)), "{country} {postal_code}");
        }
    }

    #[test]
    fn no_tax_is_told_where_dealership_buyer_and_hand_over_are_apart() {
        let to = |country, code| Delivery::CustomerAddress { address: address(country, code) };
        let (here, canary) = (Delivery::Dealership, Some("Atlantic/Canary"));
        assert_eq!(tax(canary, ("ES", "28013"), &here), None, "a buyer from the mainland");
        assert_eq!(tax(Some("Atlantic/Azores"), ("PT", "9000-042"), &here), None);
        assert_eq!(tax(None, ("ES", "28013"), &to("ES", "35002")), None, "an export");
        assert_eq!(tax(None, ("ES", "28013"), &to("PT", "1100-148")), None);
        let iva = Some(("IVA".to_owned(), Some(210_000)));
        assert_eq!(tax(None, ("ES", "28013"), &to("ES", "08001")), iva);
        assert_eq!(tax(None, ("FR", "97400"), &to("RE", "97400")).unwrap().1, Some(94_793));
        let (spain, madrid) = (CountryCode::parse("ES").unwrap(), address("ES", "28013"));
        let rules = Country::of(spain).unwrap();
        assert_eq!(rules.vat_of(spain, &rules.time_zone, &madrid.erased(), &here), None);
    }

    #[test]
    fn kinds_of_document_have_the_names_that_serde_writes() {
        for kind in DocumentKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(DocumentKind::parse(kind.as_str()), Ok(kind));
            let alone = DocumentSet::from_iter([kind]);
            assert!(DocumentKind::ALL.into_iter().all(|other| alone.has(other) == (other == kind)));
        }
    }
}
