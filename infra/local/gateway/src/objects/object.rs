//! What all objects have in common, and where those of a kind are kept.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// An object of the API.
pub(crate) trait Object: Serialize {
    /// Its `object` field.
    const OBJECT: &'static str;
    /// What its id begins with.
    const PREFIX: &'static str;
    /// As error messages call it.
    const NAME: &'static str = Self::OBJECT;
    /// The parameter that an unknown id in the address is put down to.
    const PARAM: &'static str = "id";
    /// Whether it has a `livemode`.
    const HAS_MODE: bool = true;

    fn id(&self) -> &str;
    /// When it was made, in seconds since 1970.
    fn created(&self) -> i64;
    /// Adds the fields that follow from others, or are always the same.
    fn complete(&self, _shown: &mut Map<String, Value>) {}

    /// As the API shows it.
    fn shown(&self) -> Value {
        let mut value = json!(self);
        if let Some(shown) = value.as_object_mut() {
            shown.remove("own");
            shown.insert("object".to_owned(), json!(Self::OBJECT));
            if Self::HAS_MODE {
                shown.insert("livemode".to_owned(), json!(false));
            }
            self.complete(shown);
        }
        value
    }
}

/// Adds fields to an object that is shown.
pub(crate) fn add<const N: usize>(shown: &mut Map<String, Value>, fields: [(&str, Value); N]) {
    shown.extend(fields.map(|(name, value)| (name.to_owned(), value)));
}

/// The objects of a kind, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Shelf<T>(Vec<T>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Object> Shelf<T> {
    pub(crate) fn add(&mut self, object: T) {
        self.0.push(object);
    }

    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        // What is asked for is mostly new.
        self.0.iter().rev().find(|object| object.id() == id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut T> {
        self.0.iter_mut().rev().find(|object| object.id() == id)
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.0.retain(|object| object.id() != id);
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter()
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }
}
