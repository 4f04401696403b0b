//! The account's own money: its balance, and each line of it.

use crate::books::Books;
use crate::objects::BalanceTransaction;
use crate::operation::{self, Call, Method, Operation, fits, list};
use crate::refusal::Refusal;
use serde_json::{Value, json};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation { method: Method::Get, path: "/v1/balance", known: &[], run: balance },
    Operation {
        method: Method::Get,
        path: "/v1/balance_transactions",
        known: &["currency", "source", "type"],
        run: all,
    },
    Operation {
        method: Method::Get,
        path: "/v1/balance_transactions/{id}",
        known: &[],
        run: operation::retrieve::<BalanceTransaction>,
    },
];

#[expect(clippy::unnecessary_wraps, reason = "an operation has this form")]
fn balance(books: &mut Books, _: &Call) -> Result<Value, Refusal> {
    let sum: i64 = books.all::<BalanceTransaction>().map(BalanceTransaction::net).sum();
    let money = |amount: i64| json!([{ "amount": amount, "currency": "eur", "source_types": {} }]);
    Ok(json!({
        "object": "balance", "available": money(sum), "pending": money(0), "livemode": false,
        "connect_reserved": money(0),
    }))
}

fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    list::<BalanceTransaction>(books, call, |transaction| {
        fits(call, "source", Some(&transaction.source))
            && fits(call, "type", Some(&transaction.kind))
            && fits(call, "currency", Some(&transaction.currency))
    })
}
