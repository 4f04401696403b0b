//! `expand[]`: objects in the place of their ids (<https://docs.stripe.com/api/expanding_objects>).

use crate::books::Books;
use crate::objects::Session;
use crate::refusal::Refusal;
use serde_json::{Value, json};

/// Replaces the ids at the end of this path, such as `data.latest_charge`, and those on the way.
pub(crate) fn expand(books: &Books, value: &mut Value, path: &str) -> Result<(), Refusal> {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    if name == "line_items" {
        return lines(books, value);
    }
    let refused =
        || Refusal::parameter("expand", format!("This property cannot be expanded ({name})."));
    let field = value.get_mut(name).ok_or_else(refused)?;
    let mut each: Vec<&mut Value> = match field {
        Value::Array(items) => items.iter_mut().collect(),
        field => vec![field],
    };
    for field in &mut each {
        if let Some(id) = field.as_str() {
            **field = books.show(id).ok_or_else(refused)?;
        }
        if let Some(rest) = rest.filter(|_| !field.is_null()) {
            expand(books, field, rest)?;
        }
    }
    Ok(())
}

fn lines(books: &Books, value: &mut Value) -> Result<(), Refusal> {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let items = books.get::<Session>(&id)?.line_items();
    if let Some(session) = value.as_object_mut() {
        let url = format!("/v1/checkout/sessions/{id}/line_items");
        let list = json!({ "object": "list", "data": items, "has_more": false, "url": url });
        session.insert("line_items".to_owned(), list);
    }
    Ok(())
}
