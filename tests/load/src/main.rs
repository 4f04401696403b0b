//! How many operations a second one process does, and whether that stays so as the table grows: the
//! functions' own handlers and the real adapter, on a table in this process (dynoxide), over HTTP.
//! `cargo xtask bench` runs it.

use adapters::{Aws, AwsSettings, DynamoSales, RememberedPlans};
use anyhow::{Context, Result, anyhow, ensure};
use domain::CustomerId;
use domain::ports::{PlanStore, UnpaidLimits};
use dynoxide::Database;
use edge::Request;
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testkit::contract::{fresh_sale_id, registered_at};
use testkit::requests::post_as;
use tokio::net::TcpListener;

const TABLE: &str = "sales";
/// How many are under way at once.
const IN_FLIGHT: [usize; 3] = [1, 8, 32];
/// How many sales the table has.
const SALES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// How many operations a figure is of.
const OPERATIONS: u64 = 2_000;

/// What was measured of an operation.
#[derive(Debug, Serialize)]
struct Measured {
    operation: &'static str,
    in_flight: usize,
    /// That the table was filled with.
    sales: u64,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let table = Table::new().await?;
    let (mut load, mut growth) = (Vec::new(), Vec::new());
    table.fill(1_000)?;
    for in_flight in IN_FLIGHT {
        load.push(table.measure("register-sale", in_flight, 1_000).await?);
        load.push(table.measure("get-sale", in_flight, 1_000).await?);
    }
    for sales in SALES {
        let grown = Table::new().await?;
        grown.fill(sales)?;
        growth.push(grown.measure("register-sale", 1, sales).await?);
        growth.push(grown.measure("get-sale", 1, sales).await?);
    }
    println!("{}", json!({ "load": load, "growth": growth }));
    Ok(())
}

/// A table in this process.
struct Table {
    database: Database,
    store: DynamoSales,
    plans: RememberedPlans,
    next: AtomicU64,
}

impl Table {
    async fn new() -> Result<Self> {
        let database = Database::memory()?;
        let table = testkit::contract::table(TABLE).map_err(|error| anyhow::anyhow!("{error}"))?;
        database.create_table(serde_json::from_value(table)?)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let aws = Aws::new(AwsSettings {
            function: "load".to_owned(),
            region: "eu-west-1".to_owned(),
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
            session_token: None,
            endpoint_url: Some(format!("http://{}", listener.local_addr()?)),
            ca_bundle: None,
        })?;
        tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
        let store = DynamoSales::new(&aws, TABLE.to_owned());
        let plan = testkit::contract::plan_store::plan("CITY", 3_200_000)
            .map_err(|fault| anyhow!("{fault}"))?;
        store.put_plan(&plan).await?;
        let plans =
            RememberedPlans::new(store.clone(), SignedDuration::from_hours(1), registered_at);
        Ok(Self { database, store, plans, next: AtomicU64::new(0) })
    }

    /// Puts the items of so many delivered sales.
    fn fill(&self, sales: u64) -> Result<()> {
        let state = "x".repeat(1_200);
        for _ in 0..sales {
            let pk = format!("SALE#{}", fresh_sale_id());
            for (sk, name) in [("SALE", "state"), ("SALE#DETAILS", "details")] {
                let item = json!({ "PK": { "S": pk }, "SK": { "S": sk }, name: { "S": state } });
                self.database.put_item(serde_json::from_value(
                    json!({ "TableName": TABLE, "Item": item }),
                )?)?;
            }
        }
        self.next.fetch_add(sales, Ordering::Relaxed);
        Ok(())
    }

    async fn measure(
        &self,
        operation: &'static str,
        in_flight: usize,
        sales: u64,
    ) -> Result<Measured> {
        let first = self.next.load(Ordering::Relaxed);
        // The sale that is read.
        let known = self.register(first).await?.1;
        let began = now();
        let turns = (first..).skip(1).take(usize::try_from(OPERATIONS)?);
        let took: Vec<Duration> = stream::iter(turns)
            .map(async |turn| match operation {
                "register-sale" => self.register(turn).await.map(|(took, _)| took),
                _ => self.get(&known, first).await,
            })
            .buffer_unordered(in_flight)
            .collect::<Vec<Result<Duration>>>()
            .await
            .into_iter()
            .collect::<Result<_>>()?;
        let all = began.elapsed();
        // No turn comes twice: it would be answered like the first.
        self.next.fetch_add(OPERATIONS + 1, Ordering::Relaxed);
        let mut took: Vec<f64> = took.iter().map(|took| took.as_secs_f64() * 1e3).collect();
        took.sort_by(f64::total_cmp);
        let at = |per_cent: usize| {
            took.get((took.len() * per_cent / 100).min(took.len().saturating_sub(1))).copied()
        };
        let (p50_ms, p99_ms) = at(50).zip(at(99)).context("nothing was measured")?;
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let per_second = took.len() as f64 / all.as_secs_f64();
        Ok(Measured { operation, in_flight, sales, per_second, p50_ms, p99_ms })
    }

    /// Registers a sale of a customer who is new; twenty of them wait for their señal in each
    /// dealership.
    async fn register(&self, turn: u64) -> Result<(Duration, String)> {
        let body = body(&format!("customer-{turn}@example.com"));
        let headers =
            json!({ "content-type": "application/json", "idempotency-key": format!("k-{turn}") });
        let event = post_as(&dealership(turn), "[sales]", &headers, &body);
        let fresh = register_sale::Fresh {
            sale: fresh_sale_id(),
            customer: CustomerId::parse(&fresh_sale_id().to_string())?,
        };
        let limits = UnpaidLimits { employee: 25, dealership: 100 };
        let (signal, balance) = (SignedDuration::from_hours(168), SignedDuration::from_hours(336));
        let bounds = register_sale::Bounds { signal, balance, limits };
        let began = now();
        let request = Request::new(serde_json::from_value(event)?, registered_at())
            .map_err(|problem| anyhow!("{problem:?}"))?;
        let answer = register_sale::handle(&self.store, &self.plans, bounds, fresh, request).await;
        let reply = answer.map_err(|problem| anyhow!("{problem:?}"))?;
        ensure!(reply.status == 201, "{reply:?}");
        Ok((began.elapsed(), fresh.sale.to_string()))
    }

    async fn get(&self, sale: &str, turn: u64) -> Result<Duration> {
        let mut event = post_as(&dealership(turn), "[sales]", &json!({}), &Value::Null);
        if let Some(event) = event.as_object_mut() {
            event.insert("pathParameters".to_owned(), json!({ "sale_id": sale }));
        }
        let began = now();
        let request = Request::new(serde_json::from_value(event)?, registered_at())
            .map_err(|problem| anyhow!("{problem:?}"))?;
        let reply = get_sale::handle(&self.store, request)
            .await
            .map_err(|problem| anyhow!("{problem:?}"))?;
        ensure!(reply.status == 200, "{reply:?}");
        Ok(began.elapsed())
    }
}

fn dealership(turn: u64) -> String {
    format!("D-{}", turn / 20)
}

fn body(email: &str) -> Value {
    json!({
        "customer": {
            "full_name": "Ana Example", "email": email, "phone": "+34600000000", "language": "es",
            "address": { "street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid", "country": "ES" }
        },
        "plan": { "code": "CITY", "options": ["GPS"] },
        "delivery": { "to": "dealership" }
    })
}

#[expect(clippy::disallowed_methods, reason = "this is what measures time")]
fn now() -> Instant {
    Instant::now()
}
