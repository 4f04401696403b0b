//! The employees who register sales, and what they write down of a customer.

use super::engine::Simulation;
use super::events::Event;
use super::processes::{Caller, Outcome};
use super::record::ClientAnswer;
use super::scenario::Script;
use super::settings::{HOUR, SECOND, WINDOW};
use crate::memory::{Ports, short};
use crate::rng::Rng;
use domain::country::DocumentKind;
use domain::customer::{AddressLine, PostalCode};
use domain::ids::{FileDigest, ShortDigest};
use domain::money::{Currency, Money, Terms};
use domain::ports::{RequestKey, UnpaidLimits};
use domain::use_cases::register_sale;
use domain::{
    Address, BasePlatform, CountryCode, Customer, CustomerId, DealershipId, Delivery, EmailAddress,
    EmployeeId, FullName, Language, Names, PhoneNumber, Plan as SalePlan, PlanCode, SaleId, Sold,
    Vin, ZoneName,
};
use std::collections::BTreeMap;

impl Simulation<'_> {
    pub(super) fn register(&mut self, customer: u64, vehicle: Option<Vin>, tries: u32) {
        // The same for one customer at every try.
        let mut own = Rng::new(customer.wrapping_mul(7919) ^ self.salt);
        let (sale, customer_id) = (SaleId::new(self.rng.uuid()), CustomerId::new(self.rng.uuid()));
        let unbuildable = match self.script {
            Some(script) => script == Script::Unbuildable,
            None => own.percent(5),
        };
        let wanted = vehicle.clone();
        let input = move || {
            let built =
                register_input(sale, customer_id, customer, unbuildable && wanted.is_none())?;
            Some(register_sale::Input { vehicle: wanted, ..built })
        };
        self.spawn(Caller::Employee { customer, vehicle, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "register-sale");
                let Some(input) = input() else { return Outcome::Died };
                Outcome::Registered(
                    register_sale::register_sale(&ports, input, now).await.map(|done| done.sale),
                )
            })
        });
    }

    /// The desk is answered, and a request of which nothing is known is sent again.
    pub(super) fn employee_reads(
        &mut self,
        customer: u64,
        vehicle: Option<Vin>,
        tries: u32,
        outcome: Outcome,
    ) {
        match (vehicle, outcome) {
            (_, Outcome::Registered(Ok(sale))) => {
                self.note("employee", || {
                    format!("{}: is answered 201 for customer {customer}", short(sale))
                });
                self.answers.push(ClientAnswer::Registered { key: customer, sale });
                self.customer_begins(sale);
            }
            (Some(vehicle), Outcome::Registered(Err(register_sale::Error::NotInStock(why)))) => {
                self.note("employee", || {
                    format!("customer {customer} can't have {vehicle}: {why}")
                });
            }
            (vehicle, _) => {
                // At first at once; then the customer is asked to come back.
                if tries < 40 {
                    let soon = SECOND + self.chance(30 * SECOND);
                    let wait = if tries < 10 { soon } else { HOUR };
                    self.after(
                        wait,
                        Event::Register { customer, vehicle, tries: tries.saturating_add(1) },
                    );
                }
            }
        }
    }
}

/// A customer's purchase. Every fifth customer shares an e-mail address with the one before:
/// somebody who buys twice.
pub fn register_input(
    id: SaleId,
    customer_id: CustomerId,
    customer: u64,
    unbuildable: bool,
) -> Option<register_sale::Input> {
    let mailbox = if customer % 5 == 4 { customer.saturating_sub(1) } else { customer };
    let address = Address {
        street: AddressLine::parse("Calle Mayor 1").ok()?,
        postal_code: PostalCode::parse("28013").ok()?,
        city: AddressLine::parse("Madrid").ok()?,
        country: CountryCode::parse("ES").ok()?,
    };
    let buyer = Customer {
        id: customer_id,
        full_name: FullName::parse("A. Customer").ok()?,
        email: EmailAddress::parse(&format!("customer{mailbox}@example.com")).ok()?,
        phone: PhoneNumber::parse("+34600000000").ok()?,
        tax_id: None,
        address,
        language: Language::Es,
    };
    let platform = if unbuildable { "UNBUILDABLE" } else { "CAAS-C1" };
    let terms = Terms::new(
        Money::new(3_250_000, Currency::EUR).ok()?,
        Money::new(100_000, Currency::EUR).ok()?,
    )
    .ok()?;
    let code = PlanCode::parse("CAAS-C1").ok()?;
    let plan = SalePlan {
        code,
        base_platform: BasePlatform::parse(platform).ok()?,
        options: vec![],
        names: Names::default(),
        option_names: BTreeMap::new(),
    };
    let request = RequestKey {
        key: ShortDigest::of(&[b"register", &customer.to_be_bytes()]),
        fingerprint: ShortDigest::of(&[&customer.to_be_bytes()]),
    };
    Some(register_sale::Input {
        id,
        dealership: DealershipId::parse("MAD-01").ok()?,
        country: CountryCode::parse("ES").ok()?,
        zone: ZoneName::parse("Europe/Madrid").ok()?,
        employee: EmployeeId::parse("employee-1").ok()?,
        customer: buyer,
        known_customer: false,
        sold: Sold { plan, terms },
        delivery: Delivery::Dealership,
        // Some customers bring them later.
        documents: if customer % 4 == 3 { Vec::new() } else { documents() },
        vehicle: None,
        signal_payment_window: WINDOW,
        final_payment_window: WINDOW,
        limits: UnpaidLimits { employee: u16::MAX, dealership: u16::MAX },
        request: Some(request),
    })
}

/// What every authority wants.
pub(super) fn documents() -> Vec<(DocumentKind, FileDigest)> {
    let digest = FileDigest::parse(&"0123456789abcdef".repeat(4));
    digest
        .into_iter()
        .flat_map(|digest| DocumentKind::ALL.map(|kind| (kind, digest.clone())))
        .collect()
}
