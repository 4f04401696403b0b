//! A new sale: itself, its details, its customer, its place among the customer's and among the
//! unpaid ones, and the request's answer, in one transaction.

use super::cancellation::{cancellation, is_busy, refused};
use super::client::{DynamoSales, FOUND, TRIES, pause, put, update};
use super::index::{lasting_places, places};
use super::item::{Item, item, key, list, names, number, string, text};
use super::reservations::too_many;
use super::schema::{
    CUSTOMER, IDEMPOTENCY, SALE, VEHICLE, customer_pk, idempotency_pk, listed_sk, sale_pk,
    vehicle_pk,
};
use super::stored::{details_item, state_of};
use super::vehicles::TAKEN;
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::ids::ShortDigest;
use domain::ports::{KnownCustomer, NewSale, Registered, RequestKey, StoreError};
use domain::vehicle::{NotInStock, VehicleStatus, build};
use domain::{Customer, CustomerId, FullName, Sale, SaleId, Sold, Vin, ZoneName};

/// How long an `Idempotency-Key` is remembered: longer than any client tries again.
const REMEMBERED_SECONDS: i64 = 30 * 24 * 60 * 60;

/// INVARIANT: the places of a transaction's parts, by which its cancellation reasons are read.
const SALE_PART: usize = 0;
const CUSTOMER_PART: usize = 2;
const UNPAID_PART: usize = 4;
const REQUEST_PART: usize = 5;
/// The last one, where the sale takes a stock vehicle.
fn vehicle_part(new: &NewSale<'_>) -> usize {
    if new.request.is_some() { 6 } else { 5 }
}

/// What a cancelled transaction means.
enum Refusal {
    /// The registration has an answer: it needs no other try.
    Answer(Registered),
    /// The known customer was erased meanwhile.
    CustomerGone,
    /// Another transaction wrote one of the items at that moment.
    Busy,
}

impl DynamoSales {
    pub(super) async fn answered_request(
        &self,
        request: &RequestKey,
    ) -> Result<Option<Registered>, StoreError> {
        let found = self.one(request_key_of(&request.key)).await?;
        found.map(|item| repeated(request, Some(&item))).transpose()
    }

    pub(super) async fn put_sale(&self, new: NewSale<'_>) -> Result<Registered, StoreError> {
        let mut known_customer = new.known_customer;
        for turn in 1..=TRIES {
            let parts = self.parts(&new, known_customer)?;
            let Err(error) = self.transact(parts).await else { return Ok(Registered::Stored) };
            let reasons = cancellation(&error);
            let request =
                new.request.and_then(|request| Some((request, refused(reasons, REQUEST_PART)?)));
            let refusal = if let Some((request, refused)) = request {
                repeated(request, refused.item()).map(Refusal::Answer)?
            } else if refused(reasons, SALE_PART).is_some() {
                // Its id is fresh: this is our own write, whose answer was lost before the client
                // sent it again.
                Refusal::Answer(Registered::Stored)
            } else if let Some(refused) = refused(reasons, UNPAID_PART) {
                Refusal::Answer(Registered::TooManyUnpaid(too_many(&new, refused.item())))
            } else if let Some(refused) = refused(reasons, vehicle_part(&new)) {
                Refusal::Answer(Registered::NotInStock(not_in_stock(new.sale, refused.item())))
            } else if let Some(refused) = refused(reasons, CUSTOMER_PART) {
                refused.item().map_or(Ok(Refusal::CustomerGone), |found| {
                    known(found).map(|known| Refusal::Answer(Registered::KnownCustomer(known)))
                })?
            } else if is_busy(reasons) {
                Refusal::Busy
            } else {
                return Err(error.into());
            };
            match refusal {
                Refusal::Answer(answer) => return Ok(answer),
                Refusal::CustomerGone => known_customer = false,
                Refusal::Busy => pause(turn).await,
            }
        }
        tracing::warn!(sale = %new.sale.id, "a registration met other transactions each time");
        Err(StoreError::Unavailable)
    }

    fn parts(
        &self,
        new: &NewSale<'_>,
        known_customer: bool,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let NewSale { sale, details, request, .. } = new;
        let mut sale_item = key(sale_pk(sale.id), SALE);
        sale_item
            .extend(item([("version", number(sale.version)), ("state", text(state_of(sale)?))]));
        sale_item.extend(item(lasting_places(sale)));
        let there = places(sale).into_iter().filter_map(|(name, value)| Some((name, value?)));
        sale_item.extend(there.map(|(name, value)| (name.to_owned(), value)));
        sale_item.extend(sale.awaits().map(|wait| ("awaits".to_owned(), text(wait.as_str()))));
        let details_item = details_item(sale.id, details)?;

        let customer = &details.customer;
        let customer_key = key(customer_pk(&sale.customer), CUSTOMER);
        let customer_part = if known_customer {
            self.still_known(customer_key, customer.id)?
        } else {
            self.put_new(account_item(customer_key, customer, &sale.zone()))?
        };
        let listed_item = key(customer_pk(&sale.customer), &listed_sk(sale.id));
        let mut parts = vec![self.put_new(sale_item)?, self.put_new(details_item)?, customer_part];
        parts.extend([self.put_new(listed_item)?, self.reserve(new)?]);
        if let Some(RequestKey { key: request_key, fingerprint }) = request {
            let expires_at = details.registered_at.as_second().saturating_add(REMEMBERED_SECONDS);
            let sold = Sold { plan: details.plan.clone(), terms: sale.terms };
            // Our own type: it can always be written.
            let sold_json = serde_json::to_string(&sold).map_err(|_| StoreError::Corrupt)?;
            let mut request_item = request_key_of(request_key);
            request_item.extend(item([
                ("fingerprint", text(fingerprint.to_string())),
                ("sale_id", text(sale.id.to_string())),
                ("sold", text(sold_json)),
                ("expires_at", number(expires_at)),
            ]));
            parts.push(self.put_new(request_item)?);
        }
        if let Some(claim) = &sale.stock {
            parts.push(self.take_vehicle(new, &claim.vehicle)?);
        }
        Ok(parts)
    }

