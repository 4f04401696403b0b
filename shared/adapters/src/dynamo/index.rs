//! Where a sale is in the table's indexes, and sales by what the back office looks for: indexes of
//! keys alone. A page is one query of one of them (of four statuses, where they are merged), and one
//! read of all its sales.

use super::client::{DynamoSales, page};
use super::item::{Item, item, key, names, number, string, text};
use super::lists::sale_of;
use super::schema::{
    CASES, DETAILS, ORDERS, PLATES, SALE, SALES, SELLERS, STATUSES, UNSETTLED, sale_pk,
    unsettled_shard_of, vehicle_of_pk,
};
use super::stored::{corrupt, read_details, read_sale};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use domain::ports::{Details, SALES_PAGE, SaleFilter, SaleIndex, SalePlace, StoreError};
use domain::{DealershipId, EmployeeId, OrderId, Plate, Sale, SaleId, Status, Vin};
use jiff::Timestamp;

/// Where a sale is for ever, by attribute: its registration writes it.
pub(super) fn lasting_places(sale: &Sale) -> [(&'static str, AttributeValue); 2] {
    [
        (SALES.hash, text(sale.dealership.as_str())),
        (SELLERS.hash, text(sold_by(&sale.dealership, &sale.registered_by))),
    ]
}

/// Where a sale is as it stands, by attribute: its registration and each commit write it. The
/// indexes are sparse: a sale is in one only while its attributes are there.
pub(super) fn places(sale: &Sale) -> [(&'static str, Option<AttributeValue>); 7] {
    let case = sale.open_cases().map(|case| case.opened_at).min();
    let since = sale.unsettled_since();
    [
        (STATUSES.hash, Some(text(status_of(&sale.dealership, sale.status())))),
        (STATUSES.range, Some(text(due_key(SalePlace::of(sale))))),
        (ORDERS.hash, sale.order().map(|order| text(order.id.as_str()))),
        (UNSETTLED.hash, since.map(|_| text(unsettled_shard_of(sale.id)))),
        (UNSETTLED.range, since.map(|at| number(at.as_millisecond()))),
        (CASES.hash, case.map(|_| text(sale.dealership.as_str()))),
        (CASES.range, case.map(|at| number(at.as_millisecond()))),
    ]
}

/// Whose sale it is, in the index by employee.
fn sold_by(dealership: &DealershipId, employee: &EmployeeId) -> String {
    format!("{dealership}#{employee}")
}

/// Where a sale is in the index by status.
fn status_of(dealership: &DealershipId, status: Status) -> String {
    format!("{dealership}#{status}")
}

/// In which order it is there: by the moment, then by the id, so that no two have one place.
fn due_key(place: SalePlace) -> String {
    format!("{}#{}", moment(place.at), place.sale)
}

fn moment(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond())
}

impl SaleIndex for DynamoSales {
    async fn list(
        &self,
        dealership: &DealershipId,
        filter: &SaleFilter,
        after: Option<SalePlace>,
    ) -> Result<Vec<SalePlace>, StoreError> {
        match filter {
            SaleFilter::Registered { by, from, to } => {
                let (from, to) = (SaleId::least_at(*from), SaleId::least_at(*to));
                self.registered(dealership, by.as_ref(), from, to, after).await
            }
            SaleFilter::Status(status) => self.with_status(dealership, *status, None, after).await,
            SaleFilter::Overdue(before) => {
                let mut found = Vec::new();
                for status in Status::WITH_DATES {
                    found.extend(self.with_status(dealership, status, Some(*before), after).await?);
                }
                found.sort_unstable();
                found.truncate(usize::from(SALES_PAGE));
                Ok(found)
            }
        }
    }

    async fn sales(&self, ids: &[SaleId]) -> Result<Vec<(Sale, Details)>, StoreError> {
        let Some(first) = ids.first() else { return Ok(Vec::new()) };
        let keys =
            ids.iter().flat_map(|id| [SALE, DETAILS].map(|sk| key(sale_pk(*id), sk))).collect();
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys));
        let wanted = wanted.projection_expression("PK, SK, #version, #state, #details");
        let wanted =
            wanted.set_expression_attribute_names(Some(names(["version", "state", "details"])));
        // Only a request without keys is none.
        let wanted = wanted.build().map_err(|_| corrupt(*first, "its page can't be asked for"))?;
        let found = self.batch_get(wanted).await?;
        let part = |id: SaleId, sk: &str| {
            let pk = sale_pk(id);
            found
                .iter()
                .find(|item| string(item, "PK") == Some(&pk) && string(item, "SK") == Some(sk))
        };
        let there = ids.iter().filter_map(|id| Some((*id, part(*id, SALE)?, part(*id, DETAILS)?)));
        there
            .map(|(id, sale, details)| Ok((read_sale(id, sale)?, read_details(id, details)?)))
            .collect()
    }

    async fn with_order(&self, order: &OrderId) -> Result<Vec<SaleId>, StoreError> {
        let query = self
            .find(&format!("{} = :order", ORDERS.hash), item([(":order", text(order.as_str()))]));
        let found = page(query.index_name(ORDERS.name).limit(SALES_PAGE.into())).await?;
        found.iter().map(sale_of).collect()
    }

    async fn with_plate(&self, plate: &Plate) -> Result<Vec<Vin>, StoreError> {
        let query = self.find(
            &format!("{} = :plate", PLATES.hash),
            item([(":plate", text(plate.normalized()))]),
        );
        let found = page(query.index_name(PLATES.name).limit(SALES_PAGE.into())).await?;
        let vehicle = |entry: &Item| vehicle_of_pk(string(entry, "PK")?);
        found.iter().map(|entry| vehicle(entry).ok_or(StoreError::Corrupt)).collect()
    }
}

