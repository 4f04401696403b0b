//! The factory's progress: told by its webhooks, or asked for when it has been silent too long.

use super::commit::{ChangeError, commit};
use crate::ports::{Factory, PartnerError, SaleStore};
use crate::sale::{Command, Expected, Milestone, Sale, Trouble};
use crate::{OrderId, Reason, SaleId, Vin};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// What a webhook says.
#[derive(Debug, Clone)]
pub struct Update {
    /// The reference that the order was placed under: the sale.
    pub sale: SaleId,
    /// The factory's order id.
    pub order: OrderId,
    /// How far it is.
    pub milestone: Milestone,
    /// The vehicle, once it has an id.
    pub vehicle: Option<Vin>,
    /// A new estimate, if any.
    pub estimated_delivery: Option<Date>,
    /// Why it moved, if the factory said.
    pub reason: Option<Reason>,
}

/// What the deployment sets for what the factory tells.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long the customer has to pay the balance once told.
    pub final_payment_window: SignedDuration,
    /// By how many days an estimate may move before the customer is told.
    pub tell_beyond: u16,
}

/// Takes a webhook in: one read, and one write if it tells something new.
pub async fn take_factory_update(
    store: &impl SaleStore,
    update: Update,
    settings: Settings,
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let Update { sale, order, milestone, vehicle, estimated_delivery, reason } = update;
    let Settings { final_payment_window, tell_beyond } = settings;
    let sale = store.sale(sale).await?.ok_or(ChangeError::NotFound)?;
    let report = Command::ReportMilestone {
        order,
        milestone,
        vehicle,
        estimated_delivery: estimated_delivery.map(|date| Expected { date, reason, tell_beyond }),
        final_payment_window,
    };
    commit(store, sale, report, now).await
}

/// Takes a webhook in that an order doesn't go on.
pub async fn take_factory_trouble(
    store: &impl SaleStore,
    sale: SaleId,
    (order, trouble): (OrderId, Trouble),
    now: Timestamp,
) -> Result<Sale, ChangeError> {
    let sale = store.sale(sale).await?.ok_or(ChangeError::NotFound)?;
    commit(store, sale, Command::ReportTrouble { order, trouble }, now).await
}

/// Why the factory's state is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckOrderError {
    /// The factory gave no clear answer: try again.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Asks the factory how far an overdue order is and takes the answer in as a webhook's.
pub async fn check_factory_order(
    store: &impl SaleStore,
    factory: &impl Factory,
    id: SaleId,
    settings: Settings,
    now: Timestamp,
) -> Result<Sale, CheckOrderError> {
    let sale = store.sale(id).await.map_err(ChangeError::from)?.ok_or(ChangeError::NotFound)?;
    let Some(order) = sale.order().map(|order| order.id.clone()) else { return Ok(sale) };
    let report = factory.report(&order).await?;
    let Some(milestone) = report.milestone else { return Ok(sale) };
    let Settings { final_payment_window, tell_beyond } = settings;
    let estimated = |date| Expected { date, reason: None, tell_beyond };
    let (vehicle, estimated_delivery) = (report.vehicle, report.estimated_delivery.map(estimated));
    let command = Command::ReportMilestone {
        order,
        milestone,
        vehicle,
        estimated_delivery,
        final_payment_window,
    };
    Ok(commit(store, sale, command, now).await?)
}
