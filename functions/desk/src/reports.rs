//! The month's report against the month before: charts, each with a table of the same figures, and
//! all of them as a table for a spreadsheet.

use crate::pages::Frame;
use crate::words::Words;
use crate::{Desk, Parts};
use domain::sale::{Account, Status};
use domain::use_cases::report::{Month, Report, report};
use domain::{Currency, ZoneName};
use edge::http::{Page, Style};
use edge::{Employee, Operation, Problem, ProblemType, Request, Table};
use futures_util::future::try_join;
use jiff::Timestamp;
use mail::formats::Formats;
use std::collections::BTreeSet;

/// The ways in which a sale is over, by the statuses that say so; what has none of them is under
/// way.
const OUTCOMES: [&[Status]; 5] = [
    &[Status::HandedOver],
    &[Status::SinAsignar, Status::PaymentFailed],
    &[Status::Cancelled],
    &[Status::Lapsed],
    &[Status::OrderRejected],
];
/// How much of a chart's width its longest bar takes, in tenths of a percent: the figure is behind
/// it.
const LONGEST_BAR: i128 = 500;

/// How many months can be chosen from; earlier ones are found one by one.
const CHOICES: usize = 24;

/// What figures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Sales,
    /// In the currency's minor units.
    Money(Currency),
    /// In whole seconds.
    Time,
}

impl Unit {
    /// A figure in the reader's form.
    fn said(self, figure: i64, formats: &Formats) -> String {
        let sign = if figure < 0 { "−" } else { "" };
        match self {
            Self::Sales => format!("{sign}{}", figure.unsigned_abs()),
            Self::Money(currency) => formats.sum(figure, currency),
            Self::Time => format!("{sign}{}", time(figure.unsigned_abs())),
        }
    }

    /// How far a figure is from the one before, always with its sign.
    fn difference(self, now: i64, before: i64, formats: &Formats) -> String {
        let difference = now.saturating_sub(before);
        let sign = if difference > 0 { "+" } else { "" };
        format!("{sign}{}", self.said(difference, formats))
    }

    /// The figure as a cell of a table, of which a spreadsheet makes a number.
    fn cell(self, figure: i64, decimal: char) -> String {
        let sign = if figure < 0 { "-" } else { "" };
        let bare = figure.unsigned_abs();
        match self {
            Self::Sales => figure.to_string(),
            Self::Money(currency) => format!("{sign}{}", currency.decimal(bare, decimal)),
            Self::Time => format!("{sign}{}{decimal}{}", bare / 3600, bare % 3600 / 360),
        }
    }

    /// What a spreadsheet's reader is told of it.
    fn name(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Money(currency) => currency.code(),
            Self::Time => "hours",
        }
    }
}

