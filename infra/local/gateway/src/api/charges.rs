//! Charges, which intents make.

use crate::books::Books;
use crate::objects::Charge;
use crate::operation::{self, Call, Method, Operation, fits, list};
use crate::refusal::Refusal;
use serde_json::Value;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::Get,
        path: "/v1/charges",
        known: &["customer", "payment_intent"],
        run: all,
    },
    Operation {
        method: Method::Get,
        path: "/v1/charges/{id}",
        known: &[],
        run: operation::retrieve::<Charge>,
    },
];

fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    list::<Charge>(books, call, |charge| {
        fits(call, "customer", charge.customer.as_deref())
            && fits(call, "payment_intent", Some(&charge.payment_intent))
    })
}
