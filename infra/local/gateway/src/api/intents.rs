//! PaymentIntents: created, changed, confirmed, canceled.

use crate::books::Books;
use crate::checkout;
use crate::confirm::{self, Confirmation};
use crate::objects::{Customer, Intent, IntentStatus, Object};
use crate::operation::{self, Call, Method, Operation, fits, list};
use crate::refusal::Refusal;
use serde_json::{Value, json};

/// The first version that no longer takes `payment_method_types`
/// (<https://docs.stripe.com/changelog/endive>).
const WITHOUT_TYPES: &str = "2026-09-30";
/// The first version that takes `allowed_payment_method_types`.
const WITH_ALLOWED_TYPES: &str = "2026-08-26";
const KINDS: [&str; 3] = ["card", "sepa_debit", "customer_balance"];

/// What a confirmation can say, alone or when an intent is created.
macro_rules! with_confirmation {
    ($($name:literal,)*) => {
        &[
            $($name,)*
            "error_on_requires_action",
            "mandate",
            "mandate_data[customer_acceptance][accepted_at]",
            "mandate_data[customer_acceptance][offline]",
            "mandate_data[customer_acceptance][online][ip_address]",
            "mandate_data[customer_acceptance][online][user_agent]",
            "mandate_data[customer_acceptance][type]",
            "off_session",
            "payment_method",
            "payment_method_data[allow_redisplay]",
            "payment_method_data[billing_details][*]",
            "payment_method_data[billing_details][address][*]",
            "payment_method_data[card][*]",
            "payment_method_data[customer_balance]",
            "payment_method_data[metadata][*]",
            "payment_method_data[sepa_debit][iban]",
            "payment_method_data[type]",
            "payment_method_options[card][request_three_d_secure]",
            "payment_method_options[customer_balance][bank_transfer][eu_bank_transfer][country]",
            "payment_method_options[customer_balance][bank_transfer][type]",
            "payment_method_options[customer_balance][funding_type]",
            "receipt_email",
            "return_url",
            "setup_future_usage",
            "use_stripe_sdk",
        ]
    };
}

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::Post,
        path: "/v1/payment_intents",
        known: with_confirmation![
            "allowed_payment_method_types[]",
            "amount",
            "automatic_payment_methods[allow_redirects]",
            "automatic_payment_methods[enabled]",
            "capture_method",
            "confirm",
            "confirmation_method",
            "currency",
            "customer",
            "description",
            "metadata[*]",
            "payment_method_types[]",
            "statement_descriptor",
            "statement_descriptor_suffix",
        ],
        run: create,
    },
    Operation { method: Method::Get, path: "/v1/payment_intents", known: &["customer"], run: all },
    Operation {
        method: Method::Get,
        path: "/v1/payment_intents/{id}",
        known: &["client_secret"],
        run: operation::retrieve::<Intent>,
    },
    Operation {
        method: Method::Post,
        path: "/v1/payment_intents/{id}",
        known: &["amount", "description", "metadata[*]", "receipt_email"],
        run: update,
    },
    Operation {
        method: Method::Post,
        path: "/v1/payment_intents/{id}/confirm",
        known: with_confirmation![],
        run: confirm,
    },
    Operation {
        method: Method::Post,
        path: "/v1/payment_intents/{id}/cancel",
        known: &["cancellation_reason"],
        run: cancel,
    },
];

/// The kinds of payment methods that the intent takes; `None`: Stripe's choice.
fn kinds(call: &Call) -> Result<Option<Vec<String>>, Refusal> {
    let (old, new) = ("payment_method_types", "allowed_payment_method_types");
    if call.form.has(old) && call.version.as_str() >= WITHOUT_TYPES {
        let message = "The `payment_method_types` parameter is no longer supported. Use \
             `allowed_payment_method_types` instead.";
        return Err(
            Refusal::parameter(old, message).code("payment_method_types_no_longer_supported")
        );
    }
    if call.form.has(new) && call.version.as_str() < WITH_ALLOWED_TYPES {
        let message = format!("Received unknown parameter: {new}");
        return Err(Refusal::parameter(new, message).code("parameter_unknown"));
    }
    let name = if call.form.has(old) { old } else { new };
    let kinds = call.form.list(name);
    if let Some(kind) = kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
        let message = format!("The payment method type \"{kind}\" is invalid.");
        return Err(Refusal::parameter(name, message));
    }
    Ok(Some(kinds).filter(|kinds| !kinds.is_empty()))
}