/// Such as `3 d 4 h`, by the units' international signs.
fn time(seconds: u64) -> String {
    let minutes = seconds / 60;
    match (minutes / (24 * 60), minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// A figure of the month and of the month before; `None` where there is nothing to reckon it from.
struct Figure {
    /// What it is to a machine.
    code: String,
    name: &'static str,
    now: Option<i64>,
    before: Option<i64>,
}

/// Figures that can be compared with each other.
struct Figures {
    /// What they are to a machine.
    code: &'static str,
    title: String,
    unit: Unit,
    lines: Vec<Figure>,
}

/// All figures of a month and of the month before it.
fn figures(now: &Report, before: &Report, words: &Words) -> Vec<Figures> {
    let [sales, time] = [outcomes(now, before, words), stages(now, before, words)];
    let currencies: BTreeSet<_> = now.ledger.keys().chain(before.ledger.keys()).collect();
    let currencies = currencies.into_iter().filter_map(|code| Currency::from_code(code));
    let money = currencies.map(|currency| ledger(now, before, currency, words));
    let all = [sales].into_iter().chain(money).chain([time]);
    all.filter(|figures| !figures.lines.is_empty()).collect()
}

fn outcomes(now: &Report, before: &Report, words: &Words) -> Figures {
    let with = |report: &Report, statuses: &[Status]| -> u64 {
        statuses.iter().filter_map(|status| report.by_status.get(status)).sum()
    };
    let under_way = |report: &Report| {
        report.sold.saturating_sub(OUTCOMES.iter().map(|statuses| with(report, statuses)).sum())
    };
    let count = |count: u64| i64::try_from(count).ok();
    let figure = |code: String, name, of: &dyn Fn(&Report) -> u64| Figure {
        code,
        name,
        now: count(of(now)),
        before: count(of(before)),
    };
    let over = OUTCOMES.into_iter().filter_map(|statuses| {
        let status = *statuses.first()?;
        Some(figure(status.to_string(), (words.status)(status), &|report| with(report, statuses)))
    });
    let lines = [
        figure("sold".to_owned(), words.reports.sold, &|report| report.sold),
        figure("under_way".to_owned(), words.under_way, &under_way),
    ];
    Figures {
        code: "sales",
        title: words.reports.outcomes.to_owned(),
        unit: Unit::Sales,
        lines: lines.into_iter().chain(over).collect(),
    }
}

/// What the accounts hold of the sales' money. What they owe or earned is told as such, and so
/// above zero.
fn ledger(now: &Report, before: &Report, currency: Currency, words: &Words) -> Figures {
    let line = |account: Account| {
        let held = |report: &Report| {
            let held = report.ledger.get(currency.code())?.get(&account).copied()?;
            Some(match account {
                Account::Gateway | Account::Disputed | Account::Allowances | Account::Fees => held,
                Account::Deposits
                | Account::Sales
                | Account::Forfeits
                | Account::Bank
                | Account::Authority => held.saturating_neg(),
            })
        };
        let (now, before) = (held(now).unwrap_or_default(), held(before).unwrap_or_default());
        (now != 0 || before != 0).then(|| Figure {
            code: account.as_str().to_owned(),
            name: (words.reports.account)(account),
            now: Some(now),
            before: Some(before),
        })
    };
    Figures {
        code: "money",
        title: format!("{} · {}", words.reports.money, currency.code()),
        unit: Unit::Money(currency),
        lines: Account::ALL.into_iter().filter_map(line).collect(),
    }
}

fn stages(now: &Report, before: &Report, words: &Words) -> Figures {
    let left: BTreeSet<_> = now.stages.keys().chain(before.stages.keys()).collect();
    let line = |status: &Status| {
        let mean = |report: &Report| Some(report.stages.get(status)?.mean().as_secs());
        Figure {
            code: status.to_string(),
            name: (words.status)(*status),
            now: mean(now),
            before: mean(before),
        }
    };
    Figures {
        code: "time",
        title: words.reports.stages.to_owned(),
        unit: Unit::Time,
        lines: left.into_iter().map(line).collect(),
    }
}

/// A bar, and the figure behind it.
pub(crate) struct Bar {
    /// How much of the chart's width it takes, in percent.
    pub(crate) percent: String,
    pub(crate) text: String,
}

/// A line of a chart and of the table beside it.
pub(crate) struct BarPair {
    pub(crate) name: &'static str,
    pub(crate) now: Bar,
    pub(crate) before: Bar,
    pub(crate) difference: String,
}

/// Figures as they are drawn.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) pairs: Vec<BarPair>,
}

impl Chart {
    fn new(Figures { title, unit, lines, .. }: Figures, formats: &Formats) -> Self {
        let all = lines.iter().flat_map(|line| [line.now, line.before]).flatten();
        let most = i128::from(all.max().unwrap_or_default().max(1));
        let bar = |figure: Option<i64>| {
            let length = i128::from(figure.unwrap_or_default().max(0)) * LONGEST_BAR / most;
            let text = figure.map_or_else(|| "–".to_owned(), |figure| unit.said(figure, formats));
            Bar { percent: format!("{}.{}", length / 10, length % 10), text }
        };
        let pairs = lines.iter().map(|line| {
            let both = line.now.zip(line.before);
            let difference = both.map(|(now, before)| unit.difference(now, before, formats));
            BarPair {
                name: line.name,
                now: bar(line.now),
                before: bar(line.before),
                difference: difference.unwrap_or_default(),
            }
        });
        let pairs = pairs.collect();
        Self { title, pairs }
    }
}

/// A month in an address, and as it is called.
pub(crate) type Named = (Month, String);

/// All that the page shows.
pub(crate) struct ReportView {
    pub(crate) month: Named,
    pub(crate) before: Named,
    /// The months that can be chosen, the latest first.
    pub(crate) months: Vec<Named>,
    /// The month after it, if it has begun.
    pub(crate) after: Option<Named>,
    /// What is to be known of the figures.
    pub(crate) notes: Vec<&'static str>,
    pub(crate) charts: Vec<Chart>,
}

/// Leads to the report of the month that was asked for, or else of the present one.
pub(crate) fn begin(
    frame: &Frame,
    employee: &Employee,
    request: &Request,
) -> Result<Page, Problem> {
    employee.may(Operation::Report)?;
    let asked = request.query("month").and_then(|month| Month::parse(month.trim()));
    let month = asked.or_else(|| Month::of(request.now(), &employee.zone));
    let month = month.ok_or(ProblemType::InternalError)?;
    Ok(frame.redirect(&format!("reports/{month}?lang={}", frame.language.code())))
}

impl<P: Parts> Desk<'_, P> {
    /// The report of a month; with `.csv` behind it, its table for a spreadsheet.
    pub(crate) async fn report(
        &self,
        frame: Frame,
        employee: &Employee,
        path: &str,
        request: &Request,
    ) -> Result<Page, Problem> {
        employee.may(Operation::Report)?;
        let bare = path.strip_suffix(".csv");
        let bounds = |month: Month| Some((month, month.bounds(&employee.zone)?));
        let month = Month::parse(bare.unwrap_or(path)).and_then(bounds);
        let before = month.and_then(|(month, _)| bounds(month.before()?));
        let Some(((month, (from, to)), (previous, (since, until)))) = month.zip(before) else {
            return Ok(frame.nothing());
        };
        let of = |from, to| report(self.store, &employee.dealership, from, to);
        let (now, before) = try_join(of(from, to), of(since, until)).await?;
        let (words, formats) = (frame.words, frame.formats());
        let figures = figures(&now, &before, words);
        if bare.is_some() {
            let style = Style::of(frame.language);
            let table = table(&figures, (month, previous), style)?;
            let name = format!("attachment; filename=\"caas-{month}.csv\"");
            return Ok(web::headed(200, table.csv)
                .with("content-type", Table::TYPE.to_owned())
                .with("content-disposition", name));
        }
        let named = |month: Month| (month, formats.month(month.first_day()));
        let notes = [
            (now.is_partial || before.is_partial, words.reports.partial),
            (from <= request.now() && request.now() < to, words.reports.so_far),
        ];
        let notes = notes.into_iter().filter(|(is_so, _)| *is_so).map(|(_, note)| note);
        Ok(frame.report(ReportView {
            months: choices(month, request.now(), &employee.zone).into_iter().map(named).collect(),
            month: named(month),
            before: named(previous),
            after: month.after().filter(|_| to <= request.now()).map(named),
            notes: notes.collect(),
            charts: figures.into_iter().map(|figures| Chart::new(figures, formats)).collect(),
        }))
    }
}

