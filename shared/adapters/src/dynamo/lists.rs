//! What the sparse indexes list: sales that are open at the gateway, and a dealership's open cases.

use super::{DynamoSales, Item, UNSETTLED_SHARDS, corrupt, number, read_sale, string, text, unavailable};
use domain::ports::{OpenCases, StoreFault, UnsettledSales};
use domain::{DealershipId, Sale, SaleId};
use jiff::Timestamp;

/// More than anybody looks at; what is settled makes room.
const CASES_PAGE: i32 = 100;

impl UnsettledSales for DynamoSales {
    async fn unsettled(&self, before: Timestamp) -> Result<Vec<SaleId>, StoreFault> {
        let mut found = Vec::new();
        for shard in 0..UNSETTLED_SHARDS {
            let call = self.client.query().table_name(&self.table).index_name("unsettled");
            let call = call.key_condition_expression("unsettled_shard = :shard AND unsettled_since <= :before");
            let call = call.expression_attribute_values(":shard", text(format!("UNSETTLED#{shard}")));
            let call = call.expression_attribute_values(":before", number(before.as_millisecond()));
            let mut pages = call.into_paginator().items().send();
            while let Some(item) = pages.next().await {
                found.push(sale_of(&item.map_err(|fault| unavailable("Query", &fault))?)?);
            }
        }
        Ok(found)
    }
}

impl OpenCases for DynamoSales {
    async fn with_open_cases(&self, dealership: &DealershipId) -> Result<Vec<Sale>, StoreFault> {
        let call = self.client.query().table_name(&self.table).index_name("cases").limit(CASES_PAGE);
        let call = call.key_condition_expression("cases_of = :dealership");
        let call = call.expression_attribute_values(":dealership", text(dealership.as_str()));
        let page = call.send().await.map_err(|fault| unavailable("Query", &fault))?;
        let sales = page.items().iter().map(|item| {
            let id = sale_of(item)?;
            read_sale(id, item).map_err(|_| corrupt(id, "the index holds another form of it"))
        });
        sales.collect()
    }
}

/// Whose item an index's entry is.
fn sale_of(entry: &Item) -> Result<SaleId, StoreFault> {
    let id = string(entry, "PK").and_then(|pk| SaleId::parse(pk.strip_prefix("SALE#")?).ok());
    id.ok_or(StoreFault::Corrupt)
}
