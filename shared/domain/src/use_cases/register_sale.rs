//! An employee registers a sale.

use crate::country::DocumentKind;
use crate::ids::FileDigest;
use crate::plan::NotOffered;
use crate::ports::{
    Details, Document, NewSale, PlanStore, Registered, RequestKey, SaleStore, StoreError,
    TooManyUnpaid, UnpaidLimits,
};
use crate::sale::{self, Sale, StockClaim};
use crate::vehicle::NotInStock;
use crate::{
    CountryCode, Customer, CustomerKey, DealershipId, Delivery, EmployeeId, OptionCode, PlanCode,
    SaleId, Sold, Vin, ZoneName,
};
use jiff::{SignedDuration, Timestamp};

/// What the employee captured, and who that is.
#[derive(Debug, Clone)]
pub struct Input {
    /// A fresh id.
    pub id: SaleId,
    /// The employee's dealership.
    pub dealership: DealershipId,
    /// The dealership's country, whose prices hold and whose authority registers.
    pub country: CountryCode,
    /// The dealership's zone.
    pub zone: ZoneName,
    /// The employee, by the id in the token (`sub`).
    pub employee: EmployeeId,
    /// The customer, with a fresh id in case the e-mail address is new.
    pub customer: Customer,
    /// Whether the e-mail address may be a known customer's of another name, as the desk has made
    /// sure.
    pub known_customer: bool,
    /// What is sold, for how much.
    pub sold: Sold,
    /// Where it goes.
    pub delivery: Delivery,
    /// What is on file for the authority already.
    pub documents: Vec<(DocumentKind, FileDigest)>,
    /// The stock vehicle that the sale takes; `None`: the factory builds one.
    pub vehicle: Option<Vin>,
    /// How long the customer has to pay the señal.
    pub signal_payment_window: SignedDuration,
    /// How long the customer of a stock vehicle has to pay the balance after that.
    pub final_payment_window: SignedDuration,
    /// How many sales may wait for their señal.
    pub limits: UnpaidLimits,
    /// The request, if it can be repeated.
    pub request: Option<RequestKey>,
}

/// Why no sale was registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The key was used with another content.
    #[error("the Idempotency-Key was used with another request")]
    KeyReused,
    /// The desk has to make sure whose sale it is.
    #[error(transparent)]
    EmailOfAnother(#[from] EmailOfAnother),
    /// The plan isn't sold so.
    #[error(transparent)]
    NotOffered(#[from] NotOffered),
    /// The vehicle can't be taken.
    #[error(transparent)]
    NotInStock(#[from] NotInStock),
    /// Others have to be paid, or cancelled, first.
    #[error(transparent)]
    TooManyUnpaid(#[from] TooManyUnpaid),
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The e-mail address is a customer's of another name: the sale would be in that customer's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the e-mail address is a customer's of another name")]
pub struct EmailOfAnother;

/// A sale that is registered: by this request, or by its first try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The first try's id, for a repeated request.
    pub sale: SaleId,
    /// As it was sold.
    pub sold: Sold,
}

/// What these options of that plan cost in the country.
pub async fn price(
    plans: &impl PlanStore,
    code: &PlanCode,
    options: &[OptionCode],
    country: CountryCode,
) -> Result<Sold, Error> {
    let plan = plans.plan(code).await?.ok_or(NotOffered::Plan)?;
    Ok(plan.sell(country, options)?)
}

/// The answer of the request's first try, if there was one: it stays, though the plan may not be
/// offered any more.
pub async fn answered(store: &impl SaleStore, request: &RequestKey) -> Result<Option<Done>, Error> {
    match store.answered(request).await? {
        Some(Registered::Repeated(sale, sold)) => Ok(Some(Done { sale, sold: *sold })),
        Some(Registered::KeyReused) => Err(Error::KeyReused),
        _ => Ok(None),
    }
}

/// Stores the sale in one call to the store (two for a customer who bought before).
pub async fn register_sale(
    store: &impl SaleStore,
    input: Input,
    now: Timestamp,
) -> Result<Done, Error> {
    let Input {
        id,
        dealership,
        country,
        zone,
        employee,
        customer,
        sold,
        delivery,
        documents,
        vehicle,
        known_customer: may_be_another,
        limits,
        request,
        ..
    } = input;
    let on_file = documents.iter().map(|(kind, _)| *kind).collect();
    let document = |(kind, sha256)| Document { kind, sha256, by: employee.clone(), at: now };
    let documents = documents.into_iter().map(document).collect();
    let pay_signal_by = now.checked_add(input.signal_payment_window).unwrap_or(Timestamp::MAX);
    let key = CustomerKey::of(&customer.email);
    let terms = sold.terms;
    let final_payment_seconds = input.final_payment_window.as_secs();
    let stock = vehicle.map(|vehicle| StockClaim { vehicle, final_payment_seconds });
    let registered = sale::Registered {
        id,
        dealership,
        country,
        zone,
        registered_by: employee,
        customer: key,
        terms,
        stock,
        documents: on_file,
        pay_signal_by,
    };
    let sale = Sale::register(registered, now);
    let mut details = Details {
        customer,
        plan: sold.plan,
        delivery,
        registered_at: now,
        documents,
        corrections: Vec::new(),
    };
    let mut known_customer = false;
    // A second turn only for a known customer; a third only if that customer was erased in between.
    for _ in 0..3 {
        let new = NewSale {
            sale: &sale,
            details: &details,
            known_customer,
            limits,
            request: request.as_ref(),
        };
        match store.register(new).await? {
            Registered::Stored => {
                return Ok(Done { sale: id, sold: Sold { plan: details.plan, terms } });
            }
            Registered::Repeated(first, sold) => return Ok(Done { sale: first, sold: *sold }),
            Registered::KeyReused => return Err(Error::KeyReused),
            Registered::NotInStock(why) => return Err(why.into()),
            Registered::TooManyUnpaid(whose) => return Err(whose.into()),
            Registered::KnownCustomer(known) => {
                if !may_be_another && !known.full_name.is_like(&details.customer.full_name) {
                    return Err(EmailOfAnother.into());
                }
                details.customer.id = known.id;
                known_customer = true;
            }
        }
    }
    Err(StoreError::Unavailable.into())
}
