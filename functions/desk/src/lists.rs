//! Work lists, each of whose lines leads to where its work is done; the stock.

use crate::board::{Card, PAGES};
use crate::pages::Frame;
use crate::words::Words;
use crate::{Desk, Parts};
use domain::ports::{Details, OpenCases, SaleFilter, SaleIndex, SalePlace};
use domain::sale::{Sale, Status};
use domain::use_cases::list_sales::list_sales;
use domain::use_cases::list_stock::{Input, list_stock};
use domain::{Language, Plan};
use edge::http::Page;
use edge::{Employee, Operation, Problem, Request};
use jiff::SignedDuration;

/// A list, and what there is to look for.
pub(crate) struct WorkList {
    pub(crate) title: &'static str,
    /// What was looked for, on the page of what was found.
    pub(crate) wanted: Option<String>,
    pub(crate) cards: Vec<Card>,
    pub(crate) rows: Vec<Row>,
    /// Where something is added to the list, from the desk's folder, and how that is called.
    pub(crate) way: Option<(&'static str, &'static str)>,
}

/// A line that is no sale.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) at: String,
    /// Where it leads, from the desk's folder, and how that is called.
    pub(crate) way: Option<(String, &'static str)>,
}

impl WorkList {
    /// A list of nothing yet.
    pub(crate) fn new(title: &'static str) -> Self {
        Self { title, wanted: None, cards: Vec::new(), rows: Vec::new(), way: None }
    }

    /// What was found.
    pub(crate) fn found(wanted: String, cards: Vec<Card>, words: &Words) -> Self {
        Self { wanted: Some(wanted), cards, ..Self::new(words.find) }
    }
}

impl<P: Parts> Desk<'_, P> {
    /// The sales in which this has to be done.
    pub(crate) async fn work_list(
        &self,
        frame: Frame,
        employee: &Employee,
        which: &str,
        request: &Request,
    ) -> Result<Page, Problem> {
        let (words, now, dealership) = (frame.words, request.now(), &employee.dealership);
        let operation = if which == "cases" { Operation::ListCases } else { Operation::ListSales };
        employee.may(operation)?;
        let of = async |filter: SaleFilter, after| -> Result<Vec<(Sale, Details)>, Problem> {
            Ok(list_sales(self.store, dealership, &filter, after, PAGES).await?.sales)
        };
        let (title, sales) = match which {
            "cases" => {
                let mut ids = self.store.with_open_cases(dealership).await?;
                ids.truncate(usize::from(domain::ports::SALES_PAGE));
                let ids: Vec<_> = ids.iter().map(|sale| sale.id).collect();
                let sales =
                    if ids.is_empty() { Vec::new() } else { self.store.sales(&ids).await? };
                (words.cases, sales)
            }
            "overdue" => (words.overdue, of(SaleFilter::Overdue(now), None).await?),
            "documents" => {
                let mut sales = of(SaleFilter::Status(Status::PaymentReceived), None).await?;
                sales.retain(|(sale, _)| !sale.missing_documents().is_empty());
                (words.documents_missing, sales)
            }
            _ => {
                let slot = |sale: &Sale| {
                    sale.appointment
                        .as_ref()
                        .map(|arranged| (arranged.slot.date, arranged.slot.time))
                };
                let mut sales = of(SaleFilter::Status(Status::ReadyForDelivery), None).await?;
                let today = now.to_zoned(employee.zone.time_zone()).date();
                let prepared = SaleFilter::Status(Status::HandedOver);
                sales.extend(of(prepared, SalePlace::of_day(today)).await?);
                // What has no day yet comes last.
                sales.sort_by_key(|(sale, _)| (slot(sale).is_none(), slot(sale)));
                (words.deliveries, sales)
            }
        };
        let formats = frame.formats();
        let card = |found: &(Sale, Details)| {
            let card = Card::new(found, &frame, now);
            let arranged =
                found.0.appointment.as_ref().map(|arranged| formats.slot(&arranged.slot));
            Card { due: arranged.or(card.due), ..card }
        };
        let cards = sales.iter().map(card).collect();
        Ok(frame.list(WorkList { cards, ..WorkList::new(title) }))
    }

    /// The vehicles that are sin asignar; each can be sold.
    pub(crate) async fn stock(
        &self,
        frame: Frame,
        employee: &Employee,
        request: &Request,
    ) -> Result<Page, Problem> {
        employee.may(Operation::ListStock)?;
        let (words, may_sell) = (frame.words, employee.may(Operation::RegisterSale).is_ok());
        let (formats, language) = (frame.formats(), frame.language);
        let zone = employee.zone.time_zone();
        let page = list_stock(self.store, every(employee), request.now()).await?;
        let rows = page.vehicles.iter().map(|stock| Row {
            name: format!("{} · {}", stock.plan.shown(language), stock.vehicle),
            text: options(&stock.plan, language),
            at: formats.moment(stock.since, &zone),
            way: may_sell.then(|| (format!("sell?vehicle={}", stock.vehicle), words.sell)),
        });
        let rows = rows.collect();
        Ok(frame.list(WorkList { rows, ..WorkList::new(words.stock) }))
    }
}

/// All of a dealership's stock.
pub(crate) fn every(employee: &Employee) -> Input {
    Input {
        dealership: employee.dealership.clone(),
        platform: None,
        options: Vec::new(),
        age: SignedDuration::ZERO,
        after: None,
    }
}

/// A plan's options in a line.
pub(crate) fn options(plan: &Plan, language: Language) -> String {
    plan.options_shown(language).collect::<Vec<_>>().join(", ")
}
