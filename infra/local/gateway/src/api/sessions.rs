//! Checkout Sessions, for one payment each.

use crate::books::{Books, Chore};
use crate::checkout;
use crate::clock::DAY;
use crate::confirm;
use crate::form::Form;
use crate::objects::{
    Customer, Id, Line, Object, PaymentStatus, Session, SessionOwn, SessionStatus,
};
use crate::operation::{self, Call, Method, Operation, fits, list};
use crate::refusal::Refusal;
use serde_json::{Value, json};

/// The first version that no longer takes `payment_method_types`.
const WITHOUT_TYPES: &str = "2026-09-30";
/// The shortest that a session can be open, in seconds.
const SHORTEST: i64 = 30 * 60;
const KINDS: [&str; 2] = ["card", "sepa_debit"];
/// The languages that Stripe's page knows.
const LOCALES: [&str; 44] = [
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr",
    "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt",
    "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW", "ca", "is",
    "he",
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::Post,
        path: "/v1/checkout/sessions",
        known: &[
            "allowed_payment_method_types[]",
            "cancel_url",
            "client_reference_id",
            "currency",
            "customer",
            "customer_email",
            "expires_at",
            "line_items[][price_data][currency]",
            "line_items[][price_data][product_data][description]",
            "line_items[][price_data][product_data][name]",
            "line_items[][price_data][unit_amount]",
            "line_items[][quantity]",
            "locale",
            "metadata[*]",
            "mode",
            "payment_intent_data[description]",
            "payment_intent_data[metadata][*]",
            "payment_method_types[]",
            "success_url",
            "ui_mode",
        ],
        run: create,
    },
    Operation {
        method: Method::Get,
        path: "/v1/checkout/sessions",
        known: &["customer", "payment_intent", "status"],
        run: all,
    },
    Operation {
        method: Method::Get,
        path: "/v1/checkout/sessions/{id}",
        known: &[],
        run: operation::retrieve::<Session>,
    },
    Operation {
        method: Method::Get,
        path: "/v1/checkout/sessions/{id}/line_items",
        known: &[],
        run: line_items,
    },
    Operation {
        method: Method::Post,
        path: "/v1/checkout/sessions/{id}/expire",
        known: &[],
        run: expire,
    },
];

fn lines(books: &mut Books, form: &Form) -> Result<Vec<Line>, Refusal> {
    let mut lines = Vec::new();
    for place in 0..form.length("line_items") {
        let part = |name: &str| format!("line_items[{place}]{name}");
        let number = |name: &str| -> Result<i64, Refusal> {
            let name = part(name);
            form.amount(&name)?.ok_or_else(|| Refusal::missing(&name))
        };
        if form.required(&part("[price_data][currency]"))? != "eur" {
            let param = part("[price_data][currency]");
            return Err(Refusal::parameter(param, "Invalid currency: this account takes eur."));
        }
        lines.push(Line {
            id: books.id("li"),
            name: form.required(&part("[price_data][product_data][name]"))?.to_owned(),
            quantity: number("[quantity]")?,
            unit_amount: number("[price_data][unit_amount]")?,
        });
    }
    if lines.is_empty() {
        return Err(Refusal::missing("line_items"));
    }
    Ok(lines)
}

/// When the session is to end: within a day, and not at once.
fn expiry(books: &Books, form: &Form) -> Result<i64, Refusal> {
    let now = books.now();
    let refused = |message| Err(Refusal::parameter("expires_at", message));
    match form.integer("expires_at")? {
        None => Ok(now + DAY),
        // Stripe, too, forgives what a request takes.
        Some(at) if at < now + SHORTEST - 5 => refused(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session \
             creation.",
        ),
        Some(at) if at > now + DAY + 5 => refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
        ),
        Some(at) => Ok(at),
    }
}

