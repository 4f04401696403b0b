//! The ports' contracts: one suite a port, which the ports in memory and the real adapters both
//! pass, so that neither drifts from the other.
//!
//! A suite is a list of checks, each an async function of a port that nobody else uses at that
//! moment. The macro of a suite's name hands the list to another macro, which makes a test of each:
//!
//! ```
//! macro_rules! names {
//!     ($suite:ident: $($check:ident),+) => { [$(stringify!($check)),+] };
//! }
//! assert!(testkit::notification_log!(names).contains(&"what_is_recorded_was_told"));
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "a check panics about what it finds wrong, as tests do"
)]

pub mod account_store;
pub mod contact_store;
pub mod correction_store;
pub mod customer_store;
pub mod desk_sessions;
pub mod erasure_store;
pub mod factory;
pub mod gateway;
pub mod notification_log;
pub mod plan_store;
pub mod registry;
pub mod sale_index;
pub mod sale_lists;
pub mod sale_store;
pub mod unpaid_reservations;
pub mod vehicle_store;

use domain::country::DocumentSet;
use domain::customer::{AddressLine, PostalCode};
use domain::ids::ShortDigest;
use domain::money::Terms;
use domain::names::Name;
use domain::ports::{Details, NewSale, RequestKey, UnpaidLimits};
use domain::sale::{Command, Registered, Sale, decide, evolve};
use domain::{
    Address, AttemptId, BasePlatform, CountryCode, Currency, Customer, CustomerId, CustomerKey,
    DealershipId, Delivery, EmailAddress, EmployeeId, FullName, Language, Money, Names, OptionCode,
    PhoneNumber, Plan, PlanCode, SaleId, Sold, ZoneName,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::error::Error;
use std::future::{Future, poll_fn};
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use uuid::Uuid;

/// How a check ends; what it finds wrong, it panics about.
pub type Outcome = Result<(), Box<dyn Error>>;

/// The table, as the template has it, for a `CreateTable` of this name.
pub fn table(name: &str) -> Result<Value, Box<dyn Error>> {
    let template = include_str!("../../../../infra/template.yaml");
    let (_, table) = template.split_once("\n  Table:\n").ok_or("the template has no table")?;
    let (_, properties) = table.split_once("    Properties:\n").ok_or("no properties")?;
    // Up to its settings, which have CloudFormation's own tags.
    let (properties, _) = properties.split_once("      StreamSpecification:").ok_or("no stream")?;
    let mut table: serde_json::Map<String, Value> = serde_yaml_ng::from_str(properties)?;
    table.insert("TableName".to_owned(), json!(name));
    Ok(Value::Object(table))
}

/// A number that no other caller in this process gets, so that checks can share a store that is
/// dear to set up.
fn serial() -> u64 {
    static SERIAL: AtomicU64 = AtomicU64::new(1);
    SERIAL.fetch_add(1, Ordering::Relaxed)
}

fn fresh_uuid() -> Uuid {
    Uuid::from_u64_pair(0x0193_6d3c_7d2b_7b4c, 0x8d8e_0000_0000_0000 | serial())
}

/// More than any check's sales, but those that are about limits.
pub const LIMITS: UnpaidLimits = UnpaidLimits { employee: 1_000, dealership: 1_000 };

/// A sale's id that no other caller in this process gets.
pub fn fresh_sale_id() -> SaleId {
    SaleId::new(fresh_uuid())
}

/// An attempt's id that no other caller in this process gets.
pub fn fresh_attempt_id() -> AttemptId {
    AttemptId::new(fresh_uuid())
}

/// When the samples' sales are registered: whole milliseconds, as stores keep them.
pub fn registered_at() -> Timestamp {
    Timestamp::from_millisecond(1_790_000_000_123).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A sale that can be registered, of a customer of its own.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The sale at its first version.
    pub sale: Sale,
    /// What was captured.
    pub details: Details,
    /// The key of the request that registers it.
    pub request: RequestKey,
}

impl Sample {
    /// A new sale of a new customer.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let email = EmailAddress::parse(&format!("Ana.{}@example.com", serial()))?;
        let customer = Customer {
            id: CustomerId::new(fresh_uuid()),
            full_name: FullName::parse("Ana García Peña")?,
            email,
            phone: PhoneNumber::parse("+34600000000")?,
            tax_id: None,
            address: address()?,
            language: Language::Es,
        };
        Self::of(customer)
    }

    /// A new sale of this customer.
    pub fn of(customer: Customer) -> Result<Self, Box<dyn Error>> {
        let euros = |minor| Money::new(minor, Currency::EUR);
        let plan = Plan {
            code: PlanCode::parse("CITY")?,
            base_platform: BasePlatform::parse("CITY-EV")?,
            options: vec![OptionCode::parse("TOW-BAR")?],
            names: names("City eléctrico")?,
            option_names: [(OptionCode::parse("TOW-BAR")?, names("Enganche")?)].into(),
        };
        let registered = Registered {
            id: fresh_sale_id(),
            dealership: DealershipId::parse("MAD-01")?,
            country: CountryCode::parse("ES")?,
            zone: ZoneName::parse("Europe/Madrid")?,
            registered_by: EmployeeId::parse("e-17")?,
            customer: CustomerKey::of(&customer.email),
            terms: Terms::new(euros(3_250_000)?, euros(100_000)?)?,
            stock: None,
            documents: DocumentSet::default(),
            pay_signal_by: registered_at().checked_add(SignedDuration::from_hours(72))?,
        };
        let details = Details {
            delivery: Delivery::CustomerAddress { address: customer.address.clone() },
            customer,
            plan,
            registered_at: registered_at(),
            documents: Vec::new(),
            corrections: Vec::new(),
        };
        let key = ShortDigest::of(&[&serial().to_be_bytes()]);
        let request = RequestKey { key, fingerprint: ShortDigest::of(&[b"content"]) };
        Ok(Self { sale: Sale::register(registered, registered_at()), details, request })
    }

    /// What a repeat of the request is answered.
    pub fn repeated(&self) -> domain::ports::Registered {
        let sold = Sold { plan: self.details.plan.clone(), terms: self.sale.terms };
        domain::ports::Registered::Repeated(self.sale.id, Box::new(sold))
    }

    /// The sale as it is stored for the first time, for a customer who is new.
    pub fn registration(&self) -> NewSale<'_> {
        let (sale, details, request) = (&self.sale, &self.details, Some(&self.request));
        NewSale { sale, details, known_customer: false, limits: LIMITS, request }
    }
}

