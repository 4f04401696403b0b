//! The list as a table for a spreadsheet (RFC 4180, R-134 of `docs/requirements.md`).

use csv::{Terminator, WriterBuilder};
use domain::Language;
use domain::ports::SalePlace;
use edge::representation::SaleLine;
use edge::{Problem, ProblemType, Request};
use jiff::tz::TimeZone;
use std::error::Error;

/// By this a spreadsheet knows that the letters are UTF-8's.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// How the reader's spreadsheet parts cells, and writes decimals.
#[derive(Clone, Copy)]
pub(super) struct Style {
    language: Language,
    separator: u8,
    decimal: char,
}

impl Style {
    /// As the reader's language has it: with a decimal comma in it, cells are parted by semicolons.
    pub(super) fn of(request: &Request) -> Self {
        let languages = request.header("accept-language").unwrap_or_default();
        let first = languages.split([',', ';', '-']).next().unwrap_or_default().trim();
        match Language::parse(&first.to_ascii_lowercase()).unwrap_or(Language::En) {
            Language::En => Self { language: Language::En, separator: b',', decimal: '.' },
            language => Self { language, separator: b';', decimal: ',' },
        }
    }
}

/// The lines, the names of the columns first.
pub(super) fn csv(
    lines: &[SaleLine<'_>],
    zone: &TimeZone,
    style: Style,
) -> Result<String, Problem> {
    // A line with a cell too few, or no memory: neither is anything that a reader could change.
    written(lines, zone, style).map_err(|_| ProblemType::InternalError.into())
}

fn written(
    lines: &[SaleLine<'_>],
    zone: &TimeZone,
    Style { language, separator, decimal }: Style,
) -> Result<String, Box<dyn Error>> {
    let mut table = WriterBuilder::new();
    let table = table.terminator(Terminator::CRLF).delimiter(separator);
    let mut table = table.from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    table.write_record(SaleLine::COLUMNS)?;
    for line in lines {
        table.write_record(line.cells(language, zone, decimal).map(|cell| harmless(&cell)))?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

/// A spreadsheet takes text that begins like this for a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>), also where it parts a cell that we
/// didn't.
fn harmless(cell: &str) -> String {
    let mut begins = true;
    let mut text = String::with_capacity(cell.len());
    for character in cell.chars() {
        if begins && ['=', '+', '-', '@', '\t', '\r'].contains(&character) {
            text.push('\'');
        }
        let parts = [';', ',', '\t', '\r', '\n'].contains(&character);
        begins = parts || (begins && [' ', '"'].contains(&character));
        text.push(character);
    }
    text
}

/// The query by which the table goes on: this one's, from another place.
pub(super) fn next(request: &Request, place: SalePlace) -> String {
    let kept = ["status", "overdue", "employee", "from", "to"];
    let kept = kept.into_iter().filter_map(|name| Some((name, request.query(name)?.to_owned())));
    let parameters = kept.chain([("after", place.to_string())]);
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}
