//! What a page of the back office's lists takes, in calls, at the beginning, in the middle and at
//! the end of a long list.

use crate::{TABLE, Table};
use adapters::{Aws, AwsSettings, DynamoSales};
use domain::DealershipId;
use domain::ports::{SALES_PAGE, SaleFilter, SaleIndex, SalePlace, SaleStore};
use domain::use_cases::list_sales::list_sales;
use domain::{EmployeeId, SaleId, Status};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use testkit::contract::{Outcome, Sample, fresh_sale_id, registered_at};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SALES: usize = 100_000;

/// The operations that went through.
type Seen = Arc<Mutex<BTreeMap<String, u32>>>;

/// Stands before the table and counts operations by their names.
async fn count(table: &str) -> Result<(String, Seen), Box<dyn Error>> {
    let (seen, table) = (Seen::default(), table.to_owned());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, counted) = (listener.local_addr()?.to_string(), Arc::clone(&seen));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            if let Ok(server) = TcpStream::connect(&table).await {
                tokio::spawn(pass(client, server, Arc::clone(&counted)));
            }
        }
    });
    Ok((address, seen))
}

async fn pass(client: TcpStream, server: TcpStream, seen: Seen) -> std::io::Result<()> {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut bytes = Vec::with_capacity(1 << 16);
    loop {
        bytes.clear();
        if from_client.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        // A request's head is small, and comes in one piece.
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for call in text.split("x-amz-target: dynamodb_20120810.").skip(1) {
            let name = call.split_whitespace().next().unwrap_or_default().to_owned();
            *seen.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
        }
        to_server.write_all(&bytes).await?;
    }
}

/// One dealership's sales, of two employees, all of them overdue by now; their ids in order.
async fn fill(table: &Table) -> Result<Vec<SaleId>, Box<dyn Error>> {
    let sample = Sample::new()?;
    table.store.register(sample.registration()).await?;
    let (first, pk) = (sample.sale.id, format!("SALE#{}", sample.sale.id));
    let (sale, details) = (
        table.item(&pk, "SALE")?.ok_or("no sale")?,
        table.item(&pk, "SALE#DETAILS")?.ok_or("no details")?,
    );
    let put = |item: &Value| -> Outcome {
        table
            .database
            .put_item(serde_json::from_value(json!({ "TableName": TABLE, "Item": item }))?)?;
        Ok(())
    };
    let mut ids = vec![first];
    for number in 1..SALES {
        let id = fresh_sale_id();
        let due = SalePlace { sale: id, ..SalePlace::of(&sample.sale) };
        let (mut sale, mut details) = (sale.clone(), details.clone());
        let set = |item: &mut Value, name: &str, value: String| {
            item.as_object_mut()
                .and_then(|item| item.insert(name.to_owned(), json!({ "S": value })))
        };
        for item in [&mut sale, &mut details] {
            set(item, "PK", format!("SALE#{id}"));
        }
        set(&mut sale, "due_key", format!("{:015}#{id}", due.at.as_millisecond()));
        set(&mut sale, "sold_by", format!("MAD-01#e-{}", if number % 2 == 0 { 17 } else { 18 }));
        put(&sale)?;
        put(&details)?;
        ids.push(id);
    }
    Ok(ids)
}

/// Protects the back office of a huge dealership: two calls a page, wherever in the list it is and
/// whatever the list is of; five where four statuses are merged. Nothing is ever scanned.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_costs_the_same_among_a_hundred_thousand_sales() -> Outcome {
    let table = Table::new().await?;
    let ids = fill(&table).await?;
    let (address, seen) = count(&table.address).await?;
    let settings = AwsSettings {
        endpoint_url: Some(format!("http://{address}")),
        ..crate::settings(&table.address)
    };
    let store = DynamoSales::new(&Aws::new(settings)?, TABLE.to_owned());
    let ours = DealershipId::parse("MAD-01")?;
    let due = registered_at().checked_add(SignedDuration::from_hours(72))?;
    let by = |by| SaleFilter::Registered { by, from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
    let filters = [
        (by(None), 1),
        (by(Some(EmployeeId::parse("e-18")?)), 1),
        (SaleFilter::Status(Status::SaleRegistered), 1),
        (SaleFilter::Overdue(due.checked_add(SignedDuration::from_hours(1))?), 4),
    ];
    let at = |place: usize| ids.get(place).copied().ok_or("an id");
    for (filter, queries) in filters {
        let newest_first = matches!(filter, SaleFilter::Registered { .. });
        let near_the_end = at(if newest_first { 120 } else { SALES - 120 })?;
        for place in [None, Some(at(SALES / 2)?), Some(near_the_end)] {
            seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
            let after = place.map(|sale| SalePlace { at: due, sale });
            let page = list_sales(&store, &ours, &filter, after, 1).await?;
            assert_eq!(page.sales.len(), usize::from(SALES_PAGE), "{filter:?} after {place:?}");
            let calls = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let expected =
                BTreeMap::from([("batchgetitem".to_owned(), 1), ("query".to_owned(), queries)]);
            assert_eq!(calls, expected, "{filter:?} after {place:?}");
        }
    }
    let newest = store.list(&ours, &by(None), None).await?;
    assert_eq!(newest.first().map(|place| place.sale), ids.last().copied());
    Ok(())
}
