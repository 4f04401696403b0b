//! A sale as its items hold it: its state and its details, as JSON, each with the number of its
//! form. During a deploy two versions of the code run side by side: what the older one meets of a
//! later form it leaves alone, and whoever asked tries again. It would drop what it doesn't know.

use super::item::{Item, key, string, text};
use super::schema::{DETAILS, LISTED, sale_pk};
use domain::ports::{Details, StoreError};
use domain::{CustomerKey, Sale, SaleId};
use serde::de::DeserializeOwned;

/// The form in which this code stores a sale. Whatever changes what is written (`forms.rs` finds
/// it) needs the next number once a release has written this one ([`super::forms`]).
pub(super) const FORM: u32 = 1;
/// The variable by which a local run is told to be the version before this one, whose form is one
/// less: so that both are tried side by side. No release listens to it.
const VERSION_BEFORE: &str = "VERSION_BEFORE";
/// What a stored JSON object begins with.
const MARK: &str = "{\"form\":";

/// Why something stored can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A later version of the code wrote it.
    Later,
    /// It is in no form that ever was.
    Broken,
}

/// The form that this process knows as the last.
fn form() -> u32 {
    let is_before = cfg!(debug_assertions) && std::env::var_os(VERSION_BEFORE).is_some();
    FORM.saturating_sub(is_before.into())
}

/// JSON of a struct with fields, and the number of its form before them.
fn marked(json: &str) -> String {
    let form = form();
    json.strip_prefix('{').map_or_else(|| json.to_owned(), |rest| format!("{MARK}{form},{rest}"))
}

/// Reads what is stored, unless its form is a later one.
fn unmarked<T: DeserializeOwned>(json: &str) -> Result<T, Unreadable> {
    let number = json.strip_prefix(MARK).and_then(|rest| rest.split_once(',')?.0.parse().ok());
    if number.is_some_and(|number: u32| number > form()) {
        return Err(Unreadable::Later);
    }
    // serde_json's message would quote what is stored.
    serde_json::from_str(json).map_err(|_| Unreadable::Broken)
}

/// The item of what was captured with a sale.
pub(super) fn details_item(id: SaleId, details: &Details) -> Result<Item, StoreError> {
    let mut item = key(sale_pk(id), DETAILS);
    item.insert(
        "details".to_owned(),
        text(marked(
            // Our own type: it can always be written.
            &serde_json::to_string(details)
                .map_err(|_| corrupt(id, "its details can't be written"))?,
        )),
    );
    Ok(item)
}

/// The state as it is stored: compact JSON, without the version.
pub(super) fn state_of(sale: &Sale) -> Result<String, StoreError> {
    // Our own type: it can always be written.
    let json = serde_json::to_string(sale).map_err(|_| corrupt(sale.id, "it can't be written"))?;
    Ok(marked(&json))
}

pub(super) fn read_sale(id: SaleId, item: &Item) -> Result<Sale, StoreError> {
    let attributes = string(item, "version").zip(string(item, "state"));
    let sale = attributes.map(|(version, state)| parse_sale(version, state));
    sale.unwrap_or(Err(Unreadable::Broken))
        .map_err(|why| unreadable(id, why, "its state can't be read"))
}

pub(super) fn parse_sale(version: &str, state: &str) -> Result<Sale, Unreadable> {
    let mut sale: Sale = unmarked(state)?;
    // It is a number of ours, or none.
    sale.version = version.parse().map_err(|_| Unreadable::Broken)?;
    Ok(sale)
}

pub(super) fn read_details(id: SaleId, item: &Item) -> Result<Details, StoreError> {
    parse_details(string(item, "details").unwrap_or_default())
        .map_err(|why| unreadable(id, why, "its details can't be read"))
}

pub(super) fn parse_details(json: &str) -> Result<Details, Unreadable> {
    unmarked(json)
}

/// What is of a later form can be read once the deploy is through.
fn unreadable(sale: SaleId, why: Unreadable, what: &'static str) -> StoreError {
    if why == Unreadable::Broken {
        return corrupt(sale, what);
    }
    tracing::warn!(%sale, "a later version of the code wrote a sale's item");
    StoreError::Unavailable
}

/// The sales that a query of a customer's list found.
pub(super) fn listed_ids(
    customer: &CustomerKey,
    found: &[Item],
) -> Result<Vec<SaleId>, StoreError> {
    let listed = found.iter().map(|item| {
        let id = string(item, "SK").and_then(|sk| SaleId::parse(sk.strip_prefix(LISTED)?).ok());
        id.ok_or_else(|| {
            tracing::error!(%customer, "a customer's list of sales is broken");
            StoreError::Corrupt
        })
    });
    listed.collect()
}

pub(super) fn corrupt(sale: SaleId, why: &'static str) -> StoreError {
    tracing::error!(%sale, why, "a sale's item is broken");
    StoreError::Corrupt
}