/// A name in Spanish alone.
pub fn names(spanish: &str) -> Result<Names, Box<dyn Error>> {
    Ok([(Language::Es, Name::parse(spanish)?)].into_iter().collect())
}

fn address() -> Result<Address, Box<dyn Error>> {
    Ok(Address {
        street: AddressLine::parse("Calle Mayor 1, 2.º B")?,
        postal_code: PostalCode::parse("28013")?,
        city: AddressLine::parse("Madrid")?,
        country: CountryCode::parse("ES")?,
    })
}

/// The sale after these commands, each of them a decision of its own.
pub fn after(
    sale: &Sale,
    commands: impl IntoIterator<Item = Command>,
    now: Timestamp,
) -> Result<Vec<Sale>, Box<dyn Error>> {
    let mut steps = vec![sale.clone()];
    for command in commands {
        let last = steps.last().unwrap_or(sale);
        let events = decide(last, command, now)?;
        let next = evolve(last, &events, now);
        steps.push(next);
    }
    Ok(steps)
}

/// Runs all of them at once; answers in their order.
async fn at_once<F: Future>(calls: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut calls: Vec<_> = calls.into_iter().map(|call| (Box::pin(call), None)).collect();
    poll_fn(|context| {
        let mut pending = false;
        for (call, answer) in &mut calls {
            if answer.is_none() {
                match call.as_mut().poll(context) {
                    Poll::Ready(ready) => *answer = Some(ready),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    calls.into_iter().filter_map(|(_, answer)| answer).collect()
}
