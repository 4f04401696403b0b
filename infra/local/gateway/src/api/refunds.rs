//! Refunds of payments, and of what customers sent too much.

use crate::books::Books;
use crate::objects::{Charge, Intent, Object, Refund, RefundStatus};
use crate::operation::{self, Call, Method, Operation, fits, list};
use crate::refunds::{self, Ask, Outcome};
use crate::refusal::Refusal;
use serde_json::Value;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::Post,
        path: "/v1/refunds",
        known: &[
            "amount",
            "charge",
            "currency",
            "customer",
            "instructions_email",
            "metadata[*]",
            "origin",
            "payment_intent",
            "reason",
        ],
        run: create,
    },
    Operation {
        method: Method::Get,
        path: "/v1/refunds",
        known: &["charge", "payment_intent"],
        run: all,
    },
    Operation {
        method: Method::Get,
        path: "/v1/refunds/{id}",
        known: &[],
        run: operation::retrieve::<Refund>,
    },
    Operation {
        method: Method::Post,
        path: "/v1/refunds/{id}",
        known: &["metadata[*]"],
        run: update,
    },
    Operation { method: Method::Post, path: "/v1/refunds/{id}/cancel", known: &[], run: cancel },
];

fn create(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let ask = Ask {
        amount: form.amount("amount")?,
        reason: form.word("reason", &["duplicate", "fraudulent", "requested_by_customer"])?,
        metadata: form.hash("metadata")?,
        instructions_email: form.owned("instructions_email")?,
    };
    if form.word::<String>("origin", &["customer_balance"])?.is_some() {
        form.required("currency")?;
        let customer = form.required("customer")?;
        let id = refunds::of_cash(books, customer, ask)?;
        return Ok(books.get::<Refund>(&id)?.shown());
    }
    let charge = match (form.text("payment_intent")?, form.text("charge")?) {
        (Some(intent), _) => {
            let intent = books.named::<Intent>("payment_intent", intent)?;
            intent.latest_charge.clone().ok_or_else(|| {
                Refusal::request(format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    intent.id
                ))
                .param("payment_intent")
            })?
        }
        (None, Some(charge)) => books.named::<Charge>("charge", charge)?.id.clone(),
        (None, None) => {
            let message = "One of the following params should be provided for this request: \
                 payment_intent or charge.";
            return Err(Refusal::parameter("payment_intent", message).code("parameter_missing"));
        }
    };
    let id = refunds::of_charge(books, &charge, ask)?;
    Ok(books.get::<Refund>(&id)?.shown())
}

fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    list::<Refund>(books, call, |refund| {
        fits(call, "payment_intent", refund.payment_intent.as_deref())
            && fits(call, "charge", refund.charge.as_deref())
    })
}

fn update(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let metadata = call.form.hash("metadata")?;
    let refund = books.get_mut::<Refund>(&call.id)?;
    refund.metadata.extend(metadata);
    refund.metadata.retain(|_, value| !value.is_empty());
    let shown = refund.shown();
    books.emit("refund.updated", &call.id);
    Ok(shown)
}

/// Only one that still waits for the customer can be taken back.
fn cancel(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    if books.get::<Refund>(&call.id)?.status != RefundStatus::RequiresAction {
        let message = "You can only cancel refunds with a status of `requires_action`.";
        return Err(Refusal::request(message));
    }
    refunds::settle(books, &call.id, Outcome::Canceled)?;
    Ok(books.get::<Refund>(&call.id)?.shown())
}
