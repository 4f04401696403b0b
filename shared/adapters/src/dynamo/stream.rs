//! The table's stream, read back into the domain's terms.

use super::stored::parse_sale;
use domain::ports::TaskToken;
use domain::use_cases::relay::Change;
use std::collections::HashMap;

/// A stream record's image of a sale's item: its string and number attributes, as text.
pub type Image = HashMap<String, String>;

/// A change that isn't one of a sale as this code writes it: people must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableChange {
    /// The image before.
    #[error("the sale's old image can't be read")]
    Old,
    /// The image after.
    #[error("the sale's new image can't be read")]
    New,
}

/// The change that a stream record tells. A new item has no old image, or an empty one.
pub fn change_from_stream(old: Option<&Image>, new: &Image) -> Result<Change, UnreadableChange> {
    let read = |image: &Image| parse_sale(image.get("version")?, image.get("state")?);
    let old = old
        .filter(|image| !image.is_empty())
        .map(|image| read(image).ok_or(UnreadableChange::Old))
        .transpose()?;
    let task_token = new.get("task_token").cloned().map(TaskToken);
    Ok(Change { old, new: read(new).ok_or(UnreadableChange::New)?, task_token })
}
