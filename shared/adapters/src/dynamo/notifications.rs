//! Which notifications were sent, and by which channels.

use super::{DynamoSales, item, key, sale_pk, text};
use domain::SaleId;
use domain::contact::{Channel, ChannelSet};
use domain::ports::{NotificationLog, StoreFault};
use jiff::Timestamp;

fn told_sk(fact: usize) -> String {
    format!("TOLD#{fact:04}")
}

impl NotificationLog for DynamoSales {
    async fn told(&self, sale: SaleId, fact: usize) -> Result<ChannelSet, StoreFault> {
        let get = self.at(key(sale_pk(sale), &told_sk(fact))).consistent();
        let Some(found) = self.get_item(get).await? else { return Ok(ChannelSet::default()) };
        Ok(Channel::ALL.into_iter().filter(|channel| found.contains_key(channel.as_str())).collect())
    }

    async fn record_told(&self, sale: SaleId, fact: usize, channel: Channel, at: Timestamp) -> Result<(), StoreFault> {
        let update = self.at(key(sale_pk(sale), &told_sk(fact))).update("SET #channel = :at");
        let update = update.name("channel", channel.as_str().to_owned()).values(item([(":at", text(at.to_string()))]));
        self.update_item(update).await.map_err(|fault| fault.unavailable("UpdateItem"))
    }
}
