//! The names of the table: partitions, items, indexes. Each stands here once; a test compares them
//! with `infra/template.yaml`.

use domain::account::TokenDigest;
use domain::ids::ShortDigest;
use domain::{BasePlatform, CustomerKey, DealershipId, SaleId, Vin};
use jiff::Timestamp;

/// A partition's key begins with one of these, or is it.
#[cfg(test)]
const PARTITIONS: [&str; 8] = [
    "SALE#",
    "CUSTOMER#",
    "VEHICLE#",
    "DEALERSHIP#",
    "SESSION#",
    "IDEMPOTENCY#",
    "UNSETTLED#",
    PLANS,
];

/// The items of a partition, by sort key.
pub(super) const SALE: &str = "SALE";
pub(super) const DETAILS: &str = "SALE#DETAILS";
pub(super) const CUSTOMER: &str = "CUSTOMER";
pub(super) const VEHICLE: &str = "VEHICLE";
pub(super) const UNPAID: &str = "UNPAID";
pub(super) const IDEMPOTENCY: &str = "IDEMPOTENCY";
pub(super) const SESSION: &str = "SESSION";
/// An employee's session at the desk, and a log-in there that waits for the issuer.
pub(super) const DESK: &str = "DESK";
pub(super) const LOG_IN: &str = "LOG-IN";
/// The partition of the plans, one item each.
pub(super) const PLANS: &str = "PLANS";
/// How the key of a sale among its customer's begins.
pub(super) const LISTED: &str = "SALE#";

/// An index of the table: its name, and the attributes that are its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) name: &'static str,
    pub(super) hash: &'static str,
    pub(super) range: &'static str,
}

const fn index(name: &'static str, hash: &'static str, range: &'static str) -> Index {
    Index { name, hash, range }
}

/// Sales with something open at the gateway, in parts, the oldest first.
pub(super) const UNSETTLED: Index = index("unsettled", "unsettled_shard", "unsettled_since");
/// A dealership's sales with an open case, the oldest case first.
pub(super) const CASES: Index = index("cases", "cases_of", "case_opened_at");
/// A dealership's vehicles that are sin asignar, by platform and age.
pub(super) const STOCK: Index = index("stock", "stock_of", "stock_key");
/// A dealership's sales by the moment of registration, which is in the id.
pub(super) const SALES: Index = index("sales", "sales_of", "PK");
/// The same of one employee.
pub(super) const SELLERS: Index = index("sellers", "sold_by", "PK");
/// A dealership's sales of one status, by when they are due.
pub(super) const STATUSES: Index = index("statuses", "status_of", "due_key");
/// The sale of a factory order.
pub(super) const ORDERS: Index = index("orders", "order_id", "PK");
/// The vehicle with a plate.
pub(super) const PLATES: Index = index("plates", "plate_key", "PK");

/// In how many parts the index of unsettled sales is: each part takes a thousand writes a second.
pub(super) const UNSETTLED_SHARDS: u8 = 8;

pub(super) fn sale_pk(id: SaleId) -> String {
    format!("SALE#{id}")
}

/// The sale whose partition this is.
pub(super) fn sale_of_pk(pk: &str) -> Option<SaleId> {
    SaleId::parse(pk.strip_prefix("SALE#")?).ok()
}

pub(super) fn customer_pk(key: &CustomerKey) -> String {
    format!("CUSTOMER#{key}")
}

pub(super) fn vehicle_pk(vin: &Vin) -> String {
    format!("VEHICLE#{vin}")
}

/// The vehicle whose partition this is.
pub(super) fn vehicle_of_pk(pk: &str) -> Option<Vin> {
    Vin::parse(pk.strip_prefix("VEHICLE#")?).ok()
}

pub(super) fn dealership_pk(id: &DealershipId) -> String {
    format!("DEALERSHIP#{id}")
}

pub(super) fn session_pk(token: &TokenDigest) -> String {
    format!("SESSION#{}", token.as_str())
}

pub(super) fn idempotency_pk(request: &ShortDigest) -> String {
    format!("IDEMPOTENCY#{request}")
}

/// Of a sale among its customer's.
pub(super) fn listed_sk(id: SaleId) -> String {
    format!("{LISTED}{id}")
}

/// A part of the index of unsettled sales.
pub(super) fn unsettled_shard(shard: u8) -> String {
    format!("UNSETTLED#{}", shard % UNSETTLED_SHARDS)
}

/// The part that a sale is in: by the random end of its id.
pub(super) fn unsettled_shard_of(id: SaleId) -> String {
    unsettled_shard(id.to_string().bytes().next_back().unwrap_or_default())
}

/// Where a vehicle is in its dealership's stock: by platform, the oldest first.
pub(super) fn stock_key(platform: &BasePlatform, since: Timestamp) -> String {
    format!("{}#{:015}", platform.as_str(), since.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");
    const INDEXES: [Index; 8] = [UNSETTLED, CASES, STOCK, SALES, SELLERS, STATUSES, ORDERS, PLATES];

    #[test]
    fn the_template_has_the_indexes() {
        for Index { name, hash, range } in INDEXES {
            let declared = format!(
                "- IndexName: {name}\n          KeySchema:\n            \
                 - {{ AttributeName: {hash}, KeyType: HASH }}\n            \
                 - {{ AttributeName: {range}, KeyType: RANGE }}\n"
            );
            assert!(TEMPLATE.contains(&declared), "{name}");
        }
        assert_eq!(TEMPLATE.matches("- IndexName: ").count(), INDEXES.len());
    }

    #[test]
    fn roles_name_partitions_that_there_are() {
        let lists = TEMPLATE
            .lines()
            .filter_map(|line| line.split_once("LeadingKeys\": [")?.1.split_once(']'));
        let mut named: Vec<&str> = lists
            .flat_map(|(keys, _)| keys.split(", ").map(|key| key.trim_matches(['"', '*'])))
            .collect();
        named.sort_unstable();
        named.dedup();
        let mut all = PARTITIONS;
        all.sort_unstable();
        assert_eq!(named, all);
    }
}