impl DynamoSales {
    /// Those with an id from the one on to before the other, the newest first.
    async fn registered(
        &self,
        dealership: &DealershipId,
        by: Option<&EmployeeId>,
        from: SaleId,
        to: SaleId,
        after: Option<SalePlace>,
    ) -> Result<Vec<SalePlace>, StoreError> {
        let (index, owner) = match by {
            None => (SALES, dealership.to_string()),
            Some(by) => (SELLERS, sold_by(dealership, by)),
        };
        let start = after.map(|place| start(place, [(index.hash, text(&owner))]));
        let values = item([
            (":owner", text(owner)),
            (":from", text(sale_pk(from))),
            (":to", text(sale_pk(to))),
        ]);
        let query = self
            .find(&format!("{} = :owner AND PK BETWEEN :from AND :to", index.hash), values)
            .index_name(index.name);
        let query =
            query.scan_index_forward(false).limit(SALES_PAGE.into()).set_exclusive_start_key(start);
        page(query)
            .await?
            .iter()
            .map(|entry| sale_of(entry).map(|sale| SalePlace { at: sale.made_at(), sale }))
            .collect()
    }

    /// Those with the status, by the moment when they are due: all, or those before a moment.
    async fn with_status(
        &self,
        dealership: &DealershipId,
        status: Status,
        before: Option<Timestamp>,
        after: Option<SalePlace>,
    ) -> Result<Vec<SalePlace>, StoreError> {
        let owner = text(status_of(dealership, status));
        let start = after.map(|place| {
            start(place, [(STATUSES.hash, owner.clone()), (STATUSES.range, text(due_key(place)))])
        });
        let mut values = item([(":owner", owner)]);
        let condition = match before {
            None => format!("{} = :owner", STATUSES.hash),
            Some(before) => {
                values.insert(":before".to_owned(), text(moment(before)));
                format!("{} = :owner AND {} < :before", STATUSES.hash, STATUSES.range)
            }
        };
        let query =
            self.find(&condition, values).index_name(STATUSES.name).limit(SALES_PAGE.into());
        page(query.set_exclusive_start_key(start))
            .await?
            .iter()
            .map(|entry| place(entry).ok_or(StoreError::Corrupt))
            .collect()
    }
}

fn place(entry: &Item) -> Option<SalePlace> {
    let (at, sale) = string(entry, STATUSES.range)?.split_once('#')?;
    Some(SalePlace {
        at: Timestamp::from_millisecond(at.parse().ok()?).ok()?,
        sale: SaleId::parse(sale).ok()?,
    })
}

/// The key from which a query of an index goes on: the index's own attributes, and the table's.
fn start<const N: usize>(place: SalePlace, of_index: [(&str, AttributeValue); N]) -> Item {
    let mut start = key(sale_pk(place.sale), SALE);
    start.extend(item(of_index));
    start
}
