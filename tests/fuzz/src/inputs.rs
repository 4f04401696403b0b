//! Inputs: a good one with some edits, or none at all.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Pieces that parsers trip over.
const PIECES: [&str; 40] = [
    "null",
    "true",
    "0",
    "-1",
    "-0",
    "1e400",
    "18446744073709551616",
    "9007199254740993",
    "0.1",
    "NaN",
    "\"\"",
    "{}",
    "[]",
    "[[[[",
    "{\"a\":",
    "\\u0000",
    "\\ud800",
    "\\",
    "\"",
    ",",
    ":",
    "\r\n",
    "\t",
    "\u{0}",
    "é",
    "ß",
    "İ",
    "\u{202e}",
    "\u{feff}",
    "👩‍👩‍👧",
    "a\u{301}",
    "%00",
    "../",
    "'--",
    "${x}",
    "@",
    ".",
    "-",
    "=",
    ";",
];

/// One change of an input.
#[derive(Debug, Clone)]
enum Edit {
    /// A byte is another.
    Set(Index, u8),
    /// A piece more.
    Insert(Index, &'static str),
    /// Some bytes less.
    Remove(Index, usize),
    /// Some bytes twice.
    Repeat(Index, usize),
    /// The end is cut off.
    Cut(Index),
}

impl Edit {
    fn apply(&self, input: &mut Vec<u8>) {
        let place = |index: &Index| index.index(input.len().saturating_add(1));
        match self {
            Self::Set(index, byte) => {
                let at = place(index);
                if let Some(there) = input.get_mut(at) {
                    *there = *byte;
                }
            }
            Self::Insert(index, piece) => {
                let at = place(index);
                input.splice(at..at, piece.bytes());
            }
            Self::Remove(index, length) => {
                let at = place(index);
                input.drain(at..at.saturating_add(*length).min(input.len()));
            }
            Self::Repeat(index, length) => {
                let at = place(index);
                let piece: Vec<u8> = input.iter().skip(at).take(*length).copied().collect();
                input.splice(at..at, piece);
            }
            Self::Cut(index) => input.truncate(place(index)),
        }
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        4 => (any::<Index>(), prop::sample::select(&PIECES[..])).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        2 => (any::<Index>(), 1..24_usize).prop_map(|(at, length)| Edit::Remove(at, length)),
        2 => (any::<Index>(), 1..24_usize).prop_map(|(at, length)| Edit::Repeat(at, length)),
        1 => any::<Index>().prop_map(Edit::Cut),
    ]
}

/// What is near one of these, and now and then what is near nothing.
pub(crate) fn near(seeds: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let edited = (prop::sample::select(seeds), vec(edit(), 0..5)).prop_map(|(seed, edits)| {
        let mut input = seed.as_bytes().to_vec();
        for edit in &edits {
            edit.apply(&mut input);
        }
        input
    });
    prop_oneof![
        9 => edited,
        1 => vec(any::<u8>(), 0..64),
    ]
}
