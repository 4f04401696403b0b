//! What a call sends: `application/x-www-form-urlencoded` with Stripe's bracket syntax, read
//! strictly. A name is written as in `line_items[0][price_data][currency]`.

use crate::refusal::Refusal;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The parameters of a call, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body or a query.
    pub(crate) fn parse(text: &str) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let name = form.numbered(&name);
            match form.0.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value.into_owned(),
                None => form.0.push((name, value.into_owned())),
            }
        }
        form
    }

    /// Gives `a[]` the next place of the list.
    fn numbered(&self, name: &str) -> String {
        let Some((before, after)) = name.split_once("[]") else { return name.to_owned() };
        let name = |place: usize| format!("{before}[{place}]{after}");
        let is_taken = |place: &usize| self.0.iter().any(|(known, _)| *known == name(*place));
        name((0..=self.0.len()).find(|place| !is_taken(place)).unwrap_or_default())
    }

    /// Refuses a parameter that none of these patterns knows: `[]` stands for any place in a list,
    /// `[*]` for any name.
    pub(crate) fn check(&self, known: &[&str]) -> Result<(), Refusal> {
        let stranger =
            self.0.iter().find(|(name, _)| !known.iter().any(|pattern| fits(name, pattern)));
        match stranger {
            None => Ok(()),
            Some((name, _)) => {
                Err(Refusal::parameter(name, format!("Received unknown parameter: {name}"))
                    .code("parameter_unknown"))
            }
        }
    }

    /// The names of all parameters, as they came.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether there is such a parameter, or a part of it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name || inside(known, name).is_some())
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A text, which may not be empty.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.raw(name) {
            Some("") => {
                let message = format!(
                    "You passed an empty string for '{name}'. We assume empty values are an \
                     attempt to unset a field; however '{name}' cannot be unset. You should remove \
                     '{name}' from your request or supply a non-empty value."
                );
                Err(Refusal::parameter(name, message).code("parameter_invalid_empty"))
            }
            text => Ok(text),
        }
    }

    /// A text, owned.
    pub(crate) fn owned(&self, name: &str) -> Result<Option<String>, Refusal> {
        Ok(self.text(name)?.map(str::to_owned))
    }

    /// A text that has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or_else(|| Refusal::missing(name))
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        // Whoever typed it is told the form, not how it failed.
        let number = text.parse().map_err(|_| {
            Refusal::parameter(name, format!("Invalid integer: {text}"))
                .code("parameter_invalid_integer")
        })?;
        Ok(Some(number))
    }

    /// An amount of money: positive, in cents.
    pub(crate) fn amount(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.integer(name)? {
            Some(amount) if amount < 1 => {
                Err(Refusal::parameter(name, "This value must be greater than or equal to 1.")
                    .code("parameter_invalid_integer"))
            }
            amount => Ok(amount),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name)? {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(Refusal::parameter(name, format!("Invalid boolean: {other}"))),
        }
    }

    /// One of a few words.
    pub(crate) fn word<T: std::str::FromStr>(
        &self,
        name: &str,
        words: &[&str],
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let word = words.contains(&text).then(|| text.parse().ok()).flatten();
        let message = || format!("Invalid {name}: must be one of {}", words.join(", "));
        word.map(Some).ok_or_else(|| Refusal::parameter(name, message()))
    }

    /// The values of a list.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let is_in = |known: &str| {
            inside(known, name).is_some_and(|rest| rest.strip_suffix(']').is_some_and(is_place))
        };
        self.0.iter().filter(|(known, _)| is_in(known)).map(|(_, value)| value.clone()).collect()
    }

    /// How many elements a list of hashes has.
    pub(crate) fn length(&self, name: &str) -> usize {
        (0..self.0.len()).take_while(|place| self.has(&format!("{name}[{place}]"))).count()
    }

    /// A hash of texts, as `metadata` is one.
    pub(crate) fn hash(&self, name: &str) -> Result<BTreeMap<String, String>, Refusal> {
        let mut hash = BTreeMap::new();
        for (known, value) in &self.0 {
            let Some(key) = inside(known, name).and_then(|rest| rest.strip_suffix(']')) else {
                continue;
            };
            if key.chars().count() > 40 {
                return Err(Refusal::parameter(
                    name,
                    "Metadata keys can have up to 40 characters.",
                ));
            }
            if value.chars().count() > 500 {
                let message = "Metadata values can have up to 500 characters.";
                return Err(Refusal::parameter(known, message));
            }
            hash.insert(key.to_owned(), value.clone());
        }
        if hash.len() > 50 {
            return Err(Refusal::parameter(name, "Metadata can have up to 50 keys."));
        }
        Ok(hash)
    }

    /// A parameter with all that is in it, as an object; `null` without it.
    pub(crate) fn tree(&self, name: &str) -> Value {
        let mut tree = Value::Null;
        for (known, value) in &self.0 {
            let Some(rest) = inside(known, name).and_then(|rest| rest.strip_suffix(']')) else {
                continue;
            };
            put(&mut tree, rest.split("]["), value);
        }
        tree
    }

    /// The same for whichever order the parameters come in: what an idempotency key stands for.
    pub(crate) fn fingerprint(&self) -> String {
        let mut sorted = self.0.clone();
        sorted.sort();
        form_urlencoded::Serializer::new(String::new()).extend_pairs(sorted).finish()
    }
}

/// What follows the name's opening bracket.
fn inside<'a>(known: &'a str, name: &str) -> Option<&'a str> {
    known.strip_prefix(name)?.strip_prefix('[')
}

/// Puts a text where these keys lead to.
fn put<'a>(place: &mut Value, mut keys: impl Iterator<Item = &'a str>, text: &str) {
    let Some(key) = keys.next() else {
        *place = Value::String(text.to_owned());
        return;
    };
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    if let Some(object) = place.as_object_mut() {
        put(object.entry(key).or_insert(Value::Null), keys, text);
    }
}

fn is_place(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn fits(name: &str, pattern: &str) -> bool {
    let segments = |text: &str| -> Vec<String> {
        text.split('[').map(|segment| segment.trim_end_matches(']').to_owned()).collect()
    };
    let (name, pattern) = (segments(name), segments(pattern));
    // The hash itself, given empty, is known with what it holds.
    name.len() <= pattern.len()
        && name.iter().zip(&pattern).all(|(segment, wanted)| match wanted.as_str() {
            "" => is_place(segment),
            "*" => !segment.is_empty(),
            wanted => segment == wanted,
        })
}
