//! What became of the sales that a dealership registered in a month.

use crate::ports::{SaleFilter, SaleIndex, StoreError};
use crate::sale::{Balances, Status};
use crate::use_cases::list_sales::list_sales;
use crate::{DealershipId, Sale};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// More than any dealership sells in a month, in pages of the store; it bounds what one request
/// reads.
const PAGES: u16 = 200;

/// A month's sales, as they stand now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many were registered.
    pub sold: u64,
    /// How many have each status.
    pub by_status: BTreeMap<Status, u64>,
    /// What each account holds of their money, by currency.
    pub ledger: BTreeMap<&'static str, Balances>,
    /// How long they were in each status that they have left, in the mean.
    pub stages: BTreeMap<Status, Stay>,
    /// Whether there are more than are reported on.
    pub is_partial: bool,
}

/// How long sales were in a status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stay {
    /// How many left it.
    pub sales: u32,
    total: SignedDuration,
}

impl Stay {
    /// The mean stay of those that left it; zero if none did.
    pub fn mean(self) -> SignedDuration {
        self.total.checked_div(i32::try_from(self.sales).unwrap_or(i32::MAX)).unwrap_or_default()
    }
}

/// Reports on what was registered from the one moment to before the other.
pub async fn report(
    store: &impl SaleIndex,
    dealership: &DealershipId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Report, StoreError> {
    let filter = SaleFilter::Registered { by: None, from, to };
    let page = list_sales(store, dealership, &filter, None, PAGES).await?;
    let mut report = Report { is_partial: page.next.is_some(), ..Report::default() };
    for (sale, _) in &page.sales {
        report.add(sale);
    }
    Ok(report)
}

impl Report {
    fn add(&mut self, sale: &Sale) {
        self.sold = self.sold.saturating_add(1);
        let with_status = self.by_status.entry(sale.status()).or_default();
        *with_status = with_status.saturating_add(1);
        let ledger = self.ledger.entry(sale.terms.price().currency().code()).or_default();
        for (account, amount) in sale.balances() {
            let held = ledger.entry(account).or_default();
            *held = held.saturating_add(amount);
        }
        let mut changes = sale.facts.iter().filter_map(|fact| Some((fact.0.status()?, fact.1)));
        let Some((mut status, mut since)) = changes.next() else { return };
        // A milestone on the way leaves the status as it is.
        for (next, at) in changes.filter(|(next, _)| *next != Status::PaymentFailed) {
            if next != status {
                let stay = self.stages.entry(status).or_default();
                stay.sales = stay.sales.saturating_add(1);
                stay.total = stay.total.saturating_add(at.duration_since(since));
                (status, since) = (next, at);
            }
        }
    }
}
