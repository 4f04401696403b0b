//! Fields of a form, and the body that a form asks an operation with. A field is named as its value
//! is in that body (`customer/email`), so that a fault finds its field.

use crate::words::Words;
use domain::Language;
use edge::Problem;
use serde_json::{Map, Value};
use std::borrow::Cow;
use web::{Form, LANGUAGES};

/// A field as its form shows it.
pub(crate) struct Field {
    /// Its name, and the place of its value in the body.
    pub(crate) name: Cow<'static, str>,
    pub(crate) label: Cow<'static, str>,
    /// The `type` of its element; `select` for one that is chosen from a list.
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) required: bool,
    /// What is said below it.
    pub(crate) hint: Option<String>,
    /// What is wrong with what was typed.
    pub(crate) fault: Option<&'static str>,
}

/// A part of a form, with its heading.
pub(crate) struct Group {
    pub(crate) name: Cow<'static, str>,
    pub(crate) fields: Vec<Field>,
    /// Whether all of it may stay as it is, so that it is folded.
    pub(crate) folded: bool,
}

/// What can be chosen.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) name: String,
}

impl Field {
    /// A field for one line of text, which has to be filled in.
    pub(crate) fn new(
        name: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        kind: &'static str,
    ) -> Self {
        let (name, label, value) = (name.into(), label.into(), String::new());
        let (choices, hint, fault) = (Vec::new(), None, None);
        Self { name, label, kind, value, choices, required: true, hint, fault }
    }

    /// One that may stay empty.
    pub(crate) fn optional(
        name: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        kind: &'static str,
    ) -> Self {
        Self { required: false, ..Self::new(name, label, kind) }
    }

    /// One that is chosen from a list of values with their names.
    pub(crate) fn chosen<'a>(
        name: &'static str,
        label: &'static str,
        choices: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let choice =
            |(value, name): (&str, &str)| Choice { value: value.to_owned(), name: name.to_owned() };
        let choices = choices.into_iter().map(choice).collect();
        Self { choices, ..Self::new(name, label, "select") }
    }

    /// One for the language in which somebody is written to.
    pub(crate) fn language(name: &'static str, label: &'static str, now: Language) -> Self {
        let languages = LANGUAGES.map(|(language, name)| (language.code(), name));
        Self::chosen(name, label, languages).with(now.code())
    }

    /// With what is there to begin with.
    pub(crate) fn with(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// With what was typed, and what is wrong with it.
    pub(crate) fn typed(self, form: &Form, problem: &Problem, words: &Words) -> Self {
        let is_here = |pointer: &str| pointer.strip_prefix('/') == Some(&*self.name);
        let at_fault = problem.errors().iter().any(|fault| is_here(&fault.pointer));
        let fault = at_fault.then(|| (words.fault)(&self.name));
        let value = form.field(&self.name).to_owned();
        Self { value, fault, ..self }
    }

    /// What names its element.
    pub(crate) fn id(&self, form: &str) -> String {
        format!("{form}-{}", self.name.replace('/', "-"))
    }

    /// What names the elements that say more of it.
    pub(crate) fn described_by(&self, form: &str) -> Vec<String> {
        let id = self.id(form);
        let of_file = self.kind == "digest";
        let parts = [(of_file || self.hint.is_some(), "hint"), (self.fault.is_some(), "fault")];
        let parts = parts.into_iter().filter(|(is_there, _)| *is_there);
        parts.map(|(_, part)| format!("{id}-{part}")).collect()
    }
}

/// What was typed into these fields, as an object; what is empty isn't in it.
pub(crate) fn body<'a>(form: &Form, names: impl IntoIterator<Item = &'a str>) -> Value {
    let mut body = Value::Object(Map::new());
    for name in names {
        let text = form.field(name).trim();
        if !text.is_empty() {
            put(&mut body, name, Value::String(text.to_owned()));
        }
    }
    body
}

/// Puts a value at its place, with the objects around it.
pub(crate) fn put(body: &mut Value, name: &str, value: Value) {
    let mut place = body;
    for step in name.split('/') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        // INVARIANT: it is an object by now.
        let Some(object) = place.as_object_mut() else { return };
        place = object.entry(step).or_insert(Value::Null);
    }
    *place = value;
}