fn kinds(call: &Call) -> Result<Vec<String>, Refusal> {
    let (old, new) = ("payment_method_types", "allowed_payment_method_types");
    if call.form.has(old) && call.version.as_str() >= WITHOUT_TYPES {
        let message = "The `payment_method_types` parameter is no longer supported.";
        return Err(
            Refusal::parameter(old, message).code("payment_method_types_no_longer_supported")
        );
    }
    let name = if call.form.has(old) { old } else { new };
    let kinds = call.form.list(name);
    if let Some(kind) = kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
        let message = format!("The payment method type \"{kind}\" is invalid.");
        return Err(Refusal::parameter(name, message));
    }
    Ok(if kinds.is_empty() { vec!["card".to_owned()] } else { kinds })
}

fn url(form: &Form, name: &str) -> Result<Option<String>, Refusal> {
    match form.owned(name)? {
        Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
            Err(Refusal::parameter(name, "Not a valid URL").code("url_invalid"))
        }
        url => Ok(url),
    }
}

fn create(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let mode: Option<String> = form.word("mode", &["payment"])?;
    mode.ok_or_else(|| Refusal::missing("mode"))?;
    form.word::<String>("ui_mode", &["hosted", "hosted_page"])?;
    let lines = lines(books, form)?;
    let amount_total = lines.iter().map(|line| line.unit_amount * line.quantity).sum();
    let kinds = kinds(call)?;
    if let Err(refusal) = confirm::check_amount(amount_total, &kinds) {
        return Err(refusal.param("line_items"));
    }
    let customer = form.owned("customer")?;
    if let Some(customer) = &customer {
        books.named::<Customer>("customer", customer)?;
        if form.has("customer_email") {
            let message = "You may only specify one of these parameters: customer, customer_email.";
            return Err(Refusal::parameter("customer_email", message).code("parameters_exclusive"));
        }
    }
    let customer_email = form.owned("customer_email")?;
    if customer_email.as_ref().is_some_and(|email| !email.contains('@')) {
        return Err(
            Refusal::parameter("customer_email", "Invalid email address").code("email_invalid")
        );
    }
    let success_url = url(form, "success_url")?.ok_or_else(|| Refusal::missing("success_url"))?;
    let id: Id = books.id(Session::PREFIX);
    let expires_at = expiry(books, form)?;
    let session = Session {
        created: books.now(),
        amount_total,
        cancel_url: url(form, "cancel_url")?,
        client_reference_id: form.owned("client_reference_id")?,
        currency: "eur".to_owned(),
        customer,
        customer_details: match &customer_email {
            Some(email) => json!({
                "address": null, "email": email, "name": null, "phone": null, "tax_exempt": "none",
                "tax_ids": null,
            }),
            None => Value::Null,
        },
        customer_email,
        expires_at,
        locale: form.word("locale", &LOCALES)?,
        metadata: form.hash("metadata")?,
        payment_intent: None,
        payment_method_types: kinds,
        payment_status: PaymentStatus::Unpaid,
        status: SessionStatus::Open,
        success_url,
        own: SessionOwn {
            url: format!("{}/c/pay/{id}", books.setting.base_url),
            lines,
            intent_metadata: form.hash("payment_intent_data[metadata]")?,
            intent_description: form.owned("payment_intent_data[description]")?,
        },
        id: id.clone(),
    };
    let shown = session.shown();
    books.plan((expires_at - session.created) * 1000, Chore::ExpireSession(id));
    books.add(session);
    Ok(shown)
}

fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    list::<Session>(books, call, |session| {
        fits(call, "customer", session.customer.as_deref())
            && fits(call, "payment_intent", session.payment_intent.as_deref())
            && fits(call, "status", Some(&session.status.to_string()))
    })
}

fn line_items(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let items = books.get::<Session>(&call.id)?.line_items();
    Ok(json!({ "object": "list", "data": items, "has_more": false, "url": call.path }))
}

fn expire(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    checkout::expire(books, &call.id)?;
    Ok(books.get::<Session>(&call.id)?.shown())
}
