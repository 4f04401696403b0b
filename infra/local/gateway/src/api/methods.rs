//! Payment methods, and the mandates of those that are debited.

use crate::books::Books;
use crate::cards;
use crate::methods;
use crate::objects::{Customer, Mandate, Object, PaymentMethod, Source};
use crate::operation::{self, Call, Method, Operation, list};
use crate::refusal::Refusal;
use serde_json::Value;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::Post,
        path: "/v1/payment_methods",
        known: &[
            "allow_redisplay",
            "billing_details[*]",
            "billing_details[address][*]",
            "card[cvc]",
            "card[exp_month]",
            "card[exp_year]",
            "card[number]",
            "card[token]",
            "customer_balance[*]",
            "metadata[*]",
            "sepa_debit[iban]",
            "type",
        ],
        run: create,
    },
    Operation {
        method: Method::Get,
        path: "/v1/payment_methods",
        known: &["customer", "type"],
        run: all,
    },
    Operation {
        method: Method::Get,
        path: "/v1/payment_methods/{id}",
        known: &[],
        run: operation::retrieve::<PaymentMethod>,
    },
    Operation {
        method: Method::Post,
        path: "/v1/payment_methods/{id}/attach",
        known: &["customer"],
        run: attach,
    },
    Operation {
        method: Method::Post,
        path: "/v1/payment_methods/{id}/detach",
        known: &[],
        run: detach,
    },
    Operation {
        method: Method::Get,
        path: "/v1/mandates/{id}",
        known: &[],
        run: operation::retrieve::<Mandate>,
    },
];

fn create(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let method = methods::read(books, &call.form, "")?;
    let shown = method.shown();
    books.add(method);
    Ok(shown)
}

/// Those of a customer: one that belongs to nobody is in no list.
fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let (customer, kind) = (call.form.text("customer")?, call.form.text("type")?);
    list::<PaymentMethod>(books, call, |method| {
        method.customer.is_some()
            && (customer.is_none() || method.customer.as_deref() == customer)
            && kind.is_none_or(|kind| kind == method.own.kind())
    })
}

fn attach(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let customer = call.form.required("customer")?.to_owned();
    books.named::<Customer>("customer", &customer)?;
    let mut method = methods::named(books, "payment_method", &call.id)?;
    if let Source::Card { number, .. } = &method.own {
        let card = cards::behaviour(number);
        if let (false, cards::Bank::Declines(decline)) = (card.can_be_attached, card.bank) {
            return Err(Refusal::card(decline.code, decline.message).decline_code(decline.reason));
        }
    }
    method.customer = Some(customer.clone());
    let (id, shown) = (method.id.clone(), method.shown());
    match books.get_mut::<PaymentMethod>(&id) {
        Ok(kept) => kept.customer = Some(customer),
        Err(_) => books.add(method),
    }
    books.emit("payment_method.attached", &id);
    Ok(shown)
}

fn detach(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let method = books.get_mut::<PaymentMethod>(&call.id)?;
    if method.customer.take().is_none() {
        let message = "The payment method you provided is not attached to a customer so \
             detachment is impossible.";
        return Err(Refusal::request(message));
    }
    let shown = method.shown();
    books.emit("payment_method.detached", &call.id);
    Ok(shown)
}
