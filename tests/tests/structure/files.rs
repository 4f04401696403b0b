//! Files and values, as the tests read them.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use serde_yaml_ng::Value as Yaml;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn read(path: &str) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| path.to_owned())
}

pub(crate) fn function_folders() -> Result<BTreeSet<String>> {
    let mut folders = BTreeSet::new();
    for entry in fs::read_dir(root().join("functions"))? {
        let entry = entry?;
        folders.extend(
            entry.file_type()?.is_dir().then(|| entry.file_name().to_string_lossy().into_owned()),
        );
    }
    Ok(folders)
}

/// YAML as JSON, the template's short functions written out: `!GetAtt A.Arn` is `{"Fn::GetAtt":
/// "A.Arn"}`.
pub(crate) fn written_out(yaml: Yaml) -> Result<Value> {
    Ok(match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let name = if ["Ref", "Condition"].contains(&name) {
                name.to_owned()
            } else {
                format!("Fn::{name}")
            };
            json!({ name: written_out(tagged.value)? })
        }
        Yaml::Mapping(entries) => {
            let entries = entries.into_iter().map(|(key, value)| {
                let name =
                    key.as_str().with_context(|| format!("a key that is no text: {key:?}"))?;
                Ok((name.to_owned(), written_out(value)?))
            });
            Value::Object(entries.collect::<Result<_>>()?)
        }
        Yaml::Sequence(items) => {
            Value::Array(items.into_iter().map(written_out).collect::<Result<_>>()?)
        }
        scalar => serde_json::to_value(scalar)?,
    })
}

pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("no text at {pointer} of {value}"))
}

pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> Result<&'a Vec<Value>> {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .with_context(|| format!("no list at {pointer}"))
}

/// The resource whose attribute this is.
pub(crate) fn attribute_of(value: &Value) -> Option<&str> {
    value.get("Fn::GetAtt")?.get(0)?.as_str()
}

/// One text, or the texts of a list.
pub(crate) fn values(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        value => value.and_then(Value::as_str).into_iter().collect(),
    }
}

pub(crate) fn keys(value: Option<&Value>) -> BTreeSet<String> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|entries| entries.keys().cloned())
        .collect()
}

/// What stands under one of these keys, however deep.
pub(crate) fn everywhere<'a>(value: &'a Value, wanted: &[&str]) -> Vec<&'a Value> {
    match value {
        Value::Object(entries) => {
            let found = |(key, value): (&'a String, &'a Value)| {
                wanted
                    .contains(&key.as_str())
                    .then_some(value)
                    .into_iter()
                    .chain(everywhere(value, wanted))
            };
            entries.iter().flat_map(found).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| everywhere(item, wanted)).collect(),
        _ => Vec::new(),
    }
}

/// The quoted texts that are written as environment variables are.
pub(crate) fn quoted_variables(code: &str) -> BTreeSet<String> {
    let is_variable = |text: &&str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    code.split('"').skip(1).step_by(2).filter(is_variable).map(str::to_owned).collect()
}

pub(crate) fn differences<T: Ord + Debug>(
    (here, left): (&str, &BTreeSet<T>),
    (there, right): (&str, &BTreeSet<T>),
) -> Vec<String> {
    let of_left =
        left.difference(right).map(|item| format!("{item:?} is in {here}, but not in {there}"));
    let of_right =
        right.difference(left).map(|item| format!("{item:?} is in {there}, but not in {here}"));
    of_left.chain(of_right).collect()
}

pub(crate) fn no_faults(faults: impl IntoIterator<Item = String>) -> Result<()> {
    let faults: Vec<String> = faults.into_iter().collect();
    ensure!(faults.is_empty(), "\n{}", faults.join("\n"));
    Ok(())
}

pub(crate) fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}
