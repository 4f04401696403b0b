//! `GET /sales`: the dealership's sales, by date, employee, status or what is overdue; for a
//! spreadsheet, too.

use domain::ports::{SaleFilter, SaleIndex, SalePlace};
use domain::use_cases::list_sales::list_sales;
use domain::{EmployeeId, Language, Status};
use edge::http::Style;
use edge::representation::SaleLine;
use edge::{Fault, Operation, Problem, Reply, Request, Table};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

/// How many pages one table has.
const PAGES_OF_A_TABLE: u16 = 20;

/// Lists a page; `next` goes on where it ends.
pub async fn handle(store: &impl SaleIndex, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::ListSales)?;
    request.knows_parameters(&["status", "overdue", "employee", "from", "to", "after"])?;
    let (now, zone) = (request.now(), employee.zone.time_zone());
    let filter = filter(&request, &zone)?;
    let after = request.parameter("after", |text| {
        let place = SalePlace::parse(text).filter(|place| filter.holds(*place));
        place.ok_or("is no place in this list")
    })?;
    let for_a_spreadsheet =
        request.header("accept").is_some_and(|accept| accept.contains("text/csv"));
    let pages = if for_a_spreadsheet { PAGES_OF_A_TABLE } else { 1 };
    let page = list_sales(store, &employee.dealership, &filter, after, pages).await?;
    let lines: Vec<_> =
        page.sales.iter().map(|(sale, details)| SaleLine::new(sale, details, now)).collect();
    if for_a_spreadsheet {
        let next = page.next.map(|place| next(&request, place));
        return Ok(Reply::table(Table { next, ..table(&lines, &zone, reader(&request))? }));
    }
    Reply::ok(&match page.next {
        Some(next) => json!({ "sales": lines, "next": next.to_string() }),
        None => json!({ "sales": lines }),
    })
}

/// One index answers a list: what no index has together is refused, not read through.
fn filter(request: &Request, zone: &TimeZone) -> Result<SaleFilter, Problem> {
    let status = request.parameter("status", |text| Status::parse(text).ok_or("is no status"))?;
    let overdue = request
        .parameter("overdue", |text| if text == "true" { Ok(()) } else { Err("must be true") })?;
    let by = request.parameter("employee", EmployeeId::parse)?;
    let (from, to) = (request.parameter("from", day)?, request.parameter("to", day)?);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        let fault = Fault::new("", "the parameter to: must not be a day before from");
        return Err(Problem::invalid(vec![fault]));
    }
    match (status, overdue, by.is_some() || from.is_some() || to.is_some()) {
        (None, None, _) => {
            let from = from.map_or(Ok(Timestamp::UNIX_EPOCH), |day| midnight(day, zone))?;
            // The day itself is in it.
            let to = to
                .map(|day| day.tomorrow().map_err(|_| too_far()))
                .transpose()?
                .map_or(Ok(Timestamp::MAX), |day| midnight(day, zone))?;
            Ok(SaleFilter::Registered { by, from, to })
        }
        (Some(status), None, false) => Ok(SaleFilter::Status(status)),
        (None, Some(()), false) => Ok(SaleFilter::Overdue(request.now())),
        _ => {
            let detail =
                "the parameters status, overdue, and employee with from and to: one of the three";
            Err(Problem::invalid(vec![Fault::new("", detail)]))
        }
    }
}

/// The lines as a table, as a reader of this language opens it.
fn table(lines: &[SaleLine<'_>], zone: &TimeZone, language: Language) -> Result<Table, Problem> {
    let style = Style::of(language);
    let lines = lines.iter().map(|line| line.cells(language, zone, style.decimal).into());
    Table::new(&SaleLine::COLUMNS, lines, style)
}

/// The language that the reader likes best, or English.
fn reader(request: &Request) -> Language {
    let languages = request.header("accept-language").unwrap_or_default();
    let first = languages.split([',', ';', '-']).next().unwrap_or_default().trim();
    Language::parse(&first.to_ascii_lowercase()).unwrap_or(Language::En)
}

/// The query by which the table goes on: this one's, from another place.
fn next(request: &Request, place: SalePlace) -> String {
    let kept = ["status", "overdue", "employee", "from", "to"];
    let kept = kept.into_iter().filter_map(|name| Some((name, request.query(name)?.to_owned())));
    let parameters = kept.chain([("after", place.to_string())]);
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

fn day(text: &str) -> Result<Date, &'static str> {
    // Whoever typed it is told the form, not how it failed.
    text.parse().map_err(|_| "must be a day, such as 2026-03-02")
}

/// The day's beginning at the dealership.
fn midnight(day: Date, zone: &TimeZone) -> Result<Timestamp, Problem> {
    // Whoever typed it is told the form, not how it failed.
    Ok(day.to_zoned(zone.clone()).map_err(|_| too_far())?.timestamp())
}

fn too_far() -> Problem {
    Problem::invalid(vec![Fault::new("", "the parameters from and to: no calendar goes so far")])
}

#[cfg(test)]
mod tests;
