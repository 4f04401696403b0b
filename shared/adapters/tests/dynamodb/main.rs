//! The table's adapter against DynamoDB's API: dynoxide in process, a database a test, over HTTP
//! and the real client.

mod last_second;
mod lost_answers;
mod pages;

use adapters::{Aws, AwsSettings, DynamoSales};
use dynoxide::Database;
use serde_json::{Value, json};
use std::error::Error;
use testkit::contract::Outcome;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const TABLE: &str = "sales";

/// A fresh table; dropped, it is gone.
struct Table {
    store: DynamoSales,
    database: Database,
    serving: JoinHandle<()>,
    address: String,
}

/// A client's settings for a table at this address.
fn settings(address: &str) -> AwsSettings {
    AwsSettings {
        function: "contract".to_owned(),
        region: "eu-west-1".to_owned(),
        access_key_id: "test".to_owned(),
        secret_access_key: "test".to_owned(),
        session_token: None,
        endpoint_url: Some(format!("http://{address}")),
        ca_bundle: None,
    }
}

impl Table {
    async fn new() -> Result<Self, Box<dyn Error>> {
        let database = Database::memory()?;
        database.create_table(serde_json::from_value(testkit::contract::table(TABLE)?)?)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let serving = tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
        Ok(Self {
            store: DynamoSales::new(&Aws::new(settings(&address))?, TABLE.to_owned()),
            database,
            serving,
            address,
        })
    }

    /// An item as it lies in the table, without the adapter.
    fn item(&self, pk: &str, sk: &str) -> Result<Option<Value>, Box<dyn Error>> {
        let key = json!({ "PK": { "S": pk }, "SK": { "S": sk } });
        let found = self
            .database
            .get_item(serde_json::from_value(json!({ "TableName": TABLE, "Key": key }))?)?;
        Ok(found.item.map(serde_json::to_value).transpose()?)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

macro_rules! on_dynoxide {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $check() -> super::Outcome {
                    testkit::contract::$suite::$check(&super::Table::new().await?.store).await
                }
            )+
        }
    };
}

testkit::sale_store!(on_dynoxide);
testkit::sale_lists!(on_dynoxide);
testkit::sale_index!(on_dynoxide);
testkit::customer_store!(on_dynoxide);
testkit::notification_log!(on_dynoxide);
testkit::contact_store!(on_dynoxide);
testkit::plan_store!(on_dynoxide);
testkit::unpaid_reservations!(on_dynoxide);
testkit::erasure_store!(on_dynoxide);
testkit::correction_store!(on_dynoxide);
testkit::vehicle_store!(on_dynoxide);
testkit::desk_sessions!(on_dynoxide);

macro_rules! with_an_invited_customer {
    ($suite:ident: $($check:ident),+) => {
        mod $suite {
            use domain::ports::{CustomerStore, SaleStore};
            use testkit::contract::Sample;
            use testkit::contract::account_store::{Invited, pair};

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $check() -> super::Outcome {
                    let (table, sample) = (super::Table::new().await?, Sample::new()?);
                    table.store.register(sample.registration()).await?;
                    assert!(table.store.store_credentials(&sample.sale.customer, &pair()).await?);
                    table.store.credentials_sent(&sample.sale.customer, &pair()).await?;
                    let guest = Invited { store: table.store.clone(), customer: sample.sale.customer };
                    testkit::contract::$suite::$check(&guest).await
                }
            )+
        }
    };
}

testkit::account_store!(with_an_invited_customer);
