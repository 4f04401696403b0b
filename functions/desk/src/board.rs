//! The board: the dealership's sales as columns of the lifecycle, what needs somebody first. It
//! reads a page of each status that is under way, or the newest sales of a filter: as many reads
//! among a million sales as among ten.

use crate::field::Choice;
use crate::pages::Frame;
use crate::words::Words;
use crate::{Desk, Parts};
use domain::ports::{Details, PlanStore, SALES_PAGE, SaleFilter, SaleIndex, StoreError};
use domain::sale::{Account, CaseKind, PaymentKind, Sale, Status};
use domain::use_cases::find_sales::{Reference, find_sales};
use domain::use_cases::list_sales::{Page as Listed, list_sales};
use domain::{Currency, EmailAddress, EmployeeId, OrderId, PlanCode, Plate, Vin, ZoneName};
use edge::http::Page;
use edge::{Employee, Operation, Problem, Request};
use futures_util::future::try_join_all;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// What is due so soon is shown before it is overdue.
const SOON: SignedDuration = SignedDuration::from_hours(48);
/// How many pages of the newest sales a filter, a name or a phone number is looked for in.
pub(crate) const PAGES: u16 = 4;

/// The statuses of each column. What is over isn't on the board.
const COLUMNS: [&[Status]; 6] = [
    &[Status::SaleRegistered],
    &[Status::ReservationPaid, Status::OrderPlaced],
    &[Status::Manufacturing],
    &[Status::VehicleReady, Status::FinalPaymentPending],
    &[Status::PaymentReceived],
    &[Status::VehicleRegistered, Status::ReadyForDelivery],
];

/// What a sale needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Overdue,
    Case(CaseKind),
    Documents,
    Soon,
    Nothing,
}

impl Need {
    /// What this sale needs at `now`.
    pub(crate) fn of(sale: &Sale, now: Timestamp) -> Self {
        let left = sale.due_at().map(|due| due.duration_since(now));
        let awaits_documents =
            sale.status() == Status::PaymentReceived && !sale.missing_documents().is_empty();
        // Missing documents have a need of their own, and hide no other case.
        let case = sale.open_cases().find(|case| case.kind != CaseKind::DocumentsMissing);
        match (left, case) {
            (Some(left), _) if left.is_negative() => Self::Overdue,
            (_, Some(case)) => Self::Case(case.kind),
            _ if awaits_documents || sale.has_open_case(CaseKind::DocumentsMissing) => {
                Self::Documents
            }
            (Some(left), _) if left < SOON => Self::Soon,
            _ => Self::Nothing,
        }
    }

    /// Its place in a column, the most urgent first.
    fn place(self) -> u8 {
        match self {
            Self::Overdue => 0,
            Self::Case(_) => 1,
            Self::Documents => 2,
            Self::Soon => 3,
            Self::Nothing => 4,
        }
    }

    /// The class of its colour.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Case(_) => "case",
            Self::Documents => "waits",
            Self::Soon => "soon",
            Self::Nothing => "fine",
        }
    }

    /// The same in words, for those who don't see colours.
    pub(crate) fn said(self, words: &Words) -> &'static str {
        match self {
            Self::Overdue => words.is_overdue,
            Self::Case(kind) => (words.case)(kind),
            Self::Documents => words.documents_missing,
            Self::Soon => words.due_soon,
            Self::Nothing => "",
        }
    }
}

/// A sale in a column or a list.
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) vehicle: String,
    pub(crate) status: &'static str,
    pub(crate) seller: String,
    pub(crate) due: Option<String>,
    pub(crate) need: &'static str,
    pub(crate) class: &'static str,
}

impl Card {
    /// A sale, with what it needs.
    pub(crate) fn new((sale, details): &(Sale, Details), frame: &Frame, now: Timestamp) -> Self {
        let (need, zone) = (Need::of(sale, now), sale.zone().time_zone());
        let (words, formats) = (frame.words, frame.formats());
        Self {
            id: sale.id.to_string(),
            customer: details.customer.full_name.as_str().to_owned(),
            vehicle: details.plan.shown(frame.language).to_owned(),
            status: (words.status)(sale.status()),
            seller: sale.registered_by.to_string(),
            due: sale
                .due_at()
                .map(|due| format!("{} {}", words.due_by, formats.moment(due, &zone))),
            need: need.said(words),
            class: need.class(),
        }
    }
}

/// A part of the lifecycle.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) cards: Vec<Card>,
    /// Whether there are more than are shown.
    pub(crate) more: bool,
}

/// A number on top, and what it counts.
pub(crate) struct Count {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    pub(crate) number: usize,
    /// The work list that has them.
    pub(crate) list: Option<&'static str>,
}

