//! The account's books, as an auditor wants them: each line, and the sums of each payment.

use super::ask::answer;
use crate::books::Books;
use crate::objects::{BalanceTransaction, Customer, Intent, Object};
use crate::world::World;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What came of a payment, in cents.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Sums {
    captured: i64,
    /// Less what failed.
    refunded: i64,
    /// Less what was won.
    disputed: i64,
    fees: i64,
    /// What it left in the account.
    net: i64,
}

impl Sums {
    fn add(&mut self, line: &BalanceTransaction) {
        match line.reporting_category.as_str() {
            "charge" => self.captured += line.amount,
            "refund" | "refund_failure" => self.refunded -= line.amount,
            _ => self.disputed -= line.amount,
        }
        self.fees += line.fee;
        self.net += line.net();
    }
}

fn sums(books: &Books) -> BTreeMap<String, Sums> {
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    for line in books.all::<BalanceTransaction>() {
        sums.entry(line.own.payment_intent.clone()).or_default().add(line);
    }
    sums
}

pub(super) async fn all(State(world): State<Arc<World>>) -> Response {
    answer(Ok(world.read(|books| {
        let lines: Vec<Value> = books.all::<BalanceTransaction>().map(Object::shown).collect();
        let payments = sums(books);
        let mut total = Sums::default();
        books.all::<BalanceTransaction>().for_each(|line| total.add(line));
        let cash: i64 = books.all::<Customer>().map(|customer| customer.own.cash).sum();
        json!({
            "balance_transactions": lines, "payments": payments, "total": total,
            "customers_cash": cash,
        })
    })))
}

pub(super) async fn of_payment(
    State(world): State<Arc<World>>,
    Path(intent): Path<String>,
) -> Response {
    answer(world.read(|books| {
        books.get::<Intent>(&intent)?;
        Ok(json!(sums(books).remove(&intent).unwrap_or_default()))
    }))
}

pub(super) async fn requests(State(world): State<Arc<World>>) -> Response {
    answer(Ok(world.read(|books| json!(books.requests))))
}
