//! The table's stream, read back into the domain's terms.

use super::stored::{Unreadable, parse_sale};
use domain::ports::TaskToken;
use domain::use_cases::relay::Change;
use std::collections::HashMap;

/// A stream record's image of a sale's item: its string and number attributes, as text.
pub type Image = HashMap<String, String>;

/// A change that isn't one of a sale as this code writes it. It comes again, and is kept whole where
/// it is given up: a later version of the code reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableChange {
    /// The image before.
    #[error("the sale's old image can't be read")]
    Old,
    /// The image after.
    #[error("the sale's new image can't be read")]
    New,
    /// One of them is of a later form.
    #[error("a later version of the code wrote the sale")]
    Later,
}

/// The change that a stream record tells. A new item has no old image, or an empty one.
pub fn change_from_stream(old: Option<&Image>, new: &Image) -> Result<Change, UnreadableChange> {
    let read = |image: &Image, broken| {
        let attributes = image.get("version").zip(image.get("state"));
        let sale = attributes.map(|(version, state)| parse_sale(version, state));
        sale.unwrap_or(Err(Unreadable::Broken)).map_err(|why| match why {
            Unreadable::Later => UnreadableChange::Later,
            Unreadable::Broken => broken,
        })
    };
    let old = old
        .filter(|image| !image.is_empty())
        .map(|image| read(image, UnreadableChange::Old))
        .transpose()?;
    let task_token = new.get("task_token").cloned().map(TaskToken);
    Ok(Change { old, new: read(new, UnreadableChange::New)?, task_token })
}
