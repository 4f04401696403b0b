//! Tables for spreadsheets (RFC 4180, R-134 of `docs/requirements.md`).

use crate::problem::{Problem, ProblemType};
use csv::{Terminator, WriterBuilder};
use domain::Language;
use std::error::Error;

/// By this a spreadsheet knows that the letters are UTF-8's.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A table for a spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its lines, the names of the columns first.
    pub csv: String,
    /// The query by which it goes on, if it does (RFC 8288, `next`).
    pub next: Option<String>,
}

impl Table {
    /// The media type of a table whose first line has the columns' names.
    pub const TYPE: &str = "text/csv; charset=utf-8; header=present";

    /// A table of these lines, each with a cell for each column.
    pub fn new(
        columns: &[&str],
        lines: impl IntoIterator<Item = Vec<String>>,
        style: Style,
    ) -> Result<Self, Problem> {
        // A line with a cell too few, or no memory: neither is anything that a reader could change.
        let csv = written(columns, lines, style).map_err(|_| ProblemType::InternalError)?;
        Ok(Self { csv, next: None })
    }
}

/// How the reader's spreadsheet parts cells, and writes decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// What parts cells.
    separator: u8,
    /// What stands before the decimals.
    pub decimal: char,
}

impl Style {
    /// As a language has it: with a decimal comma in it, cells are parted by semicolons.
    pub fn of(language: Language) -> Self {
        match language {
            Language::En => Self { separator: b',', decimal: '.' },
            _ => Self { separator: b';', decimal: ',' },
        }
    }
}

fn written(
    columns: &[&str],
    lines: impl IntoIterator<Item = Vec<String>>,
    Style { separator, decimal }: Style,
) -> Result<String, Box<dyn Error>> {
    let mut table = WriterBuilder::new();
    let table = table.terminator(Terminator::CRLF).delimiter(separator);
    let mut table = table.from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    table.write_record(columns)?;
    for line in lines {
        table.write_record(line.iter().map(|cell| harmless(cell, decimal)))?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

/// A spreadsheet takes text that begins like this for a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>), also where it parts a cell that we
/// didn't. A number below zero is a number.
fn harmless(cell: &str, decimal: char) -> String {
    let below_zero = cell.strip_prefix('-').is_some_and(|number| {
        let parts = number.split_once(decimal).unwrap_or((number, "0"));
        let is_number =
            |text: &str| !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit());
        is_number(parts.0) && is_number(parts.1)
    });
    if below_zero {
        return cell.to_owned();
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// R-134 of `docs/requirements.md`.
    #[test]
    fn a_number_below_zero_is_no_formula() {
        for (cell, kept) in [
            ("-1000,50", "-1000,50"),
            ("-3", "-3"),
            ("-1:2", "'-1:2"),
            ("-", "'-"),
            ("-1,", "'-1,"),
            ("-1,=1+1", "'-1,'=1+1"),
            ("-1.5", "'-1.5"),
        ] {
            assert_eq!(harmless(cell, ','), kept);
        }
    }
}