    /// The vehicle is the dealership's stock, and what is sold; from here on it is the sale's.
    fn take_vehicle(
        &self,
        NewSale { sale, details, .. }: &NewSale<'_>,
        vehicle: &Vin,
    ) -> Result<TransactWriteItem, StoreError> {
        let id = text(sale.id.to_string());
        let values = item([
            (":status", text(VehicleStatus::Asignado.as_str())),
            (":stock", text(VehicleStatus::SinAsignar.as_str())),
            (":dealership", text(sale.dealership.as_str())),
            (":build", text(build(&details.plan))),
            (":sales", list([id.clone()])),
            (":none", list([])),
            (":sale", id),
        ]);
        let part = self.update_part(key(vehicle_pk(vehicle), VEHICLE)).update_expression(TAKEN);
        let part = part.set_expression_attribute_names(Some(names(["status"])));
        let part = part.set_expression_attribute_values(Some(values));
        let stock = "#status = :stock AND dealership_id = :dealership AND build = :build";
        update(part.condition_expression(stock).return_values_on_condition_check_failure(FOUND))
    }

    /// Puts an item that is not there yet; what is there comes back.
    pub(super) fn put_new(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let part = self.put_part(item).condition_expression("attribute_not_exists(PK)");
        put(part.return_values_on_condition_check_failure(FOUND))
    }

    /// The customer is still the one that an earlier answer named, and stays: no erasure that was
    /// begun goes on.
    pub(super) fn still_known(
        &self,
        key: Item,
        id: CustomerId,
    ) -> Result<TransactWriteItem, StoreError> {
        let part = self
            .update_part(key)
            .update_expression("REMOVE erasing")
            .condition_expression("customer_id = :id");
        let part =
            part.set_expression_attribute_values(Some(item([(":id", text(id.to_string()))])));
        update(part.return_values_on_condition_check_failure(FOUND))
    }
}

/// A new customer's account, to which credentials are owed.
pub(super) fn account_item(key: Item, customer: &Customer, zone: &ZoneName) -> Item {
    let mut account = key;
    account.extend(item([
        ("customer_id", text(customer.id.to_string())),
        ("full_name", text(customer.full_name.as_str())),
        ("email", text(customer.email.as_str())),
        ("language", text(customer.language.code())),
        ("zone", text(zone.as_str())),
        ("credentials_state", text(super::customers::OWED)),
    ]));
    account
}

/// Why the vehicle could not be taken. Another dealership's doesn't exist.
fn not_in_stock(sale: &Sale, found: Option<&Item>) -> NotInStock {
    let is = |name, value: &str| found.and_then(|item| string(item, name)) == Some(value);
    if !is("dealership_id", sale.dealership.as_str()) {
        NotInStock::Unknown
    } else if is("status", VehicleStatus::SinAsignar.as_str()) {
        NotInStock::OtherBuild
    } else {
        NotInStock::Held
    }
}

fn request_key_of(request: &ShortDigest) -> Item {
    key(idempotency_pk(request), IDEMPOTENCY)
}

/// The answer to a request whose key was used before.
fn repeated(request: &RequestKey, found: Option<&Item>) -> Result<Registered, StoreError> {
    let stored = found.and_then(|item| {
        let sale = SaleId::parse(string(item, "sale_id")?).ok()?;
        let sold: Sold = serde_json::from_str(string(item, "sold")?).ok()?;
        Some((string(item, "fingerprint")?, Registered::Repeated(sale, Box::new(sold))))
    });
    let Some((fingerprint, repeated)) = stored else {
        tracing::error!("an answered request's item is broken");
        return Err(StoreError::Corrupt);
    };
    Ok(if fingerprint == request.fingerprint.to_string() {
        repeated
    } else {
        Registered::KeyReused
    })
}

/// The customer who has the e-mail address.
pub(super) fn known(found: &Item) -> Result<KnownCustomer, StoreError> {
    let id = string(found, "customer_id").and_then(|id| CustomerId::parse(id).ok());
    let full_name = string(found, "full_name").and_then(|name| FullName::parse(name).ok());
    let known = id.zip(full_name).map(|(id, full_name)| KnownCustomer { id, full_name });
    known.ok_or_else(|| {
        tracing::error!("a customer's item is broken");
        StoreError::Corrupt
    })
}
