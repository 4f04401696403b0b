//! The list as a table for a spreadsheet (RFC 4180).

use domain::ports::SalePlace;
use edge::Request;
use edge::representation::SaleLine;

/// The lines, the names of the columns first.
pub(super) fn csv(lines: &[SaleLine<'_>]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory doesn't fail.
    let _ = writer.write_record(SaleLine::COLUMNS);
    for line in lines {
        let _ = writer.write_record(line.cells().map(harmless));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
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
