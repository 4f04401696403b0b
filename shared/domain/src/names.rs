//! What people call a plan and its options, beside their codes (R-193 of `docs/requirements.md`).

use crate::Language;
use crate::customer::{CustomerError, line};
use crate::text::clean;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A name for people's eyes, up to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// Cleans and parses 1 to 80 characters on one line.
    pub fn parse(text: &str) -> Result<Self, CustomerError> {
        line(&clean(text), 80).map(Self)
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = CustomerError;
    fn try_from(text: String) -> Result<Self, CustomerError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// A name in each language that has one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Names(BTreeMap<Language, Name>);

impl Names {
    /// Whether no language has one.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name in this language.
    pub fn of(&self, language: Language) -> Option<&str> {
        self.0.get(&language).map(Name::as_str)
    }
}

impl FromIterator<(Language, Name)> for Names {
    fn from_iter<I: IntoIterator<Item = (Language, Name)>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}
