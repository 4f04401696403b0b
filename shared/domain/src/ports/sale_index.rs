//! Sales found by something else than their id: by what the back office looks for, by an open case,
//! by what the gateway has not settled.

use super::{Details, StoreError};
use crate::sale::Status;
use crate::{DealershipId, EmployeeId, OrderId, Plate, Sale, SaleId, Vin};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// Sales by what the back office looks for. Each answer comes from an index that follows a commit
/// within a moment.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait SaleIndex {
    /// A page of the dealership's sales, [`SALES_PAGE`] of them while there are more.
    async fn list(
        &self,
        dealership: &DealershipId,
        filter: &SaleFilter,
        after: Option<SalePlace>,
    ) -> Result<Vec<SalePlace>, StoreError>;
    /// These sales and their details, [`SALES_PAGE`] at most, in this order. One that isn't there
    /// is left out.
    async fn sales(&self, ids: &[SaleId]) -> Result<Vec<(Sale, Details)>, StoreError>;
    /// The sales of the factory's order: one at most, unless the factory gave an id twice.
    async fn with_order(&self, order: &OrderId) -> Result<Vec<SaleId>, StoreError>;
    /// The vehicles with this plate: one at most, unless authorities of two countries gave it.
    async fn with_plate(&self, plate: &Plate) -> Result<Vec<Vin>, StoreError>;
}

/// What a dealership's people have to look at.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait OpenCases {
    /// The dealership's sales with an open case, the oldest case first.
    async fn with_open_cases(&self, dealership: &DealershipId) -> Result<Vec<Sale>, StoreError>;
    /// When the oldest case that is open was opened, of whichever dealership; `None`: none is open.
    async fn oldest_case(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// Sales in which something is open at the gateway.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait UnsettledSales {
    /// Every sale that is unsettled since `before` or longer ([`Sale::unsettled_since`]), in any
    /// order.
    async fn unsettled(&self, before: Timestamp) -> Result<Vec<SaleId>, StoreError>;
}

/// How many sales a page has: with their details a hundred items, as many as one read of the table
/// takes.
pub const SALES_PAGE: u16 = 50;

/// Which of a dealership's sales, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaleFilter {
    /// All, or one employee's, that were registered from the one moment to before the other; the
    /// newest first.
    Registered {
        /// The employee who registered them; `None` for everybody's.
        by: Option<EmployeeId>,
        /// From this moment on.
        from: Timestamp,
        /// Until before this one.
        to: Timestamp,
    },
    /// Those with this status: what is due or arranged first comes first, and without a date the
    /// oldest.
    Status(Status),
    /// Those in which what is awaited was due before this moment; the longest overdue first.
    Overdue(Timestamp),
}

impl SaleFilter {
    /// Whether the list goes on from such a place: one at its bounds or beyond is another list's,
    /// and no store finds it (DynamoDB: "outside query boundaries").
    pub fn holds(&self, place: SalePlace) -> bool {
        match self {
            Self::Registered { from, to, .. } => {
                SaleId::least_at(*from) < place.sale && place.sale < SaleId::least_at(*to)
            }
            Self::Status(_) => true,
            Self::Overdue(before) => place.at < *before,
        }
    }
}

/// A place in a list of sales, from which it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SalePlace {
    /// By what the list is ordered: when the sale is due, its delivery is arranged for, or it was
    /// registered.
    pub at: Timestamp,
    /// Tells two sales of one moment apart: ids are in the order of their moments.
    pub sale: SaleId,
}

impl SalePlace {
    /// Where a sale is among those of its status.
    pub fn of(sale: &Sale) -> Self {
        let arranged = || {
            let slot = &sale.appointment.as_ref()?.slot;
            on_a_dealerships_clock(slot.date.to_datetime(slot.time.unwrap_or_default()))
        };
        let at = sale.due_at().or_else(arranged);
        Self { at: at.unwrap_or_else(|| sale.registered_at()), sale: sale.id }
    }

    /// The place before every delivery that is arranged for this day or later.
    pub fn of_day(day: Date) -> Option<Self> {
        let at = on_a_dealerships_clock(day.to_datetime(Time::midnight()))?;
        Some(Self { at, sale: SaleId::least_at(Timestamp::UNIX_EPOCH) })
    }

    /// Parses what [`std::fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, sale) = text.split_once('.')?;
        Some(Self {
            at: Timestamp::from_millisecond(at.parse().ok()?).ok()?,
            sale: SaleId::parse(sale).ok()?,
        })
    }
}

impl std::fmt::Display for SalePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.as_millisecond(), self.sale)
    }
}

/// What stands for this hour in a list. All of a list is of one dealership, and so of one clock:
/// which hour of the world that is makes no difference, and needs no database of zones.
fn on_a_dealerships_clock(shown: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(shown).ok()
}
