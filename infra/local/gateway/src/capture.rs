//! What comes of a payment once its money moves: a charge that succeeded, is on its way, or
//! failed, with its line in the books and its events.

use crate::books::{Books, Entry};
use crate::cards::{self, Decline, Sequel};
use crate::disputes::{self, Claim};
use crate::objects::{
    Charge, ChargeStatus, Id, Intent, IntentStatus, Object, PaymentMethod, Source,
};
use crate::refusal::Refusal;
use serde_json::json;

/// What the account pays for a payment, in cents.
fn fee(source: &str, amount: i64) -> i64 {
    match source {
        // 1.5 % and 25 cents; half a cent counts as one.
        "card" => (amount * 15 + 500) / 1000 + 25,
        "sepa_debit" => 35,
        // 0.5 %, at most 5 euros.
        _ => ((amount * 5 + 500) / 1000).min(500),
    }
}

/// A charge of the intent's payment method.
fn charge(books: &mut Books, intent: &str, status: ChargeStatus) -> Result<Charge, Refusal> {
    let id = books.id(Charge::PREFIX);
    let intent = books.get::<Intent>(intent)?;
    let method = intent.payment_method.as_deref();
    let method = method.and_then(|method| books.find::<PaymentMethod>(method));
    let details = method.map(|method| method.own.of_charge(intent.own.mandate.as_deref()));
    let captured = if status == ChargeStatus::Failed { 0 } else { intent.amount };
    Ok(Charge {
        id,
        created: books.now(),
        amount: intent.amount,
        amount_captured: captured,
        amount_refunded: 0,
        balance_transaction: None,
        billing_details: method.map(|method| method.billing_details.clone()).unwrap_or_default(),
        currency: intent.currency.clone(),
        customer: intent.customer.clone(),
        description: intent.description.clone(),
        disputed: false,
        failure_balance_transaction: None,
        failure_code: None,
        failure_message: None,
        metadata: intent.metadata.clone(),
        outcome: json!({
            "network_status": "approved_by_network", "reason": null, "risk_level": "normal",
            "risk_score": 10, "seller_message": "Payment complete.", "type": "authorized",
        }),
        payment_intent: intent.id.clone(),
        payment_method: intent.payment_method.clone(),
        payment_method_details: details.unwrap_or_default(),
        receipt_email: intent.receipt_email.clone(),
        status,
    })
}

/// The payment's money is there, or its pending charge has come through.
pub(crate) fn succeed(books: &mut Books, intent: &str) -> Result<(), Refusal> {
    let pending = pending_charge(books, intent)?;
    let id = if let Some(id) = pending {
        id
    } else {
        let charge = charge(books, intent, ChargeStatus::Succeeded)?;
        let id = charge.id.clone();
        books.add(charge);
        id
    };
    let (amount, kind) = {
        let charge = books.get_mut::<Charge>(&id)?;
        charge.status = ChargeStatus::Succeeded;
        (charge.amount, charge.kind().to_owned())
    };
    let is_card = kind == "card";
    let transaction = books.book(&Entry {
        kind: if is_card { "charge" } else { "payment" },
        category: "charge",
        amount,
        fee: fee(&kind, amount),
        source: &id,
        payment_intent: intent,
    });
    books.get_mut::<Charge>(&id)?.balance_transaction = Some(transaction);
    let paid = books.get_mut::<Intent>(intent)?;
    paid.status = IntentStatus::Succeeded;
    paid.amount_received = paid.amount;
    paid.latest_charge = Some(id.clone());
    paid.next_action = None;
    paid.last_payment_error = None;
    paid.own.challenge = None;
    books.emit("charge.succeeded", &id);
    books.emit("payment_intent.succeeded", intent);
    sequel(books, &id)
}

/// What a test card or account has in store.
fn sequel(books: &mut Books, charge: &str) -> Result<(), Refusal> {
    let method = books.get::<Charge>(charge)?.payment_method.clone().unwrap_or_default();
    let number = books.find::<PaymentMethod>(&method).and_then(|method| match &method.own {
        Source::Card { number, .. } => Some(number.clone()),
        _ => None,
    });
    let claim = match number.map(|number| cards::behaviour(&number).sequel) {
        Some(Sequel::Dispute(reason)) => Claim { reason: reason.to_owned(), ..Claim::dispute() },
        Some(Sequel::Inquiry) => Claim { reason: "fraudulent".to_owned(), ..Claim::inquiry() },
        _ => return Ok(()),
    };
    disputes::open(books, charge, claim).map(drop)
}

/// The money is asked for, and comes later or doesn't.
pub(crate) fn begin(books: &mut Books, intent: &str) -> Result<(), Refusal> {
    let charge = charge(books, intent, ChargeStatus::Pending)?;
    let id = charge.id.clone();
    books.add(charge);
    let begun = books.get_mut::<Intent>(intent)?;
    begun.status = IntentStatus::Processing;
    begun.latest_charge = Some(id.clone());
    begun.next_action = None;
    begun.last_payment_error = None;
    books.emit("payment_intent.processing", intent);
    books.emit("charge.pending", &id);
    Ok(())
}

/// The bank's no. Answers the refusal that a caller gets.
pub(crate) fn decline(
    books: &mut Books,
    intent: &str,
    decline: &Decline,
) -> Result<Refusal, Refusal> {
    let id = if let Some(id) = pending_charge(books, intent)? {
        id
    } else {
        let charge = charge(books, intent, ChargeStatus::Failed)?;
        let id = charge.id.clone();
        books.add(charge);
        id
    };
    let failed = books.get_mut::<Charge>(&id)?;
    failed.status = ChargeStatus::Failed;
    failed.amount_captured = 0;
    failed.failure_code = Some(decline.code.to_owned());
    failed.failure_message = Some(decline.message.to_owned());
    failed.outcome = json!({
        "network_status": "declined_by_network",
        "reason": decline.reason.unwrap_or(decline.code),
        "risk_level": "normal", "risk_score": 10,
        "seller_message": "The bank returned the decline code.", "type": "issuer_declined",
    });
    let refusal = Refusal::card(decline.code, decline.message)
        .decline_code(decline.reason)
        .about("charge", json!(id));
    books.get_mut::<Intent>(intent)?.latest_charge = Some(id.clone());
    books.emit("charge.failed", &id);
    fail(books, intent, refusal)
}

/// The attempt came to nothing, with or without a charge; the intent can have another.
pub(crate) fn fail(books: &mut Books, intent: &str, refusal: Refusal) -> Result<Refusal, Refusal> {
    let method = books.get::<Intent>(intent)?.payment_method.clone();
    let method = method.and_then(|method| books.show(&method)).unwrap_or_default();
    let refusal = refusal.about("payment_method", method);
    let failed = books.get_mut::<Intent>(intent)?;
    failed.status = IntentStatus::RequiresPaymentMethod;
    failed.last_payment_error = Some(refusal.error());
    failed.payment_method = None;
    failed.next_action = None;
    failed.own.challenge = None;
    books.emit("payment_intent.payment_failed", intent);
    Ok(refusal.about("payment_intent", books.get::<Intent>(intent)?.shown()))
}

fn pending_charge(books: &Books, intent: &str) -> Result<Option<Id>, Refusal> {
    let latest = books.get::<Intent>(intent)?.latest_charge.as_deref();
    let latest = latest.and_then(|latest| books.find::<Charge>(latest));
    let pending = latest.filter(|charge| charge.status == ChargeStatus::Pending);
    Ok(pending.map(|charge| charge.id.clone()))
}
