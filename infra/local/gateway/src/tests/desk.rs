//! A client of the books: calls without the network.

use crate::api::{Asked, answer};
use crate::books::Books;
use crate::chores;
use crate::objects::Event;
use serde_json::Value;

/// The books, and who calls.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) books: Books,
}

impl Desk {
    /// A call, its form as text, as it comes back.
    pub(super) fn call(&mut self, method: &str, path: &str, form: &str) -> (u16, Value) {
        self.call_with_key(method, path, form, None)
    }

    pub(super) fn call_with_key(
        &mut self,
        method: &str,
        path: &str,
        form: &str,
        key: Option<&str>,
    ) -> (u16, Value) {
        let asked = Asked {
            method,
            path,
            parameters: form,
            idempotency_key: key,
            version: None,
            request_id: "req_1",
        };
        let answer = answer(&mut self.books, &asked);
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }

    /// A call that has to be answered with 200.
    pub(super) fn post(&mut self, path: &str, form: &str) -> Value {
        let (status, value) = self.call("POST", path, form);
        assert_eq!(status, 200, "{value:#}");
        value
    }

    pub(super) fn get(&mut self, path: &str) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (status, value) = self.call("GET", path, query);
        assert_eq!(status, 200, "{value:#}");
        value
    }

    /// A call that has to be refused: the status and the error.
    pub(super) fn refused(&mut self, path: &str, form: &str) -> (u16, Value) {
        let (status, value) = self.call("POST", path, form);
        assert!(status >= 400, "{value:#}");
        (status, value["error"].clone())
    }

    /// A payment by card with this token or id, confirmed.
    pub(super) fn pay(&mut self, method: &str) -> Value {
        self.post("/v1/payment_intents", &with_card(method))
    }

    /// The kinds of the events so far, but for those of a customer's cash.
    pub(super) fn events(&self) -> Vec<&str> {
        let events = self.books.all::<Event>().map(|event| event.kind.as_str());
        events.filter(|kind| !kind.starts_with("customer")).collect()
    }

    /// Time goes by.
    pub(super) fn wait(&mut self, seconds: u32) {
        self.books.clock.advance(seconds);
        chores::run(&mut self.books);
    }
}

/// A form that pays 1,000 euros with a card.
pub(super) fn with_card(method: &str) -> String {
    format!(
        "amount=100000&currency=eur&payment_method_types[]=card&confirm=true\
         &return_url=https://portal.example/back?sale=1&payment_method={method}\
         &metadata[sale_id]=s-1"
    )
}

/// A value's text.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
