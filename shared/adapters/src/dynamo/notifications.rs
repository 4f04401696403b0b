//! Which notifications were sent.

use super::{DynamoSales, key, sale_pk, text, unavailable};
use domain::SaleId;
use domain::ports::{NotificationLog, StoreFault};
use jiff::Timestamp;

fn sent_sk(fact: usize) -> String {
    format!("MAIL#{fact:04}")
}

impl NotificationLog for DynamoSales {
    async fn was_sent(&self, sale: SaleId, fact: usize) -> Result<bool, StoreFault> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key(sale_pk(sale), &sent_sk(fact))));
        let call = call.projection_expression("PK").consistent_read(true);
        let found = call.send().await.map_err(|fault| unavailable("GetItem", &fault))?;
        Ok(found.item.is_some())
    }

    async fn record_sent(&self, sale: SaleId, fact: usize, at: Timestamp) -> Result<(), StoreFault> {
        let mut item = key(sale_pk(sale), &sent_sk(fact));
        item.insert("sent_at".to_owned(), text(at.to_string()));
        let call = self.client.put_item().table_name(&self.table).set_item(Some(item));
        call.send().await.map(drop).map_err(|fault| unavailable("PutItem", &fault))
    }
}
