//! A manager cancels a sale before its factory order.

use super::commit::{ChangeError, commit};
use super::pay::{EndError, end_open};
use crate::ports::{PaymentGateway, SaleStore};
use crate::sale::{Command, PaymentKind, Sale};
use crate::{DealershipId, EmployeeId, Reason, SaleId};
use jiff::Timestamp;

/// A manager's request.
#[derive(Debug, Clone)]
pub struct Input {
    /// The sale's id, from the request's path.
    pub sale: SaleId,
    /// The manager's dealership; another's sale doesn't exist for it.
    pub dealership: DealershipId,
    /// The manager, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// The manager's own words, up to 200 characters; they may name the customer.
    pub reason: Reason,
}

/// Cancels, once: a repeat finds the sale cancelled and leaves it so. A señal that waits for its
/// customer is ended first. The refund and the workflow's end follow by themselves.
pub async fn cancel_sale(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    input: Input,
    now: Timestamp,
) -> Result<Sale, EndError> {
    let Input { sale, dealership, by, reason } = input;
    let sale = store
        .sale(sale)
        .await
        .map_err(ChangeError::from)?
        .filter(|sale| sale.dealership == dealership)
        .ok_or(ChangeError::NotFound)?;
    let sale = end_open(store, gateway, sale, PaymentKind::Signal, now).await?;
    Ok(commit(store, sale, Command::Cancel { by, reason }, now).await?)
}
