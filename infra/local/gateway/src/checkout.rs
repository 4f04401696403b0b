//! What happens on a Checkout Session's page
//! (<https://docs.stripe.com/payments/checkout/how-checkout-works>).

use crate::books::{Books, random};
use crate::capture;
use crate::confirm::{self, Authentication, Confirmation};
use crate::form::Form;
use crate::methods;
use crate::objects::{
    Attempt, Id, Intent, IntentStatus, Metadata, Object, PaymentStatus, Session, SessionStatus,
};
use crate::refusal::Refusal;
use serde_json::{Value, json};

/// An intent as it begins. It is kept nowhere yet.
pub(crate) fn new_intent(books: &mut Books, amount: i64, kinds: Vec<String>) -> Intent {
    let id = books.id(Intent::PREFIX);
    Intent {
        client_secret: format!("{id}_secret_{}", random(24)),
        id,
        created: books.now(),
        allowed_payment_method_types: None,
        amount,
        amount_received: 0,
        automatic_payment_methods: None,
        canceled_at: None,
        cancellation_reason: None,
        currency: "eur".to_owned(),
        customer: None,
        description: None,
        last_payment_error: None,
        latest_charge: None,
        metadata: Metadata::new(),
        next_action: None,
        payment_method: None,
        payment_method_options: json!({}),
        payment_method_types: kinds,
        receipt_email: None,
        setup_future_usage: None,
        statement_descriptor: None,
        statement_descriptor_suffix: None,
        status: IntentStatus::RequiresPaymentMethod,
        own: Attempt::default(),
    }
}

/// Pays by what the customer typed. Answers where the browser goes next.
pub(crate) fn pay(books: &mut Books, session: &str, form: &Form) -> Result<String, Refusal> {
    let paid = books.get::<Session>(session)?.clone();
    if paid.status != SessionStatus::Open {
        return Err(Refusal::request("This session is over."));
    }
    let method = methods::read(books, form, "")?;
    let intent = match &paid.payment_intent {
        Some(intent) => books.get::<Intent>(intent)?.clone(),
        None => intent_of(books, &paid),
    };
    if !matches!(intent.status, IntentStatus::RequiresPaymentMethod | IntentStatus::RequiresAction)
    {
        return Err(Refusal::request("This payment is on its way."));
    }
    let email = method.billing_details.get("email").cloned().unwrap_or_default();
    let name = method.billing_details.get("name").cloned().unwrap_or_default();
    let acceptance = json!({
        "type": "online", "online": { "ip_address": "127.0.0.1", "user_agent": "Checkout" },
    });
    let confirmation = Confirmation {
        method,
        return_url: Some(page(books, session)),
        is_off_session: false,
        mandate: Some(acceptance),
        country: None,
    };
    confirmation.check(books, &intent)?;
    let id = intent.id.clone();
    if paid.payment_intent.is_none() {
        books.add(intent);
        books.emit("payment_intent.created", &id);
    }
    let kept = books.get_mut::<Session>(session)?;
    kept.payment_intent = Some(id.clone());
    let email = kept.customer_email.clone().map_or(email, Value::String);
    kept.customer_details = json!({
        "address": null, "email": email, "name": name, "phone": null, "tax_exempt": "none",
        "tax_ids": [],
    });
    confirm::confirm(books, &id, confirmation)?;
    next(books, session)
}

fn intent_of(books: &mut Books, session: &Session) -> Intent {
    let mut intent = new_intent(books, session.amount_total, session.payment_method_types.clone());
    intent.customer.clone_from(&session.customer);
    intent.metadata.clone_from(&session.own.intent_metadata);
    intent.description.clone_from(&session.own.intent_description);
    intent.receipt_email.clone_from(&session.customer_email);
    intent.own.session = Some(session.id.clone());
    intent
}

fn page(books: &Books, session: &str) -> String {
    format!("{}/c/pay/{session}", books.setting.base_url)
}

