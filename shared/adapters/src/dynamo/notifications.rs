//! Which notifications were sent, and by which channels.

use super::client::{DynamoSales, WriteError};
use super::item::{item, key, text};
use super::schema::sale_pk;
use domain::SaleId;
use domain::contact::{Channel, ChannelSet};
use domain::ports::{NotificationLog, StoreError};
use jiff::Timestamp;

fn told_sk(fact: usize) -> String {
    format!("TOLD#{fact:04}")
}

impl NotificationLog for DynamoSales {
    async fn told(&self, sale: SaleId, fact: usize) -> Result<ChannelSet, StoreError> {
        let Some(found) = self.one(key(sale_pk(sale), &told_sk(fact))).await? else {
            return Ok(ChannelSet::default());
        };
        Ok(Channel::ALL
            .into_iter()
            .filter(|channel| found.contains_key(channel.as_str()))
            .collect())
    }

    async fn record_told(
        &self,
        sale: SaleId,
        fact: usize,
        channel: Channel,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let update = self
            .update_item(key(sale_pk(sale), &told_sk(fact)))
            .update_expression("SET #channel = :at");
        let update = update.expression_attribute_names("#channel", channel.as_str());
        let update =
            update.set_expression_attribute_values(Some(item([(":at", text(at.to_string()))])));
        update.send().await.map(drop).map_err(|error| WriteError::from(error).into())
    }
}