fn create(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let amount = form.amount("amount")?.ok_or_else(|| Refusal::missing("amount"))?;
    if form.required("currency")? != "eur" {
        return Err(Refusal::parameter("currency", "Invalid currency: this account takes eur."));
    }
    for (name, only) in [("capture_method", "automatic"), ("confirmation_method", "automatic")] {
        form.word::<String>(name, &[only, "automatic_async"])?;
    }
    let kinds = kinds(call)?;
    confirm::check_amount(amount, kinds.as_deref().unwrap_or(&[String::new()]))?;
    let customer = form.owned("customer")?;
    if let Some(customer) = &customer {
        books.named::<Customer>("customer", customer)?;
    }
    let is_confirmed = form.flag("confirm")? == Some(true);
    for name in ["off_session", "mandate_data", "mandate", "return_url", "error_on_requires_action"]
    {
        if form.has(name) && !is_confirmed {
            let message = format!(
                "The parameter `{name}` cannot be passed when creating a PaymentIntent unless \
                 `confirm` is set to true."
            );
            return Err(Refusal::parameter(name, message));
        }
    }
    let types = kinds.clone().unwrap_or_else(|| KINDS.map(str::to_owned).into());
    let mut intent = checkout::new_intent(books, amount, types);
    if kinds.is_none() {
        let redirects: Option<String> =
            form.word("automatic_payment_methods[allow_redirects]", &["always", "never"])?;
        intent.automatic_payment_methods = Some(json!({
            "allow_redirects": redirects.as_deref().unwrap_or("always"), "enabled": true,
        }));
    }
    intent.allowed_payment_method_types =
        kinds.filter(|_| form.has("allowed_payment_method_types"));
    intent.customer = customer;
    intent.description = form.owned("description")?;
    intent.metadata = form.hash("metadata")?;
    intent.receipt_email = form.owned("receipt_email")?;
    intent.setup_future_usage = form.word("setup_future_usage", &["off_session", "on_session"])?;
    intent.statement_descriptor = form.owned("statement_descriptor")?;
    intent.statement_descriptor_suffix = form.owned("statement_descriptor_suffix")?;
    if let options @ Value::Object(_) = form.tree("payment_method_options") {
        intent.payment_method_options = options;
    }
    let confirmation =
        if is_confirmed { Some(Confirmation::read(books, &intent, form)?) } else { None };
    if let Some(method) = form.text("payment_method")?.filter(|_| !is_confirmed) {
        let method = crate::methods::named(books, "payment_method", method)?;
        intent.payment_method = Some(method.id.clone());
        intent.status = IntentStatus::RequiresConfirmation;
        if books.show(&method.id).is_none() {
            books.add(method);
        }
    }
    let id = intent.id.clone();
    books.add(intent);
    books.emit("payment_intent.created", &id);
    if let Some(confirmation) = confirmation {
        confirm::confirm(books, &id, confirmation)?;
    }
    Ok(books.get::<Intent>(&id)?.shown())
}

fn all(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    list::<Intent>(books, call, |intent| fits(call, "customer", intent.customer.as_deref()))
}

fn update(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let (amount, metadata) = (form.amount("amount")?, form.hash("metadata")?);
    let (description, email) = (form.owned("description")?, form.owned("receipt_email")?);
    let intent = books.get_mut::<Intent>(&call.id)?;
    if let Some(amount) = amount {
        let can = matches!(
            intent.status,
            IntentStatus::RequiresPaymentMethod | IntentStatus::RequiresConfirmation
        );
        if !can {
            let message = format!(
                "This PaymentIntent's amount could not be updated because it has a status of {}.",
                intent.status
            );
            return Err(confirm::unexpected_state(intent, message));
        }
        confirm::check_amount(amount, &intent.payment_method_types)?;
        intent.amount = amount;
    }
    intent.description = description.or_else(|| intent.description.take());
    intent.receipt_email = email.or_else(|| intent.receipt_email.take());
    intent.metadata.extend(metadata);
    intent.metadata.retain(|_, value| !value.is_empty());
    Ok(intent.shown())
}

fn confirm(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let intent = books.get::<Intent>(&call.id)?.clone();
    match intent.status {
        IntentStatus::RequiresPaymentMethod
        | IntentStatus::RequiresConfirmation
        | IntentStatus::RequiresAction => {}
        IntentStatus::Succeeded => {
            let message = "You cannot confirm this PaymentIntent because it has already succeeded \
                 after being previously confirmed.";
            return Err(confirm::unexpected_state(&intent, message.to_owned()));
        }
        status => {
            let message = format!(
                "You cannot confirm this PaymentIntent because it has a status of {status}. Only a \
                 PaymentIntent with one of the following statuses may be confirmed: \
                 requires_confirmation, requires_action."
            );
            return Err(confirm::unexpected_state(&intent, message));
        }
    }
    let confirmation = Confirmation::read(books, &intent, &call.form)?;
    confirm::confirm(books, &call.id, confirmation)?;
    Ok(books.get::<Intent>(&call.id)?.shown())
}

fn cancel(books: &mut Books, call: &Call) -> Result<Value, Refusal> {
    let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
    let reason = call.form.word("cancellation_reason", &reasons)?;
    if books.get::<Intent>(&call.id)?.own.session.is_some() {
        let message = "You cannot cancel this PaymentIntent because it belongs to a Checkout \
             Session. Expire the Checkout Session instead.";
        return Err(confirm::unexpected_state(books.get(&call.id)?, message.to_owned()));
    }
    confirm::cancel(books, &call.id, reason)?;
    Ok(books.get::<Intent>(&call.id)?.shown())
}
