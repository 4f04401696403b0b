//! A wait for money timed out: decide again from the table, whatever the workflow believes.

use super::commit::{ChangeError, commit};
use super::pay::settle;
use crate::SaleId;
use crate::ports::{PaymentGateway, SaleStore};
use crate::sale::{Command, PaymentKind, Rejection};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Where the workflow goes from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// It was paid after all.
    Proceed,
    /// Money is on its way, or the deadline is later: wait a little more.
    Wait,
    /// The customer was reminded of the deadline of the balance: wait until it has passed.
    WaitForDeadline,
    /// The sale is over.
    End,
}

/// The wait for the señal timed out: the sale lapses, unless money came or is on its way.
pub async fn lapse_sale(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    id: SaleId,
    now: Timestamp,
) -> Result<Next, ChangeError> {
    time_out(store, gateway, id, PaymentKind::Signal, Command::Lapse, now).await
}

/// The wait for the balance timed out: the vehicle is sin asignar, unless money came or is on its
/// way. Before the deadline the customer is reminded of it, as long as `lead` before.
pub async fn unassign_vehicle(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    id: SaleId,
    lead: SignedDuration,
    now: Timestamp,
) -> Result<Next, ChangeError> {
    let next = time_out(store, gateway, id, PaymentKind::Balance, Command::Unassign, now).await?;
    if next != Next::Wait {
        return Ok(next);
    }
    let sale = store.sale(id).await?.ok_or(ChangeError::NotFound)?;
    let sale = commit(store, sale, Command::Remind { lead }, now).await?;
    let left = sale.pay_by().map_or(SignedDuration::ZERO, |pay_by| pay_by.duration_since(now));
    // Not so near the deadline that a wait of the whole lead would end long after it.
    Ok(if left <= lead && left > lead / 2 { Next::WaitForDeadline } else { Next::Wait })
}

async fn time_out(
    store: &impl SaleStore,
    gateway: &impl PaymentGateway,
    id: SaleId,
    kind: PaymentKind,
    command: Command,
    now: Timestamp,
) -> Result<Next, ChangeError> {
    let sale = store.sale(id).await?.ok_or(ChangeError::NotFound)?;
    let sale = settle(store, gateway, sale, kind, now).await?;
    match commit(store, sale, command, now).await {
        Ok(sale) if sale.status().is_lost() => Ok(Next::End),
        Ok(_) => Ok(Next::Proceed),
        Err(ChangeError::Rejected(Rejection::Ended(_))) => Ok(Next::End),
        Err(ChangeError::Rejected(Rejection::StillWaiting)) => Ok(Next::Wait),
        Err(failure) => Err(failure),
    }
}
