//! A sale as its items hold it: its state and its details, as JSON.

use super::item::{Item, key, string, text};
use super::schema::{DETAILS, LISTED, sale_pk};
use domain::ports::{Details, StoreError};
use domain::{CustomerKey, Sale, SaleId};

/// The item of what was captured with a sale.
pub(super) fn details_item(id: SaleId, details: &Details) -> Result<Item, StoreError> {
    let mut item = key(sale_pk(id), DETAILS);
    item.insert(
        "details".to_owned(),
        text(
            // Our own type: it can always be written.
            serde_json::to_string(details)
                .map_err(|_| corrupt(id, "its details can't be written"))?,
        ),
    );
    Ok(item)
}

/// The state as it is stored: compact JSON, without the version.
pub(super) fn state_of(sale: &Sale) -> Result<String, StoreError> {
    // Our own type: it can always be written.
    serde_json::to_string(sale).map_err(|_| corrupt(sale.id, "it can't be written"))
}

pub(super) fn read_sale(id: SaleId, item: &Item) -> Result<Sale, StoreError> {
    let attributes = string(item, "version").zip(string(item, "state"));
    let sale = attributes.and_then(|(version, state)| parse_sale(version, state));
    sale.ok_or_else(|| corrupt(id, "its state can't be read"))
}

pub(super) fn parse_sale(version: &str, state: &str) -> Option<Sale> {
    let mut sale: Sale = serde_json::from_str(state).ok()?;
    sale.version = version.parse().ok()?;
    Some(sale)
}

pub(super) fn read_details(id: SaleId, item: &Item) -> Result<Details, StoreError> {
    let details = string(item, "details").and_then(|json| serde_json::from_str(json).ok());
    details.ok_or_else(|| corrupt(id, "its details can't be read"))
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