/// Goes on after a challenge. Answers where the browser goes next.
pub(crate) fn authenticated(
    books: &mut Books,
    intent: &str,
    secret: &str,
    authentication: Authentication,
) -> Result<String, Refusal> {
    confirm::authenticated(books, intent, secret, authentication)?;
    let intent = books.get::<Intent>(intent)?;
    if let Some(session) = intent.own.session.clone() {
        return next(books, &session);
    }
    let Some(return_url) = intent.own.return_url.as_deref() else { return Ok(String::new()) };
    let outcome = if intent.status == IntentStatus::Succeeded { "succeeded" } else { "failed" };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("payment_intent", &intent.id)
        .append_pair("payment_intent_client_secret", &intent.client_secret)
        .append_pair("redirect_status", outcome)
        .finish();
    let (address, fragment) = match return_url.split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (return_url, String::new()),
    };
    let sign = if address.contains('?') { '&' } else { '?' };
    Ok(format!("{address}{sign}{query}{fragment}"))
}

/// Where the customer's browser goes from the page, as the payment stands; one that is made, or on
/// its way, completes the session.
fn next(books: &mut Books, session: &str) -> Result<String, Refusal> {
    let shown = books.get::<Session>(session)?;
    let intent: Option<&Id> = shown.payment_intent.as_ref();
    let intent = books.get::<Intent>(intent.map_or("", String::as_str))?;
    let status = intent.status;
    let challenge = intent.next_action.as_ref().and_then(|next| {
        next.pointer("/redirect_to_url/url").and_then(Value::as_str).map(str::to_owned)
    });
    match (status, challenge) {
        (IntentStatus::Succeeded, _) => complete(books, session, PaymentStatus::Paid),
        (IntentStatus::Processing, _) => complete(books, session, PaymentStatus::Unpaid),
        (_, Some(challenge)) => Ok(challenge),
        _ => Ok(page(books, session)),
    }
}

fn complete(
    books: &mut Books,
    session: &str,
    payment_status: PaymentStatus,
) -> Result<String, Refusal> {
    let completed = books.get_mut::<Session>(session)?;
    completed.status = SessionStatus::Complete;
    completed.payment_status = payment_status;
    let url = completed.success_url.replace("{CHECKOUT_SESSION_ID}", session);
    books.emit("checkout.session.completed", session);
    Ok(url)
}

/// Ends an open session, and the payment that was begun on its page.
pub(crate) fn expire(books: &mut Books, session: &str) -> Result<(), Refusal> {
    let expired = books.get_mut::<Session>(session)?;
    if expired.status != SessionStatus::Open {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout \
             Session has a status of {}.",
            expired.status
        );
        return Err(Refusal::request(message));
    }
    expired.status = SessionStatus::Expired;
    if let Some(intent) = expired.payment_intent.clone() {
        confirm::cancel(books, &intent, Some("expired".to_owned()))?;
    }
    books.emit("checkout.session.expired", session);
    Ok(())
}

/// Tells what became of a session's payment that wasn't there at once.
pub(crate) fn tell_later(books: &mut Books, intent: &str) -> Result<(), Refusal> {
    let settled = books.get::<Intent>(intent)?;
    let Some(session) = settled.own.session.clone() else { return Ok(()) };
    let kind = if settled.status == IntentStatus::Succeeded {
        books.get_mut::<Session>(&session)?.payment_status = PaymentStatus::Paid;
        "checkout.session.async_payment_succeeded"
    } else {
        "checkout.session.async_payment_failed"
    };
    books.emit(kind, &session);
    Ok(())
}

/// The money of a debit comes, or the bank refuses it.
pub(crate) fn settle_debit(
    books: &mut Books,
    intent: &str,
    decline: Option<&crate::cards::Decline>,
) -> Result<(), Refusal> {
    if books.get::<Intent>(intent)?.status != IntentStatus::Processing {
        return Err(Refusal::request("The payment is not processing."));
    }
    match decline {
        None => capture::succeed(books, intent)?,
        Some(decline) => drop(capture::decline(books, intent, decline)?),
    }
    tell_later(books, intent)
}
