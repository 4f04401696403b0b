//! What happened, and who is told.

use crate::books::{Books, random};
use crate::objects::{Endpoint, EndpointOwn, Event, Object};
use crate::operation::{self, Call, Method, Operation, list};
use crate::refusal::Refusal;
use serde_json::{Value, json};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation { method: Method::Get, path: "/v1/events", known: &["type", "types[]"], run: all },
    Operation {
        method: Method::Get,
        path: "/v1/events/{id}",
        known: &[],
        run: operation::retrieve::<Event>,
    },
    Operation {
        method: Method::Post,
        path: "/v1/webhook_endpoints",
        known: &["api_version", "description", "enabled_events[]", "metadata[*]", "url"],
        run: create,
    },
    Operation { method: Method::Get, path: "/v1/webhook_endpoints", known: &[], run: endpoints },
    Operation {
        method: Method::Get,
        path: "/v1/webhook_endpoints/{id}",
        known: &[],
        run: operation::retrieve::<Endpoint>,
    },
    Operation {
        method: Method::Delete,
        path: "/v1/webhook_endpoints/{id}",
        known: &[],
        run: delete,
    },
];

/// The kinds of events that this gateway tells of.
const KINDS: [&str; 34] = [
    "cash_balance.funds_available",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.failed",
    "charge.pending",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.created",
    "customer.deleted",
    "customer.updated",
    "customer_cash_balance_transaction.created",
    "mandate.updated",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.partially_funded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payment_method.detached",
    "refund.created",
    "refund.failed",
    "refund.updated",
];

fn is_kind(kind: &str) -> bool {
    kind == "*" || KINDS.contains(&kind)
}

fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let (kind, kinds) = (call.form.text("type")?, call.form.list("types"));
    // As Stripe has it: `charge.*` stands for all of an object's.
    let fits = |wanted: &str, kind: &str| match wanted.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => wanted == kind,
    };
    list::<Event>(books, call, |event| {
        kind.is_none_or(|wanted| fits(wanted, &event.kind))
            && (kinds.is_empty() || kinds.iter().any(|wanted| fits(wanted, &event.kind)))
    })
}

fn create(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let url = form.required("url")?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        let message = "Invalid URL: an explicit scheme (such as https) must be provided.";
        return Err(Refusal::parameter("url", message).code("url_invalid"));
    }
    let enabled_events = form.list("enabled_events");
    if enabled_events.is_empty() {
        return Err(Refusal::missing("enabled_events"));
    }
    if let Some(stranger) = enabled_events.iter().find(|kind| !is_kind(kind)) {
        let message = format!("Invalid enabled_events: {stranger} is no event's type");
        return Err(Refusal::parameter("enabled_events", message));
    }
    let secret = format!("whsec_{}", random(32));
    let endpoint = Endpoint {
        id: books.id(Endpoint::PREFIX),
        created: books.now(),
        api_version: form.owned("api_version")?,
        description: form.owned("description")?,
        enabled_events,
        metadata: form.hash("metadata")?,
        url: url.to_owned(),
        own: EndpointOwn { secret: secret.clone(), ..EndpointOwn::default() },
    };
    let mut shown = endpoint.shown();
    if let Some(shown) = shown.as_object_mut() {
        // Told this once.
        shown.insert("secret".to_owned(), json!(secret));
    }
    books.add(endpoint);
    Ok(shown)
}

fn endpoints(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    list::<Endpoint>(books, call, |_| true)
}

fn delete(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    books.get::<Endpoint>(&call.id)?;
    books.remove::<Endpoint>(&call.id);
    Ok(json!({ "id": call.id, "object": "webhook_endpoint", "deleted": true }))
}
