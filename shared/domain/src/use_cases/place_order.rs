//! The factory order, placed by itself once the señal is paid (R-18 of `docs/requirements.md`).

use super::commit::{ChangeError, commit};
use crate::ports::{
    DeliveryLocation, Details, Factory, FactoryError, OrderRequest, PartnerError, SaleStore,
};
use crate::sale::{Command, Rejection, Sale, Stage, Status};
use crate::{Delivery, SaleId};
use jiff::{SignedDuration, Timestamp};

/// Why the order is not placed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceOrderError {
    /// The factory gave no clear answer: try again under the same key.
    #[error(transparent)]
    PartnerError(#[from] PartnerError),
    /// The load, the decision or the commit failed; see [`ChangeError`].
    #[error(transparent)]
    Failed(#[from] ChangeError),
}

/// Places the order: intent, call, outcome. A refusal ends the sale and is a rejection of kind
/// [`Rejection::Ended`]. A factory that can't be reached for longer than `patience` is a case for
/// people, until it can be.
pub async fn place_factory_order(
    store: &impl SaleStore,
    factory: &impl Factory,
    id: SaleId,
    patience: SignedDuration,
    now: Timestamp,
) -> Result<Sale, PlaceOrderError> {
    let (sale, details) = store
        .sale_with_details(id)
        .await
        .map_err(ChangeError::from)?
        .ok_or(ChangeError::NotFound)?;
    let sale = commit(store, sale, Command::RequestOrder, now).await?;
    let Stage::ReservationPaid { order_requested_at: Some(requested_at) } = sale.stage else {
        return Ok(sale);
    };
    let order_date = Timestamp::from_millisecond(requested_at).unwrap_or(now);
    let command = match factory.place(&order_request(&sale, details, order_date)).await {
        Ok(order) => Command::ConfirmOrder(order),
        Err(FactoryError::Refused(reason)) => Command::RefuseOrder { reason },
        Err(FactoryError::PartnerError(fault)) => {
            let asked_before = now.checked_sub(patience).unwrap_or(Timestamp::MIN);
            commit(store, sale, Command::MissFactory { asked_before }, now).await?;
            return Err(fault.into());
        }
    };
    let sale = commit(store, sale, command, now).await?;
    match sale.status() {
        Status::OrderRejected => {
            Err(ChangeError::Rejected(Rejection::Ended(Status::OrderRejected)).into())
        }
        _ => Ok(sale),
    }
}

fn order_request(sale: &Sale, details: Details, order_date: Timestamp) -> OrderRequest {
    let Details { customer, plan, delivery, .. } = details;
    let delivery = match delivery {
        Delivery::Dealership => DeliveryLocation::Dealership(sale.dealership.clone()),
        Delivery::CustomerAddress { address } => {
            DeliveryLocation::Customer(sale.dealership.clone(), address)
        }
    };
    OrderRequest {
        sale: sale.id,
        customer: customer.id,
        base_platform: plan.base_platform,
        options: plan.options,
        delivery,
        order_date,
    }
}
