//! An employee registers a sale.

use crate::money::Terms;
use crate::ports::{Details, NewSale, Registered, RequestKey, SaleStore, StoreFault};
use crate::sale::{self, Sale};
use crate::{CountryCode, Customer, CustomerKey, DealershipId, Delivery, EmployeeId, Plan, SaleId};
use jiff::{SignedDuration, Timestamp};

/// What the employee captured, and who that is.
#[derive(Debug, Clone)]
pub struct Input {
    /// A fresh id.
    pub id: SaleId,
    /// The employee's dealership.
    pub dealership: DealershipId,
    /// Its country.
    pub country: CountryCode,
    /// The employee.
    pub employee: EmployeeId,
    /// The customer, with a fresh id in case the e-mail address is new.
    pub customer: Customer,
    /// What is sold.
    pub plan: Plan,
    /// For how much.
    pub terms: Terms,
    /// Where it goes.
    pub delivery: Delivery,
    /// How long the customer has to pay the señal.
    pub signal_payment_window: SignedDuration,
    /// The request, if it can be repeated.
    pub request: Option<RequestKey>,
}

/// Why no sale was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The key was used with another content.
    #[error("the Idempotency-Key was used with another request")]
    KeyReused,
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Stores the sale in one call to the store (two for a customer who bought before). The answer is the sale's id: a
/// fresh one, or that of the same request's first try.
pub async fn register_sale(store: &impl SaleStore, input: Input, now: Timestamp) -> Result<SaleId, Failure> {
    let Input { id, dealership, country, employee, customer, plan, terms, delivery, signal_payment_window, request } = input;
    let pay_signal_by = now.checked_add(signal_payment_window).unwrap_or(Timestamp::MAX);
    let key = CustomerKey::of(&customer.email);
    let sale = Sale::register(sale::Registered { id, dealership, country, customer: key, terms, pay_signal_by }, now);
    let mut details = Details { customer, plan, delivery, registered_by: employee, registered_at: now };
    let mut known_customer = false;
    // A second turn only for a known customer; a third only if that customer was erased in between.
    for _ in 0..3 {
        let new = NewSale { sale: &sale, details: &details, known_customer, request: request.as_ref() };
        match store.register(new).await? {
            Registered::Stored => return Ok(id),
            Registered::Repeated(first) => return Ok(first),
            Registered::KeyReused => return Err(Failure::KeyReused),
            Registered::KnownCustomer(known) => {
                details.customer.id = known;
                known_customer = true;
            }
        }
    }
    Err(StoreFault::Unavailable.into())
}