/// The last two years' months, and this one where it is none of them; the latest first.
fn choices(month: Month, now: Timestamp, zone: &ZoneName) -> Vec<Month> {
    let latest = std::iter::successors(Month::of(now, zone), |month| month.before());
    let mut months: Vec<Month> = latest.take(CHOICES).chain([month]).collect();
    months.sort_unstable();
    months.dedup();
    months.reverse();
    months
}

fn table(
    figures: &[Figures],
    (month, before): (Month, Month),
    style: Style,
) -> Result<Table, Problem> {
    let columns = [month.to_string(), before.to_string()];
    let [month, before] = columns.each_ref().map(String::as_str);
    let lines = figures.iter().flat_map(|Figures { code, unit, lines, .. }| {
        lines.iter().map(move |line| {
            let cell = |figure: Option<i64>| {
                figure.map(|figure| unit.cell(figure, style.decimal)).unwrap_or_default()
            };
            vec![
                (*code).to_owned(),
                line.code.clone(),
                line.name.to_owned(),
                unit.name().to_owned(),
                cell(line.now),
                cell(line.before),
            ]
        })
    });
    Table::new(&["group", "figure", "name", "unit", month, before], lines, style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_said_by_its_unit() {
        let formats = mail::formats(domain::Language::Es);
        let euros = Unit::Money(Currency::EUR);
        for (unit, figure, said, cell) in [
            (Unit::Sales, 12, "12", "12"),
            (Unit::Sales, -2, "−2", "-2"),
            (euros, -150_050, "−1.500,50\u{a0}€", "-1500,50"),
            (Unit::Time, 59, "0 min", "0,0"),
            (Unit::Time, 3_600 * 5 + 60 * 30, "5 h 30 min", "5,5"),
            (Unit::Time, 86_400 * 3 + 3_600 * 4, "3 d 4 h", "76,0"),
            (Unit::Time, -7_200, "−2 h 0 min", "-2,0"),
        ] {
            assert_eq!(
                (unit.said(figure, formats), unit.cell(figure, ',')),
                (said.into(), cell.into())
            );
        }
        assert_eq!(Unit::Sales.difference(5, 3, formats), "+2");
        assert_eq!(euros.difference(100, 100, formats), "0,00\u{a0}€");
    }
}
