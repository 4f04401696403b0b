//! A mail came back, or its reader complained.

use super::commit::{ChangeError, commit};
use crate::ports::SaleStore;
use crate::sale::Command;
use crate::{CustomerKey, EmailAddress};
use jiff::Timestamp;

/// Puts it before the dealership, in each of the customer's purchases that are under way: mails for
/// them stop until a manager has seen to it. Answers how many those are; an address of nobody's is
/// none.
pub async fn take_undeliverable(
    store: &impl SaleStore,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<usize, ChangeError> {
    let mut told = 0_usize;
    for id in store.sales_of(&CustomerKey::of(address)).await? {
        let Some(sale) = store.sale(id).await? else { continue };
        if sale.status().is_over() {
            continue;
        }
        commit(store, sale, Command::ReportUndeliverable, now).await?;
        told = told.saturating_add(1);
    }
    Ok(told)
}
