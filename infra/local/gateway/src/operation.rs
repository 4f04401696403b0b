//! An operation of the API: declared once, with its address and the parameters that it knows.

use crate::books::{Books, Kept};
use crate::form::Form;
use crate::objects::Object;
use crate::refusal::Refusal;
use serde_json::{Value, json};

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "UPPERCASE")]
pub(crate) enum Method {
    Get,
    Post,
    Delete,
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// With `{id}` where an object's id stands.
    pub(crate) path: &'static str,
    /// The parameters' names, beside those that each call may have; see [`Form::check`].
    pub(crate) known: &'static [&'static str],
    pub(crate) run: fn(&mut Books, &Call) -> Result<Value, Refusal>,
}

/// A call, as an operation gets it.
pub(crate) struct Call {
    pub(crate) path: String,
    /// What stands for `{id}`.
    pub(crate) id: String,
    pub(crate) form: Form,
    /// The version of the API that the caller speaks.
    pub(crate) version: String,
}

/// What each list knows.
pub(crate) const LIST: [&str; 4] = ["created[*]", "ending_before", "limit", "starting_after"];

/// The objects that the call's page of a list has, newest first.
pub(crate) fn list<T: Kept>(
    books: &Books,
    call: &Call,
    belongs: impl Fn(&T) -> bool,
) -> Result<Value, Refusal> {
    let limit = call.form.integer("limit")?.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        let message = format!("Invalid limit: must be between 1 and 100 (it is {limit})");
        return Err(Refusal::parameter("limit", message).code("parameter_invalid_integer"));
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    let bound = |name: &str| call.form.integer(&format!("created[{name}]"));
    let (gt, gte, lt, lte) = (bound("gt")?, bound("gte")?, bound("lt")?, bound("lte")?);
    let is_in_time = |at: i64| {
        gt.is_none_or(|bound| at > bound)
            && gte.is_none_or(|bound| at >= bound)
            && lt.is_none_or(|bound| at < bound)
            && lte.is_none_or(|bound| at <= bound)
    };
    let wanted = |object: &&T| belongs(object) && is_in_time(object.created());
    let named = |name: &str| -> Result<Option<&str>, Refusal> {
        let id = call.form.text(name)?;
        id.map_or(Ok(()), |id| books.named::<T>(name, id).map(drop))?;
        Ok(id)
    };
    let (after, before) = (named("starting_after")?, named("ending_before")?);
    let (page, has_more) = match (after, before) {
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: ending_before, \
                 starting_after.";
            return Err(Refusal::parameter("ending_before", message).code("parameters_exclusive"));
        }
        (None, Some(before)) => {
            let mut newer: Vec<&T> = books
                .all::<T>()
                .skip_while(|object| object.id() != before)
                .skip(1)
                .filter(wanted)
                .take(limit + 1)
                .collect();
            let has_more = newer.len() > limit;
            newer.truncate(limit);
            newer.reverse();
            (newer, has_more)
        }
        (after, None) => {
            let mut is_before = after.is_some();
            let older = books.all::<T>().rev().filter(|object| {
                let skipped = is_before;
                is_before &= Some(object.id()) != after;
                !skipped
            });
            let mut older: Vec<&T> = older.filter(wanted).take(limit + 1).collect();
            let has_more = older.len() > limit;
            older.truncate(limit);
            (older, has_more)
        }
    };
    let page: Vec<Value> = page.into_iter().map(Object::shown).collect();
    Ok(json!({ "object": "list", "data": page, "has_more": has_more, "url": call.path }))
}

/// The object that the call's address names.
pub(crate) fn retrieve<T: Kept>(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    Ok(books.get::<T>(&call.id)?.shown())
}

/// Whether a list is for this value of a parameter.
pub(crate) fn fits(call: &Call, name: &str, value: Option<&str>) -> bool {
    !call.form.has(name) || call.form.text(name).is_ok_and(|wanted| wanted == value)
}
