//! The list as a table for a spreadsheet (RFC 4180).

use csv::{Terminator, WriterBuilder};
use domain::ports::SalePlace;
use edge::representation::SaleLine;
use edge::{Problem, ProblemType, Request};
use std::error::Error;

/// The lines, the names of the columns first.
pub(super) fn csv(lines: &[SaleLine<'_>]) -> Result<String, Problem> {
    // A line with a cell too few, or no memory: neither is anything that a reader could change.
    written(lines).map_err(|_| ProblemType::InternalError.into())
}

fn written(lines: &[SaleLine<'_>]) -> Result<String, Box<dyn Error>> {
    let mut table = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    table.write_record(SaleLine::COLUMNS)?;
    for line in lines {
        table.write_record(line.cells().map(harmless))?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

/// A spreadsheet takes text that begins like this for a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

/// The query by which the table goes on: this one's, from another place.
pub(super) fn next(request: &Request, place: SalePlace) -> String {
    let kept = ["status", "overdue", "employee", "from", "to"];
    let kept = kept.into_iter().filter_map(|name| Some((name, request.query(name)?.to_owned())));
    let parameters = kept.chain([("after", place.to_string())]);
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}