/// Money on top, of the sales on the page alone.
pub(crate) struct Amount {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    /// In each currency that there is.
    pub(crate) sum: String,
}

/// All that the board shows.
pub(crate) struct Board {
    pub(crate) counts: Vec<Count>,
    pub(crate) money: Vec<Amount>,
    pub(crate) columns: Vec<Column>,
    pub(crate) plans: Vec<Choice>,
    pub(crate) asked: Asked,
}

/// The filter, as it was typed.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) employee: String,
    pub(crate) plan: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let text = |name| request.query(name).unwrap_or_default().trim().to_owned();
        Self { employee: text("employee"), plan: text("plan"), from: text("from"), to: text("to") }
    }

    /// By what the newest sales are listed; `None`: by nothing. What can't be read asks for nothing.
    fn filter(&self, zone: &ZoneName) -> Option<SaleFilter> {
        let by = EmployeeId::parse(&self.employee).ok();
        let midnight = |day: Date| {
            let zoned = day.to_zoned(zone.time_zone()).ok()?;
            Some(zoned.timestamp())
        };
        let from = self.from.parse().ok().and_then(midnight);
        let to = self.to.parse().ok().and_then(|day: Date| midnight(day.tomorrow().ok()?));
        if by.is_none() && from.is_none() && to.is_none() {
            return None;
        }
        let (from, to) = (from.unwrap_or(Timestamp::UNIX_EPOCH), to.unwrap_or(Timestamp::MAX));
        Some(SaleFilter::Registered { by, from, to })
    }

    fn takes(&self, details: &Details) -> bool {
        PlanCode::parse(&self.plan).map_or(true, |plan| details.plan.code == plan)
    }
}

impl<P: Parts> Desk<'_, P> {
    /// The board of the employee's dealership.
    pub(crate) async fn board(
        &self,
        frame: Frame,
        employee: &Employee,
        request: &Request,
    ) -> Result<Page, Problem> {
        employee.may(Operation::ListSales)?;
        let (asked, now) = (Asked::of(request), request.now());
        let found = match asked.filter(&employee.zone) {
            Some(filter) => {
                let page = list_sales(self.store, &employee.dealership, &filter, None, PAGES);
                let Listed { sales, next } = page.await?;
                COLUMNS.map(|statuses| {
                    let of_column =
                        |(sale, _): &&(Sale, Details)| statuses.contains(&sale.status());
                    (sales.iter().filter(of_column).cloned().collect(), next.is_some())
                })
            }
            None => columns(self.store, employee).await?,
        };
        let plans = self.plans.plans().await?;
        let plans = plans.iter().map(|plan| Choice {
            value: plan.code.as_str().to_owned(),
            name: plan.shown(frame.language).to_owned(),
        });
        let board = board(found, asked, plans.collect(), &frame, now);
        Ok(frame.board(board).versioned(request.headers(), ""))
    }

    /// Sales by whatever is in hand: what has an index by it; a name or a phone number among those
    /// that are under way.
    pub(crate) async fn find(
        &self,
        frame: Frame,
        employee: &Employee,
        request: &Request,
    ) -> Result<Page, Problem> {
        employee.may(Operation::FindSales)?;
        let wanted = request.query("q").unwrap_or_default().trim().to_owned();
        let mut found: Vec<(Sale, Details)> = Vec::new();
        for reference in references(&wanted) {
            found = find_sales(self.store, &employee.dealership, &reference).await?;
            if !found.is_empty() {
                break;
            }
        }
        if found.is_empty() && wanted.chars().count() >= SHORTEST {
            let under_way = columns(self.store, employee).await?;
            let sales = under_way.into_iter().flat_map(|(sales, _)| sales);
            found = sales.filter(|(_, details)| is_of(details, &wanted)).collect();
        }
        let cards = found.iter().map(|sale| Card::new(sale, &frame, request.now()));
        let list = crate::lists::WorkList::found(wanted, cards.collect(), frame.words);
        Ok(frame.list(list))
    }
}

/// The shortest part of a name or a phone number that is looked for, in characters.
const SHORTEST: usize = 3;

/// What a text may be that has an index, the likeliest first.
fn references(text: &str) -> Vec<Reference> {
    let email = EmailAddress::parse(text).ok().filter(|_| text.contains('@'));
    if let Some(email) = email {
        return vec![Reference::Email(email)];
    }
    let vehicle = Vin::parse(text).ok().map(Reference::Vehicle);
    let order = OrderId::parse(text).ok().map(Reference::Order);
    let plate = Plate::parse(text).ok().map(Reference::Plate);
    [vehicle, order, plate].into_iter().flatten().collect()
}

