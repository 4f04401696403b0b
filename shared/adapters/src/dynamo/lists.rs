//! What the sparse indexes list: sales that are open at the gateway, and a dealership's open cases.

use super::client::{DynamoSales, all_pages, page, unread};
use super::item::{Item, item, number, string, text};
use super::schema::{CASES, UNSETTLED, UNSETTLED_SHARDS, sale_of_pk, unsettled_shard};
use super::stored::read_sale;
use domain::ports::{OpenCases, StoreError, UnsettledSales};
use domain::{DealershipId, Sale, SaleId};
use jiff::Timestamp;

/// More than anybody looks at; what is settled makes room.
const CASES_PAGE: i32 = 100;

impl UnsettledSales for DynamoSales {
    async fn unsettled(&self, before: Timestamp) -> Result<Vec<SaleId>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..UNSETTLED_SHARDS {
            let values = [
                (":shard", text(unsettled_shard(shard))),
                (":before", number(before.as_millisecond())),
            ];
            let condition =
                format!("{} = :shard AND {} <= :before", UNSETTLED.hash, UNSETTLED.range);
            let query = self.find(&condition, item(values)).index_name(UNSETTLED.name);
            for item in all_pages(query).await? {
                found.push(sale_of(&item)?);
            }
        }
        Ok(found)
    }
}

impl OpenCases for DynamoSales {
    async fn with_open_cases(&self, dealership: &DealershipId) -> Result<Vec<Sale>, StoreError> {
        let values = item([(":dealership", text(dealership.as_str()))]);
        let condition = format!("{} = :dealership", CASES.hash);
        let query = self.find(&condition, values).index_name(CASES.name).limit(CASES_PAGE);
        let found = page(query).await?;
        let sales = found.iter().map(|item| {
            let id = sale_of(item)?;
            read_sale(id, item)
        });
        sales.collect()
    }

    /// Looks at all of the index, which holds open cases alone.
    async fn oldest_case(&self) -> Result<Option<Timestamp>, StoreError> {
        let scan = self.scan_index(CASES.name).projection_expression(CASES.range);
        let pages = scan.into_paginator().items().send();
        let found: Vec<Item> = pages.try_collect().await.map_err(unread("Scan"))?;
        let opened = found.iter().map(|entry| {
            let moment = string(entry, CASES.range).and_then(|text| text.parse().ok());
            let moment = moment.and_then(|moment| Timestamp::from_millisecond(moment).ok());
            moment.ok_or(StoreError::Corrupt)
        });
        Ok(opened.collect::<Result<Vec<_>, _>>()?.into_iter().min())
    }
}

/// Whose item an index's entry is.
pub(super) fn sale_of(entry: &Item) -> Result<SaleId, StoreError> {
    let id = string(entry, "PK").and_then(sale_of_pk);
    id.ok_or(StoreError::Corrupt)
}
