//! The list as a table for a spreadsheet (RFC 4180).

use domain::ports::SalePlace;
use edge::Request;
use edge::representation::SaleLine;

/// The lines, the names of the columns first.
pub(super) fn csv(lines: &[SaleLine<'_>]) -> String {
    let names = SaleLine::COLUMNS.join(",");
    let line = |line: &SaleLine<'_>| line.cells().map(|cell| quoted(harmless(cell))).join(",");
    std::iter::once(names).chain(lines.iter().map(line)).flat_map(|line| [line, "\r\n".to_owned()]).collect()
}

/// A cell that a comma, a quote or a line's end would break is quoted.
fn quoted(cell: String) -> String {
    if cell.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
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