/// Whether a part of the customer's name or phone number is this.
fn is_of(details: &Details, wanted: &str) -> bool {
    let folded = |text: &str| text.to_lowercase();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (customer, number) = (&details.customer, digits(wanted));
    folded(customer.full_name.as_str()).contains(&folded(wanted))
        || (number.len() >= SHORTEST && digits(customer.phone.as_str()).contains(&number))
}

/// The sales of a column, and whether there are more.
type Found = (Vec<(Sale, Details)>, bool);

/// A page of each status: two reads, and none for the details where there is nothing.
async fn columns(
    store: &impl SaleIndex,
    employee: &Employee,
) -> Result<[Found; COLUMNS.len()], StoreError> {
    // All at once: somebody waits for the page.
    let columns = COLUMNS.into_iter().enumerate();
    let reads = columns.flat_map(|(column, statuses)| {
        statuses.iter().map(move |status| async move {
            let filter = SaleFilter::Status(*status);
            let page = list_sales(store, &employee.dealership, &filter, None, 1).await?;
            Ok::<_, StoreError>((column, page))
        })
    });
    let mut found: [Found; COLUMNS.len()] = Default::default();
    for (column, page) in try_join_all(reads).await? {
        if let Some((sales, more)) = found.get_mut(column) {
            *more |= page.next.is_some() && page.sales.len() >= usize::from(SALES_PAGE);
            sales.extend(page.sales);
        }
    }
    Ok(found)
}

fn board(
    found: [Found; COLUMNS.len()],
    asked: Asked,
    plans: Vec<Choice>,
    frame: &Frame,
    now: Timestamp,
) -> Board {
    let words = frame.words;
    let found = found.map(|(sales, more)| {
        let taken = sales.into_iter().filter(|(_, details)| asked.takes(details));
        let mut sales: Vec<_> = taken.collect();
        sales.sort_by_key(|(sale, _)| (Need::of(sale, now).place(), sale.due_at()));
        (sales, more)
    });
    let needs: Vec<Need> = found
        .iter()
        .flat_map(|(sales, _)| sales.iter().map(|(sale, _)| Need::of(sale, now)))
        .collect();
    let count = |name, class, list, is: fn(&Need) -> bool| Count {
        name,
        class,
        list,
        number: needs.iter().filter(|need| is(need)).count(),
    };
    let cases = Some("cases").filter(|_| frame.may(Operation::ListCases));
    let counts = vec![
        count(words.under_way, "all", None, |_| true),
        count(words.is_overdue, "overdue", Some("overdue"), |need| *need == Need::Overdue),
        count(words.cases, "case", cases, |need| matches!(need, Need::Case(_))),
        count(words.documents_missing, "waits", Some("documents"), |need| *need == Need::Documents),
        count(words.due_soon, "soon", None, |need| *need == Need::Soon),
    ];
    let money = money(found.iter().flat_map(|(sales, _)| sales).map(|(sale, _)| sale), frame, now);
    let columns = found.into_iter().zip(words.columns).map(|((sales, more), name)| Column {
        name,
        cards: sales.iter().map(|sale| Card::new(sale, frame, now)).collect(),
        more,
    });
    Board { counts, money, columns: columns.collect(), plans, asked }
}

/// What the customers of these sales have to pay, what of it is overdue, and what came and is still
/// there.
fn money<'a>(sales: impl Iterator<Item = &'a Sale>, frame: &Frame, now: Timestamp) -> Vec<Amount> {
    let mut sums: [BTreeMap<&str, i64>; 3] = Default::default();
    for sale in sales {
        let currency = sale.terms.price().currency().code();
        let due = PaymentKind::ALL.into_iter().filter_map(|kind| {
            let amount = i64::try_from(sale.amount_due(kind).minor()).unwrap_or(i64::MAX);
            Some((usize::from(sale.payment_deadline(kind)? < now), amount))
        });
        let balances = sale.balances();
        let there = [Account::Gateway, Account::Bank].map(|account| balances.get(&account));
        let there = there.into_iter().flatten().map(|held| (2, *held));
        for (place, amount) in due.chain(there) {
            // INVARIANT: the place is one of the three.
            let Some(sums) = sums.get_mut(place) else { continue };
            let sum = sums.entry(currency).or_default();
            *sum = sum.saturating_add(amount);
        }
    }
    let words = frame.words;
    let names =
        [(words.awaited, "all"), (words.is_overdue, "overdue"), (words.received, "received")];
    let amounts = names.into_iter().zip(sums).filter_map(|((name, class), sums)| {
        let sums = sums
            .into_iter()
            .filter_map(|(code, sum)| Some(frame.formats().sum(sum, Currency::from_code(code)?)));
        let sum = sums.collect::<Vec<_>>().join(" · ");
        (!sum.is_empty()).then_some(Amount { name, class, sum })
    });
    amounts.collect()
}
