//! Lays a receipt out on paper (R-192 of `docs/requirements.md`): one page of A4 as PDF, whose text
//! can be searched and copied. A crate of its own, so that the font is in the bootstrap of the one
//! function that writes it.

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Paint, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;

/// Latin, Greek and Cyrillic letters of the font whose licence is beside it.
const FONT: &[u8] = include_bytes!("../font/DejaVuSans.ttf");

/// A4, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 60.0;
/// Where the second column begins.
const VALUES: f32 = 230.0;
const SMALL: f32 = 9.0;
const TEXT: f32 = 11.0;
const TITLE: f32 = 22.0;
const INK: Color = (23, 25, 29);
const MUTED: Color = (90, 94, 102);
const LINE: Color = (221, 216, 205);

/// Red, green and blue.
type Color = (u8, u8, u8);

/// What a receipt says.
#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    /// The language that it is in, by its code of ISO 639-1.
    pub language: &'a str,
    /// Who gave it: name, tax number and address, a line each.
    pub from: Vec<String>,
    /// What it is.
    pub title: &'a str,
    /// How much, in large letters.
    pub amount: &'a str,
    /// What else it says.
    pub rows: Vec<Row>,
    /// What stands small at the end.
    pub notes: Vec<String>,
}

/// A line with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub name: &'static str,
    /// What it says.
    pub value: String,
}

/// A receipt can't be written: the font, or the library that embeds it, is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the PDF can't be written: {0}")]
pub struct PaperError(String);

/// The sheet as PDF.
pub fn pdf(sheet: &Sheet<'_>) -> Result<Vec<u8>, PaperError> {
    let broken = |what: &str| PaperError(what.to_owned());
    let font = Font::new(FONT.to_vec().into(), 0).ok_or_else(|| broken("the font"))?;
    let face = Face::parse(FONT, 0).map_err(|fault| PaperError(fault.to_string()))?;
    let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| broken("the page's size"))?;
    let mut document = Document::new();
    let metadata = Metadata::new().title(sheet.title.to_owned());
    document.set_metadata(metadata.language(sheet.language.to_owned()));
    let mut page = document.start_page_with(size);
    Pen { surface: page.surface(), font, face, y: MARGIN }.draw(sheet);
    page.finish();
    document.finish().map_err(|fault| PaperError(format!("{fault:?}")))
}

fn paint((red, green, blue): Color) -> Paint {
    rgb::Color::new(red, green, blue).into()
}

/// Writes down the page.
struct Pen<'a> {
    surface: Surface<'a>,
    font: Font,
    face: Face<'static>,
    /// Where the next line begins.
    y: f32,
}

impl Pen<'_> {
    /// Writes the whole sheet.
    fn draw(mut self, sheet: &Sheet<'_>) {
        for line in &sheet.from {
            self.write(MARGIN, SMALL, MUTED, line);
        }
        self.y += 2.0 * TITLE;
        self.write(MARGIN, TITLE, INK, sheet.title);
        self.y += SMALL;
        self.write(MARGIN, TITLE, INK, sheet.amount);
        self.y += TITLE;
        for Row { name, value } in &sheet.rows {
            self.rule();
            let top = self.y;
            self.write_within(VALUES - SMALL, MARGIN, TEXT, MUTED, name);
            let below = std::mem::replace(&mut self.y, top);
            self.write(VALUES, TEXT, INK, value);
            self.y = self.y.max(below);
        }
        self.y += TITLE;
        for note in &sheet.notes {
            self.write(MARGIN, SMALL, MUTED, note);
        }
        self.surface.finish();
    }

    /// Writes a text from there to the margin, on as many lines as it takes.
    fn write(&mut self, x: f32, size: f32, color: Color, text: &str) {
        self.write_within(PAGE.0 - MARGIN, x, size, color, text);
    }

    fn write_within(&mut self, right: f32, x: f32, size: f32, color: Color, text: &str) {
        self.surface.set_fill(Some(Fill { paint: paint(color), ..Fill::default() }));
        for line in self.lines(right - x, size, text) {
            self.y += size * 1.3;
            let (from, font) = (Point::from_xy(x, self.y), self.font.clone());
            self.surface.draw_text(from, font, size, &line, false, TextDirection::Auto);
        }
    }

    /// A thin line across the page.
    fn rule(&mut self) {
        self.y += 0.8 * TEXT;
        let mut path = PathBuilder::new();
        path.move_to(MARGIN, self.y);
        path.line_to(PAGE.0 - MARGIN, self.y);
        if let Some(path) = path.finish() {
            self.surface.set_fill(None);
            self.surface.set_stroke(Some(Stroke { paint: paint(LINE), ..Stroke::default() }));
            self.surface.draw_path(&path);
            self.surface.set_stroke(None);
        }
    }

    /// The text in lines of this width at most; a word that is wider is broken.
    fn lines(&self, width: f32, size: f32, text: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ') {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(size, &joined) <= width {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if self.width(size, &line) > width {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
        }
        lines.push(line);
        lines
    }

    fn width(&self, size: f32, text: &str) -> f32 {
        let advance = |letter| self.face.glyph_hor_advance(self.face.glyph_index(letter)?);
        let units: f32 = text.chars().filter_map(advance).map(f32::from).sum();
        units * size / f32::from(self.face.units_per_em())
    }
}

#[cfg(test)]
mod tests;
