//! A run's story, where it is kept: who called what, and what people and partners did.

use crate::faults::{Fault, Site};
use domain::SaleId;

/// One line of a run's story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// The process or person that did it, by name.
    pub who: &'static str,
    /// What it did, or what was noted of it.
    pub what: Happening,
}

/// What a line of the story tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A process called something outside itself.
    Called {
        /// The call's number.
        number: u64,
        /// The port's method that was called.
        site: Site,
        /// What went wrong.
        fault: Option<Fault>,
    },
    /// Something else, in words.
    Noted(String),
}

/// The part of a sale's id that tells it from the others of a run.
pub fn short(sale: SaleId) -> String {
    let mut id = sale.to_string();
    id.truncate(8);
    id
}
