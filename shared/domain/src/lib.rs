//! The decision core of sales and order management.
//!
//! Nothing here knows AWS, HTTP, a clock, a random source or an executor: time and ids come in as
//! values, partners and stores as the traits in [`ports`]. A use case loads the aggregate, asks
//! [`sale::decide`], and commits what it says in one conditional write.

pub mod account;
pub mod contact;
pub mod country;
pub mod customer;
pub mod desk;
pub mod ids;
pub mod money;
pub mod names;
pub mod plan;
pub mod ports;
pub mod sale;
pub mod seller;
pub mod task_errors;
pub mod text;
pub mod time;
pub mod use_cases;
pub mod vat;
pub mod vehicle;
pub mod zone;

pub use customer::{
    Address, CountryCode, Customer, EmailAddress, FullName, Language, PhoneNumber, Reason, TaxId,
};
pub use ids::{
    AttemptId, CustomerId, CustomerKey, DealershipId, EmployeeId, OrderId, Plate, RegistrationId,
    SaleId, Vin,
};
pub use money::{Currency, Money};
pub use names::Names;
pub use plan::{BasePlatform, CommercialPlan, Delivery, OptionCode, Plan, PlanCode, Sold};
pub use sale::{Sale, Status};
pub use zone::ZoneName;
