//! Reads a JSON body into domain types and collects every fault on the way, each with its JSON
//! pointer (RFC 6901).
//!
//! A field that can't be read is `None` and a fault; read all fields of an object first, then join
//! them with `?`.

use crate::fault::Fault;
use crate::problem::{Problem, ProblemType};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::fmt::Display;

/// What fields that nobody asks for are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownFields {
    /// Faults: a misspelt optional field would be lost unseen.
    Refused,
    /// Nothing: a partner may add fields to its messages.
    Ignored,
}

/// A body that is JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(Value);

impl Json {
    /// Parses a body's bytes; 400 with line and column where they are no JSON. A byte order mark,
    /// which some clients on Windows send, is passed over (RFC 8259, section 8.1).
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        serde_json::from_slice(bytes).map(Self).map_err(|fault| {
            // serde_json's own text may quote the body.
            let place = format!("line {}, column {}", fault.line(), fault.column());
            Problem::new(ProblemType::MalformedBody).detail(place)
        })
    }

    /// The same for two bodies that say the same: fields sorted, no blanks.
    pub fn canonical(&self) -> Vec<u8> {
        let mut value = self.0.clone();
        value.sort_all_objects();
        value.to_string().into_bytes()
    }

    /// Reads the object that the body has to be; on any fault, all of them.
    pub fn read<T>(
        &self,
        unknown: UnknownFields,
        read: impl FnOnce(&Object<'_>) -> Option<T>,
    ) -> Result<T, Problem> {
        let faults = RefCell::new(Vec::new());
        let found = if let Value::Object(fields) = &self.0 {
            Object {
                pointer: String::new(),
                fields,
                unknown,
                faults: &faults,
                asked: RefCell::default(),
            }
            .finish(read)
        } else {
            faults.borrow_mut().push(Fault::new("", "must be an object"));
            None
        };
        match (found, faults.into_inner()) {
            (Some(found), faults) if faults.is_empty() => Ok(found),
            (None, faults) if faults.is_empty() => Err(ProblemType::InternalError.into()),
            (_, faults) => Err(Problem::invalid(faults)),
        }
    }
}

