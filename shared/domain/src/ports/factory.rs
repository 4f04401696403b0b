//! The factory: orders are placed with it, and it is asked how far they are.

use super::PartnerError;
use crate::sale::{Milestone, Order};
use crate::{Address, BasePlatform, CustomerId, DealershipId, OptionCode, OrderId, SaleId, Vin};
use jiff::Timestamp;
use jiff::civil::Date;

/// The factory's order API. Its reports come by webhooks as well.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete factory"
)]
pub trait Factory {
    /// Places an order, or repeats the answer of the same sale's.
    async fn place(&self, order: &OrderRequest) -> Result<Order, FactoryError>;
    /// How far an order is.
    async fn report(&self, order: &OrderId) -> Result<OrderReport, PartnerError>;
}

/// An order for the factory (R-19 of `docs/requirements.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRequest {
    /// The sale, which is the call's idempotency key and the webhooks' `reference`.
    pub sale: SaleId,
    /// Our internal id of the customer: the factory learns no name.
    pub customer: CustomerId,
    /// The vehicle platform to build, by the plan's code for it.
    pub base_platform: BasePlatform,
    /// The options to build in, each once.
    pub options: Vec<OptionCode>,
    /// Where it goes.
    pub delivery: DeliveryLocation,
    /// When the order was made.
    pub order_date: Timestamp,
}

/// Where the factory delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryLocation {
    /// To a dealership.
    Dealership(DealershipId),
    /// To a customer's address, by way of the dealership.
    Customer(DealershipId, Address),
}

/// The factory did not take the order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactoryError {
    /// It can't or won't build this.
    #[error("the factory refused: {0}")]
    Refused(String),
    /// It may have acted all the same: try again under the same key.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
}

/// How far an order is, as the factory says when asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReport {
    /// The furthest milestone, if any.
    pub milestone: Option<Milestone>,
    /// The vehicle, once it has an id.
    pub vehicle: Option<Vin>,
    /// The current estimate.
    pub estimated_delivery: Option<Date>,
}
