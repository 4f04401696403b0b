//! The country's authority: what it wants, what it said, what is on file for it, and what it gave.

use domain::country::{Charge, ChargeKind, Country, DocumentKind};
use domain::ports::{Details, Document};
use domain::vat::Vat;
use domain::{EmployeeId, Language, Money, Plate, RegistrationId, Sale};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// What the country's authority wants, what it said, and what is to be paid.
#[derive(Debug, Serialize)]
pub(super) struct AuthorityView<'a> {
    name: &'a str,
    language: Language,
    expected_days: u16,
    required_documents: &'a [DocumentKind],
    missing_documents: Vec<DocumentKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a str>,
    charges: Vec<ChargeView<'a>>,
}

impl<'a> AuthorityView<'a> {
    /// Of the sale's country; `None` where there is no such country.
    pub(super) fn of(sale: &'a Sale, details: &Details) -> Option<Self> {
        let country = Country::of(sale.country)?;
        let vat = details.vat(sale).map(|vat| ChargeView::included(vat, sale.terms.price()));
        Some(Self {
            name: &country.authority,
            language: country.language,
            expected_days: country.expected_days,
            required_documents: &country.required_documents,
            missing_documents: sale.missing_documents(),
            refusal: sale.refusal(),
            charges: country.charges.iter().map(ChargeView::beside).chain(vat).collect(),
        })
    }
}

/// A fee or a tax: how much, by which rule, from where the figure is, and as of when.
#[derive(Debug, Serialize)]
struct ChargeView<'a> {
    name: &'a str,
    kind: ChargeKind,
    /// Absent where the tax is known and its rate isn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<u64>,
    rule: String,
    source: &'a str,
    as_of: Date,
}

impl<'a> ChargeView<'a> {
    /// What is paid beside the price.
    fn beside(Charge { name, kind, fixed, source, as_of }: &'a Charge) -> Self {
        let (kind, as_of, rule) = (*kind, *as_of, "fixed, beside the price".to_owned());
        Self { name, kind, amount: Some(*fixed), rule, source, as_of }
    }

    /// What the price includes.
    fn included(vat: &'a Vat, price: Money) -> Self {
        let rule = match vat.percent() {
            Some(percent) => format!("{percent} % of the net price, included in it"),
            None => "included in the price, at a rate that depends on the vehicle".to_owned(),
        };
        Self {
            name: &vat.name,
            kind: ChargeKind::Tax,
            amount: vat.within(price),
            rule,
            source: &vat.source,
            as_of: vat.as_of,
        }
    }
}

/// The registration that the authority made.
#[derive(Debug, Serialize)]
pub(super) struct RegistrationView<'a> {
    registration_id: &'a RegistrationId,
    plate: &'a Plate,
}

impl<'a> RegistrationView<'a> {
    /// Of the sale's vehicle, once it is registered.
    pub(super) fn of(sale: &'a Sale) -> Option<Self> {
        let found = sale.registration()?;
        Some(Self { registration_id: &found.id, plate: &found.plate })
    }
}

/// A document on file.
#[derive(Debug, Serialize)]
pub(super) struct DocumentView<'a> {
    kind: DocumentKind,
    sha256: &'a str,
    by: &'a EmployeeId,
    at: Timestamp,
}

impl<'a> From<&'a Document> for DocumentView<'a> {
    fn from(Document { kind, sha256, by, at }: &'a Document) -> Self {
        Self { kind: *kind, sha256: sha256.as_str(), by, at: *at }
    }
}

/// A document on file, as its owner sees it.
#[derive(Debug, Serialize)]
pub(super) struct OnFileView {
    kind: DocumentKind,
    at: Timestamp,
}

impl From<&Document> for OnFileView {
    fn from(Document { kind, at, .. }: &Document) -> Self {
        Self { kind: *kind, at: *at }
    }
}