/// An object of a body.
#[derive(Debug)]
pub struct Object<'a> {
    pointer: String,
    fields: &'a Map<String, Value>,
    unknown: UnknownFields,
    faults: &'a RefCell<Vec<Fault>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Object<'a> {
    /// A text that `parse` takes.
    pub fn text<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.parsed(name, self.required(name)?, parse)
    }

    /// A text that may be absent or null: `Some(None)`.
    pub fn optional_text<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.value(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => self.parsed(name, value, parse).map(Some),
        }
    }

    /// Whether something is said to be so; what is absent or null is not.
    pub fn flag(&self, name: &'static str) -> Option<bool> {
        match self.value(name) {
            None | Some(Value::Null) => Some(false),
            Some(value) => value.as_bool().or_else(|| self.fault(name, "must be true or false")),
        }
    }

    /// A whole number that `parse` takes.
    pub fn whole<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(u64) -> Result<T, E>,
    ) -> Option<T> {
        let Some(number) = self.required(name)?.as_u64() else {
            return self.fault(name, "must be a whole number, not below 0");
        };
        parse(number).map_or_else(|fault| self.fault(name, fault), Some)
    }

    /// A whole number that may be absent or null: `Some(None)`.
    pub fn optional_whole<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(u64) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.value(name) {
            None | Some(Value::Null) => Some(None),
            Some(_) => self.whole(name, parse).map(Some),
        }
    }

    /// A list of at most `max` different texts that `parse` takes.
    pub fn texts<T: PartialEq, E: Display>(
        &self,
        name: &'static str,
        max: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let Value::Array(items) = self.required(name)? else {
            return self.fault(name, "must be a list");
        };
        if items.len() > max {
            return self.fault(name, format!("must have at most {max} entries"));
        }
        let mut found = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let entry = format!("{name}/{place}");
            match item.as_str().map(&parse) {
                None => self.fault(&entry, "must be a text"),
                Some(Err(fault)) => self.fault(&entry, fault),
                Some(Ok(value)) if found.contains(&value) => {
                    self.fault(&entry, "is in the list already")
                }
                Some(Ok(value)) => {
                    found.push(value);
                    Some(())
                }
            };
        }
        (found.len() == items.len()).then_some(found)
    }

    /// A list of at most `max` different texts, which may be absent: then it is empty.
    pub fn optional_texts<T: PartialEq, E: Display>(
        &self,
        name: &'static str,
        max: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        match self.value(name) {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(_) => self.texts(name, max, parse),
        }
    }

    /// A list of at most `max` objects.
    pub fn objects<T>(
        &self,
        name: &'static str,
        max: usize,
        read: impl Fn(&Object<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Array(items) = self.required(name)? else {
            return self.fault(name, "must be a list");
        };
        if items.len() > max {
            return self.fault(name, format!("must have at most {max} entries"));
        }
        let entries = items.iter().enumerate().filter_map(|(place, item)| {
            let entry = format!("{name}/{place}");
            match item {
                Value::Object(fields) => self.inner(&entry, fields).finish(&read),
                _ => self.fault(&entry, "must be an object"),
            }
        });
        let found: Vec<T> = entries.collect();
        (found.len() == items.len()).then_some(found)
    }

    /// A list of at most `max` objects, which may be absent: then it is empty.
    pub fn optional_objects<T>(
        &self,
        name: &'static str,
        max: usize,
        read: impl Fn(&Object<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.value(name) {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(_) => self.objects(name, max, read),
        }
    }

    /// An object that has to be there.
    pub fn object<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Object<'_>) -> Option<T>,
    ) -> Option<T> {
        let Value::Object(fields) = self.required(name)? else {
            return self.fault(name, "must be an object");
        };
        self.inner(name, fields).finish(read)
    }

    /// An object that may be absent or null, for what only matters where it is.
    pub fn optional_object<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Object<'_>) -> Option<T>,
    ) -> Option<T> {
        match self.value(name) {
            None | Some(Value::Null) => None,
            Some(_) => self.object(name, read),
        }
    }

    /// Notes a fault of a field; `None`, so that it can be the field's value.
    pub fn fault<T>(&self, name: &str, detail: impl Display) -> Option<T> {
        self.faults
            .borrow_mut()
            .push(Fault::new(format!("{}/{name}", self.pointer), detail.to_string()));
        None
    }

    /// Says that a field is known though nobody reads it.
    pub fn known(&self, name: &'static str) {
        self.asked.borrow_mut().push(name);
    }

    fn value(&self, name: &'static str) -> Option<&'a Value> {
        self.known(name);
        self.fields.get(name)
    }

    fn required(&self, name: &'static str) -> Option<&'a Value> {
        match self.value(name) {
            Some(value) => Some(value),
            None => self.fault(name, "is required"),
        }
    }

    fn parsed<T, E: Display>(
        &self,
        name: &'static str,
        value: &Value,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let Some(text) = value.as_str() else { return self.fault(name, "must be a text") };
        parse(text).map_or_else(|fault| self.fault(name, fault), Some)
    }

    fn inner(&self, name: &str, fields: &'a Map<String, Value>) -> Self {
        let pointer = format!("{}/{name}", self.pointer);
        Self {
            pointer,
            fields,
            unknown: self.unknown,
            faults: self.faults,
            asked: RefCell::default(),
        }
    }

    /// Reads, then notes the fields that nobody asked for.
    fn finish<T>(self, read: impl FnOnce(&Object<'_>) -> Option<T>) -> Option<T> {
        let found = read(&self);
        if self.unknown == UnknownFields::Refused {
            let asked = self.asked.borrow();
            for name in self.fields.keys().filter(|name| !asked.contains(&name.as_str())) {
                let _: Option<()> = self.fault(&escaped(name), "is not known");
            }
        }
        found
    }
}

/// A name as a JSON pointer spells it.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{EmailAddress, OptionCode};

    fn faults(body: &str, read: impl FnOnce(&Object<'_>) -> Option<()>) -> Vec<(String, String)> {
        let problem =
            Json::parse(body.as_bytes()).unwrap().read(UnknownFields::Refused, read).unwrap_err();
        problem.errors().iter().map(|fault| (fault.pointer.clone(), fault.detail.clone())).collect()
    }

    fn pair(pointer: &str, detail: &str) -> (String, String) {
        (pointer.to_owned(), detail.to_owned())
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_once() {
        let marked = Json::parse("\u{feff}{\"a\": 1}".as_bytes()).unwrap();
        assert_eq!(marked, Json::parse(b"{\"a\": 1}").unwrap());
        for bad in ["\u{feff}", "\u{feff}\u{feff}{}", "{\"a\": 1}\u{feff}"] {
            let problem = Json::parse(bad.as_bytes()).unwrap_err();
            assert_eq!(problem.kind(), ProblemType::MalformedBody, "{bad:?}");
        }
    }

    #[test]
    fn every_fault_is_found_not_only_the_first() {
        let body = r#"{"a": 1, "email": "nobody", "inner": {"b": -1, "x/y~z": true}, "list": ["GPS", "gps", "GPS", 4], "stray": null}"#;
        let found = faults(body, |root| {
            let a = root.text("a", |text| Ok::<_, String>(text.to_owned()));
            let email = root.text("email", EmailAddress::parse);
            let inner = root.object("inner", |inner| inner.whole("b", Ok::<_, String>));
            let list = root.texts("list", 9, OptionCode::parse);
            let missing = root.text("missing", EmailAddress::parse);
            let (_, _, _, _, _) = (a?, email?, inner?, list?, missing?);
            Some(())
        });
        let expected = [
            pair("/a", "must be a text"),
            pair("/email", "must be an e-mail address, such as name@example.com"),
            pair("/inner/b", "must be a whole number, not below 0"),
            pair("/inner/x~1y~0z", "is not known"),
            pair("/list/1", "must be 1 to 32 characters of capital letters, digits and hyphens"),
            pair("/list/2", "is in the list already"),
            pair("/list/3", "must be a text"),
            pair("/missing", "is required"),
            pair("/stray", "is not known"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn faults_never_repeat_a_value() {
        let found = faults(r#"{"email": "Ana Secret"}"#, |root| {
            root.text("email", EmailAddress::parse).map(drop)
        });
        assert!(found.iter().all(|(_, detail)| !detail.contains("Ana")), "{found:?}");
        let problem = Json::parse(b"{\"email\": Ana Secret}").unwrap_err();
        assert!(!problem.body("r").to_string().contains("Ana"), "{problem:?}");
    }

    #[test]
    fn a_body_has_to_be_an_object() {
        for body in ["[]", "1", "null", "\"text\""] {
            assert_eq!(faults(body, |_| Some(())), [pair("", "must be an object")]);
        }
        for body in ["", "{", "{\"a\":}", "\u{0}"] {
            assert_eq!(
                Json::parse(body.as_bytes()).unwrap_err().kind(),
                ProblemType::MalformedBody,
                "{body}"
            );
        }
        let deep = "[".repeat(10_000);
        assert_eq!(Json::parse(deep.as_bytes()).unwrap_err().kind(), ProblemType::MalformedBody);
    }

    #[test]
    fn order_and_blanks_make_no_other_body() {
        let (a, b) = (
            Json::parse(b"{\"a\":1,\"b\":{\"c\":2,\"d\":3}}").unwrap(),
            Json::parse(b"{ \"b\":{\"d\":3,\"c\":2}, \"a\":1 }").unwrap(),
        );
        assert_eq!(a.canonical(), b.canonical());
        assert_ne!(a.canonical(), Json::parse(b"{\"a\":1}").unwrap().canonical());
    }

    #[test]
    fn a_partner_may_add_fields() {
        let body = Json::parse(b"{\"a\":\"x\",\"new\":1,\"gone\":null}").unwrap();
        let read = |root: &Object<'_>| {
            let a = root.text("a", |text| Ok::<_, String>(text.to_owned()));
            let gone = root.optional_text("gone", |text| Ok::<_, String>(text.to_owned()));
            Some((a?, gone?))
        };
        assert_eq!(body.read(UnknownFields::Ignored, read), Ok(("x".to_owned(), None)));
    }
}
