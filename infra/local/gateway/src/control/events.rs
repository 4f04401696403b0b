//! Control calls about events and time.

use super::ask::{Body, answer};
use crate::objects::{Endpoint, EndpointOwn, Event, Id, Metadata, Object};
use crate::refusal::Refusal;
use crate::world::World;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type Shared = State<Arc<World>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeat {
    last: Option<usize>,
    #[serde(default)]
    ids: Vec<Id>,
}

pub(super) async fn repeat(
    State(world): Shared,
    Body(Repeat { last, ids }): Body<Repeat>,
) -> Response {
    answer(world.change(|books| {
        let last = last.unwrap_or(usize::from(ids.is_empty()));
        let mut events: Vec<(Id, String)> = Vec::new();
        for id in &ids {
            let event = books.get::<Event>(id)?;
            events.push((event.id.clone(), event.kind.clone()));
        }
        let mut newest: Vec<_> = books
            .all::<Event>()
            .rev()
            .take(last)
            .map(|event| (event.id.clone(), event.kind.clone()))
            .collect();
        newest.reverse();
        events.extend(newest);
        for (id, kind) in &events {
            books.send(id, kind);
        }
        Ok(json!({ "events": events.into_iter().map(|(id, _)| id).collect::<Vec<_>>() }))
    }))
}

pub(super) async fn hold(State(world): Shared) -> Response {
    answer(world.change(|books| {
        books.is_holding = true;
        Ok(json!({ "held": books.held }))
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    #[serde(default)]
    is_reversed: bool,
    #[serde(default)]
    first: Vec<Id>,
    #[serde(default)]
    hold: bool,
}

pub(super) async fn release(
    State(world): Shared,
    Body(Release { is_reversed, first, hold }): Body<Release>,
) -> Response {
    answer(world.change(|books| {
        let mut held = std::mem::take(&mut books.held);
        if is_reversed {
            held.reverse();
        }
        // Stable: the others stay in their order.
        held.sort_by_key(|id| first.iter().position(|wanted| wanted == id).unwrap_or(usize::MAX));
        for id in &held {
            let kind = books.get::<Event>(id)?.kind.clone();
            books.send(id, &kind);
        }
        books.is_holding = hold;
        Ok(json!({ "released": held }))
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forward {
    seconds: u32,
}

pub(super) async fn move_clock(
    State(world): Shared,
    Body(Forward { seconds }): Body<Forward>,
) -> Response {
    answer(world.change(|books| {
        books.clock.advance(seconds);
        Ok(json!({ "now": books.now() }))
    }))
}

pub(super) async fn webhooks(State(world): Shared) -> Json<Value> {
    let endpoints = world.read(|books| {
        let shown = |endpoint: &Endpoint| {
            json!({
                "id": endpoint.id, "name": endpoint.own.name, "url": endpoint.url,
                "enabled_events": endpoint.enabled_events, "due": endpoint.own.due,
            })
        };
        let endpoints: Vec<Value> = books.all::<Endpoint>().map(shown).collect();
        json!({ "endpoints": endpoints, "held": books.held, "is_holding": books.is_holding })
    });
    let mut answer = endpoints;
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("tries".to_owned(), json!(world.tries()));
    }
    Json(answer)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Direction {
    url: String,
    secret: String,
    events: Option<Vec<String>>,
}

/// An endpoint by a name: the same name again is the same endpoint, with what it is still due.
pub(super) async fn direct(
    State(world): Shared,
    Path(name): Path<String>,
    Body(Direction { url, secret, events }): Body<Direction>,
) -> Response {
    let enabled_events = events.unwrap_or_else(|| vec!["*".to_owned()]);
    let outcome: Result<Value, Refusal> = world.change(|books| {
        let known =
            books.all_mut::<Endpoint>().find(|endpoint| endpoint.own.name.as_ref() == Some(&name));
        if let Some(known) = known {
            known.url = url;
            known.own.secret = secret;
            known.enabled_events = enabled_events;
            return Ok(known.shown());
        }
        let endpoint = Endpoint {
            id: books.id(Endpoint::PREFIX),
            created: books.now(),
            api_version: None,
            description: None,
            enabled_events,
            metadata: Metadata::new(),
            url,
            own: EndpointOwn { secret, name: Some(name), ..EndpointOwn::default() },
        };
        let shown = endpoint.shown();
        books.add(endpoint);
        Ok(shown)
    });
    answer(outcome)
}
