//! Items, and the values of their attributes.

use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;

/// An item, or a part of one.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) fn key(pk: String, sk: &str) -> Item {
    item([("PK", text(pk)), ("SK", text(sk))])
}

pub(super) fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(format!("{value}"))
}

pub(super) fn list<const N: usize>(values: [AttributeValue; N]) -> AttributeValue {
    AttributeValue::L(values.into())
}

/// A list of strings, which may be empty.
pub(super) fn list_of(values: &[String]) -> AttributeValue {
    AttributeValue::L(values.iter().map(text).collect())
}

/// A list of strings, if all of it is strings.
pub(super) fn strings(item: &Item, name: &str) -> Option<Vec<String>> {
    let AttributeValue::L(values) = item.get(name)? else { return None };
    values.iter().map(|value| value.as_s().ok().cloned()).collect()
}

/// A set of one string, to add or to take away.
pub(super) fn set_of(value: String) -> AttributeValue {
    AttributeValue::Ss(vec![value])
}

/// `#name` for each name: half of the plain words one would use are reserved.
pub(super) fn names<const N: usize>(names: [&str; N]) -> HashMap<String, String> {
    names.into_iter().map(|name| (format!("#{name}"), name.to_owned())).collect()
}

/// A string or a number, as its text.
pub(super) fn string<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    match item.get(name)? {
        AttributeValue::S(value) | AttributeValue::N(value) => Some(value),
        _ => None,
    }
}
