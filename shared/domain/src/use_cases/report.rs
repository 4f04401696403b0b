//! What became of the sales that a dealership registered in a month.

use crate::ports::{SaleFilter, SaleIndex, StoreError};
use crate::sale::{Balances, Status};
use crate::use_cases::list_sales::list_sales;
use crate::{DealershipId, Sale, ZoneName};
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use std::collections::BTreeMap;
use std::fmt;

/// More than any dealership sells in a month, in pages of the store; it bounds what one request
/// reads.
const PAGES: u16 = 200;

/// A month of the calendar, such as 2026-03.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    first: Date,
    /// The first day of the month after it.
    next: Date,
}

impl Month {
    /// Parses a year of four digits and a month of two.
    pub fn parse(text: &str) -> Option<Self> {
        let first = format!("{text}-01").parse().ok().filter(|_| text.len() == 7)?;
        Self::from_first(first)
    }

    /// The month in which this moment is by the clock of that zone.
    pub fn of(at: Timestamp, zone: &ZoneName) -> Option<Self> {
        Self::from_first(at.to_zoned(zone.time_zone()).date().first_of_month())
    }

    fn from_first(first: Date) -> Option<Self> {
        Some(Self { first, next: first.checked_add(Span::new().months(1)).ok()? })
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.first
    }

    /// The month before it, unless that is before all calendars.
    pub fn before(self) -> Option<Self> {
        Self::from_first(self.first.checked_sub(Span::new().months(1)).ok()?)
    }

    /// The month after it.
    pub fn after(self) -> Option<Self> {
        Self::from_first(self.next)
    }

    /// Its first moment, and the next month's, where the zone's clock goes so far.
    pub fn bounds(self, zone: &ZoneName) -> Option<(Timestamp, Timestamp)> {
        let zone = zone.time_zone();
        let midnight = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp());
        Some((midnight(self.first)?, midnight(self.next)?))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_written_in_full() {
        for month in ["", "2026", "2026-13", "2026-3", "2026-03-01", "March", "-026-03"] {
            assert_eq!(Month::parse(month), None, "{month}");
        }
        let month = Month::parse("2026-01").unwrap();
        let around = [month.before(), Some(month), month.after()];
        assert_eq!(
            around.map(|month| month.unwrap().to_string()),
            ["2025-12", "2026-01", "2026-02"]
        );
    }

    #[test]
    fn a_month_begins_at_the_dealership() {
        let bounds = |zone: &str| {
            let zone = ZoneName::parse(zone).unwrap();
            let (from, to) = Month::parse("2026-03").unwrap().bounds(&zone).unwrap();
            assert_eq!(Month::of(from, &zone), Month::parse("2026-03"));
            assert_eq!(Month::of(to, &zone), Month::parse("2026-04"));
            [from.to_string(), to.to_string()]
        };
        assert_eq!(bounds("Europe/Madrid"), ["2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"]);
        assert_eq!(bounds("America/Martinique"), ["2026-03-01T04:00:00Z", "2026-04-01T04:00:00Z"]);
    }
}
