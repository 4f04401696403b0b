//! Which notifications were sent.

use super::{DynamoSales, key, sale_pk, text};
use domain::SaleId;
use domain::ports::{NotificationLog, StoreFault};
use jiff::Timestamp;

fn sent_sk(fact: usize) -> String {
    format!("MAIL#{fact:04}")
}

impl NotificationLog for DynamoSales {
    async fn was_sent(&self, sale: SaleId, fact: usize) -> Result<bool, StoreFault> {
        let get = self.at(key(sale_pk(sale), &sent_sk(fact))).projection("PK").consistent();
        Ok(self.get_item(get).await?.is_some())
    }

    async fn record_sent(&self, sale: SaleId, fact: usize, at: Timestamp) -> Result<(), StoreFault> {
        let mut item = key(sale_pk(sale), &sent_sk(fact));
        item.insert("sent_at".to_owned(), text(at.to_string()));
        self.put_item(self.put(item)).await.map_err(|fault| fault.unavailable("PutItem"))
    }
}
