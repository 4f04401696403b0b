//! Disputes, which customers' banks open.

use crate::books::Books;
use crate::disputes;
use crate::objects::{Dispute, DisputeStatus, Object};
use crate::operation::{self, Call, Method, Operation, fits, list};
use crate::refusal::Refusal;
use serde_json::Value;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::Get,
        path: "/v1/disputes",
        known: &["charge", "payment_intent"],
        run: all,
    },
    Operation {
        method: Method::Get,
        path: "/v1/disputes/{id}",
        known: &[],
        run: operation::retrieve::<Dispute>,
    },
    Operation {
        method: Method::Post,
        path: "/v1/disputes/{id}",
        known: &["evidence[*]", "metadata[*]", "submit"],
        run: update,
    },
    Operation { method: Method::Post, path: "/v1/disputes/{id}/close", known: &[], run: close },
];

fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    list::<Dispute>(books, call, |dispute| {
        fits(call, "payment_intent", Some(&dispute.payment_intent))
            && fits(call, "charge", Some(&dispute.charge))
    })
}

fn update(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let (metadata, is_submitted) = (form.hash("metadata")?, form.flag("submit")? != Some(false));
    let evidence = form.tree("evidence");
    let dispute = books.get_mut::<Dispute>(&call.id)?;
    dispute.metadata.extend(metadata);
    if evidence.is_object() && is_submitted {
        disputes::answer(books, &call.id, evidence)?;
    } else if evidence.is_object() {
        dispute.evidence = evidence;
    }
    Ok(books.get::<Dispute>(&call.id)?.shown())
}

/// Closing is to give in.
fn close(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    disputes::close(books, &call.id, DisputeStatus::Lost)?;
    Ok(books.get::<Dispute>(&call.id)?.shown())
}
