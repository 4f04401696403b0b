//! The forms in which sales were stored, each for ever: `forms/<number>.json` holds sales as that
//! form's last release wrote them. `UPDATE_FORMS=1 cargo test -p adapters forms` writes the current
//! one anew, until a release has written it.

use super::stored::{FORM, details_item, parse_details, parse_sale, state_of};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use testkit::contract::Sample;
use testkit::simulation::Scenario;

/// The last form that a release has written; none yet. What changes after it is the next one.
const RELEASED: u32 = 0;
/// Simulated runs whose sales are looked at.
const RUNS: u64 = 60;

fn file(form: u32) -> PathBuf {
    let name = format!("src/dynamo/forms/{form}.json");
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Adds each place of a value with what is there. Texts that our types have (names of variants) are
/// told apart, those that people or partners have are not.
fn shape(value: &Value, place: &str, into: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Object(members) => {
            for (name, member) in members {
                shape(member, &format!("{place}/{name}"), into);
            }
            return;
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                // A tuple's places differ; a list's don't.
                let at = if item.is_object() || item.is_array() { 0 } else { at };
                shape(item, &format!("{place}/{at}"), into);
            }
            return;
        }
        Value::String(text) if is_ours(text) => text,
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "bool",
        Value::Null => "null",
    };
    into.insert(format!("{place}: {kind}"));
}

fn is_ours(text: &str) -> bool {
    text.len() > 3
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphabetic())
        && text.chars().any(|c| c.is_ascii_lowercase())
}

/// Sales as they are stored now, enough of them to have every shape that a simulation comes to.
fn stored_now() -> (Vec<Value>, BTreeSet<String>) {
    let machine = testkit::lifecycle::machine().unwrap();
    let (mut kept, mut shapes) = (Vec::new(), BTreeSet::new());
    let mut keep = |stored: &str| {
        let value: Value = serde_json::from_str(stored).unwrap();
        let before = shapes.len();
        shape(&value, "", &mut shapes);
        if shapes.len() > before {
            kept.push(value);
        }
    };
    let Sample { sale, details, .. } = Sample::new().unwrap();
    let item = details_item(sale.id, &details).unwrap();
    keep(item["details"].as_s().unwrap());
    for seed in 0..RUNS {
        let scenario = Scenario { outage: None, ..testkit::campaign::scenario(seed) };
        let run = testkit::campaign::judge(&machine, &scenario).0.unwrap();
        run.world.with(|state| {
            for row in state.sales.values() {
                keep(&state_of(&row.sale).unwrap());
            }
        });
    }
    (kept, shapes)
}

/// Protects a deploy in which two versions run side by side: another form has another number.
#[test]
fn what_is_stored_has_its_form_s_number() {
    let (kept, now) = stored_now();
    if std::env::var_os("UPDATE_FORMS").is_some() {
        assert_ne!(FORM, RELEASED, "form {FORM} is released: FORM needs the next number");
        let written = serde_json::to_string_pretty(&kept).unwrap();
        std::fs::create_dir_all(file(FORM).parent().unwrap()).unwrap();
        std::fs::write(file(FORM), written + "\n").unwrap();
        return;
    }
    let fixture: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(file(FORM)).unwrap()).unwrap();
    let mut known = BTreeSet::new();
    for stored in &fixture {
        shape(stored, "", &mut known);
    }
    let changed: Vec<_> = now.symmetric_difference(&known).collect();
    let then = if FORM > RELEASED { "write it anew (UPDATE_FORMS=1)" } else { "count FORM up" };
    assert!(changed.is_empty(), "what is stored changed: {then}\n{changed:#?}");
}

/// Protects what was sold years ago: each form that ever was can be read, and is written as it is
/// now.
#[test]
fn every_form_that_ever_was_can_be_read() {
    for form in 1..=FORM {
        let text = std::fs::read_to_string(file(form)).unwrap();
        let fixture: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert!(fixture.len() > 5, "{form}");
        for stored in fixture {
            assert_eq!(stored["form"], form);
            let json = stored.to_string();
            if stored.get("customer").is_some_and(Value::is_object) {
                assert!(parse_details(&json).is_ok(), "{json}");
            } else {
                let sale = parse_sale("7", &json).unwrap_or_else(|why| panic!("{why:?}: {json}"));
                let again: Value = serde_json::from_str(&state_of(&sale).unwrap()).unwrap();
                assert!(form < FORM || again == stored, "{json} is written as {again}");
            }
        }
    }
}

/// Protects what a later version wrote: it is left alone, and asked for again.
#[test]
fn a_later_form_is_left_to_who_knows_it() {
    use super::stored::Unreadable;
    let Sample { sale, .. } = Sample::new().unwrap();
    let now = state_of(&sale).unwrap();
    let later = now.replacen(&format!("{{\"form\":{FORM},"), "{\"form\":9999,", 1);
    assert_eq!(parse_sale("1", &later), Err(Unreadable::Later));
    let earlier = now.replacen(&format!("\"form\":{FORM},"), "", 1);
    assert_eq!(parse_sale("1", &earlier).unwrap().id, sale.id);
    assert_eq!(parse_sale("1", "{\"form\":1,\"id\":7}"), Err(Unreadable::Broken));
}
