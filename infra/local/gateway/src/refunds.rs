//! Refunds: of a charge, or of what a customer sent too much (<https://docs.stripe.com/refunds>).

use crate::books::{Books, Chore, Entry, RefundFate};
use crate::cards::{self, Sequel};
use crate::disputes;
use crate::objects::{
    Charge, ChargeStatus, Customer, Id, Metadata, Object, PaymentMethod, Refund, RefundStatus,
    Source,
};
use crate::refusal::Refusal;
use crate::transfers;
use serde_json::{Value, json};

/// What is asked back.
#[derive(Debug, Default)]
pub(crate) struct Ask {
    /// All that is left, unless told.
    pub(crate) amount: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) instructions_email: Option<String>,
}

fn euros(amount: i64) -> String {
    format!("€{}.{:02}", amount / 100, amount % 100)
}

/// Gives back a charge, or a part of it. Answers the refund's id.
pub(crate) fn of_charge(books: &mut Books, charge: &str, ask: Ask) -> Result<Id, Refusal> {
    let refunded = books.get::<Charge>(charge)?.clone();
    if refunded.status != ChargeStatus::Succeeded {
        let intent = &refunded.payment_intent;
        return Err(Refusal::request(format!(
            "This PaymentIntent ({intent}) does not have a successful charge to refund."
        ))
        .param("payment_intent"));
    }
    if disputes::blocks_refunds(books, charge) {
        let message = format!("Charge {charge} has been charged back; cannot issue a refund.");
        return Err(Refusal::request(message).code("charge_disputed"));
    }
    let left = refunded.refundable();
    if left == 0 {
        let message = format!("Charge {charge} has already been refunded.");
        return Err(Refusal::request(message).code("charge_already_refunded"));
    }
    let amount = ask.amount.unwrap_or(left);
    if amount > left {
        // Stripe has no code for it.
        let message = format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            euros(amount),
            euros(left)
        );
        return Err(Refusal::request(message).param("amount"));
    }
    let email = match refunded.kind() {
        "customer_balance" => Some(address(books, refunded.customer.as_deref(), &ask)?),
        _ => ask.instructions_email.clone(),
    };
    let id = books.id(Refund::PREFIX);
    let transaction = books.book(&Entry {
        kind: if refunded.kind() == "card" { "refund" } else { "payment_refund" },
        category: "refund",
        amount: -amount,
        fee: 0,
        source: &id,
        payment_intent: &refunded.payment_intent,
    });
    let refund = Refund {
        id: id.clone(),
        created: books.now(),
        amount,
        balance_transaction: Some(transaction),
        charge: Some(charge.to_owned()),
        currency: refunded.currency.clone(),
        customer: None,
        destination_details: json!({ "type": refunded.kind() }),
        failure_balance_transaction: None,
        failure_reason: None,
        instructions_email: email,
        metadata: ask.metadata,
        next_action: None,
        payment_intent: Some(refunded.payment_intent.clone()),
        pending_reason: None,
        reason: ask.reason,
        status: RefundStatus::Succeeded,
    };
    books.get_mut::<Charge>(charge)?.amount_refunded += amount;
    begin(books, refund, &refunded)?;
    books.emit("charge.refunded", charge);
    if amount == left {
        disputes::close_inquiries(books, charge)?;
    }
    Ok(id)
}

/// Where Stripe asks the customer for an account, should it not know one.
fn address(books: &Books, customer: Option<&str>, ask: &Ask) -> Result<String, Refusal> {
    let customer = customer.and_then(|customer| books.find::<Customer>(customer));
    let email = ask.instructions_email.clone().or_else(|| customer?.email.clone());
    email.ok_or_else(|| {
        let message = "The customer has no email address to send refund instructions to.";
        Refusal::request(message).param("instructions_email")
    })
}

/// Decides where the refund begins, and what is to come of it.
fn begin(books: &mut Books, mut refund: Refund, charge: &Charge) -> Result<(), Refusal> {
    let method = charge.payment_method.as_deref();
    let method = method.and_then(|method| books.find::<PaymentMethod>(method));
    let sequel = method.map(|method| match &method.own {
        Source::Card { number, .. } => cards::behaviour(number).sequel,
        _ => Sequel::PendingRefund,
    });
    let (id, delay) = (refund.id.clone(), books.setting.debit_millis);
    let mut later = None;
    let fate = books.refund_fates.pop_front();
    refund.status = match (fate, sequel) {
        (Some(RefundFate::Pending), _) => RefundStatus::Pending,
        (Some(RefundFate::RequiresAction), _) => RefundStatus::RequiresAction,
        (None, Some(Sequel::PendingRefund)) => {
            later = Some(Chore::SettleRefund(id.clone()));
            RefundStatus::Pending
        }
        (None, Some(Sequel::FailingRefund)) => {
            later = Some(Chore::FailRefund(id.clone()));
            RefundStatus::Succeeded
        }
        // One that is to fail at once succeeded before.
        _ => RefundStatus::Succeeded,
    };
    if refund.status == RefundStatus::Pending {
        refund.pending_reason = Some("processing".to_owned());
    }
    if refund.status == RefundStatus::RequiresAction {
        refund.next_action = Some(json!({
            "type": "display_details",
            "display_details": {
                "email_sent": {
                    "email_sent_at": refund.created, "email_sent_to": refund.instructions_email,
                },
                "expires_at": refund.created + 45 * crate::clock::DAY,
            },
        }));
    }
    if let (Some(chore), Some(delay)) = (later, delay) {
        books.plan(delay, chore);
    }
    books.add(refund);
    books.emit("refund.created", &id);
    if fate == Some(RefundFate::Failed) {
        settle(books, &id, Outcome::Failed("unknown".to_owned()))?;
    }
    Ok(())
}

/// Gives a customer back what pays for nothing. Answers the refund's id.
pub(crate) fn of_cash(books: &mut Books, customer: &str, ask: Ask) -> Result<Id, Refusal> {
    let cash = books.named::<Customer>("customer", customer)?.own.cash;
    let amount = ask.amount.unwrap_or(cash);
    if amount < 1 || amount > cash {
        let message = format!(
            "Refund amount ({}) is greater than the available cash balance ({})",
            euros(amount),
            euros(cash)
        );
        return Err(Refusal::request(message).param("amount"));
    }
    let email = address(books, Some(customer), &ask)?;
    let id = books.id(Refund::PREFIX);
    transfers::move_cash(books, customer, -amount, "return_initiated", json!({ "refund": id }))?;
    let created = books.now();
    books.add(Refund {
        id: id.clone(),
        created,
        amount,
        balance_transaction: None,
        charge: None,
        currency: "eur".to_owned(),
        customer: Some(customer.to_owned()),
        destination_details: json!({ "type": "eu_bank_transfer" }),
        failure_balance_transaction: None,
        failure_reason: None,
        instructions_email: Some(email),
        metadata: ask.metadata,
        next_action: None,
        payment_intent: None,
        pending_reason: Some("processing".to_owned()),
        reason: ask.reason,
        status: RefundStatus::Pending,
    });
    if let Some(delay) = books.setting.debit_millis {
        books.plan(delay, Chore::SettleRefund(id.clone()));
    }
    books.emit("refund.created", &id);
    Ok(id)
}

/// What becomes of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Succeeded,
    /// For this reason.
    Failed(String),
    Canceled,
}

/// The refund moves on. One that had succeeded can fail, too: a card that was closed meanwhile.
pub(crate) fn settle(books: &mut Books, id: &str, outcome: Outcome) -> Result<(), Refusal> {
    let refund = books.get_mut::<Refund>(id)?;
    let before = json!({ "status": refund.status });
    let is_over = matches!(refund.status, RefundStatus::Failed | RefundStatus::Canceled);
    let comes_late = refund.status == RefundStatus::Succeeded && outcome == Outcome::Succeeded;
    if is_over || comes_late {
        return Err(Refusal::request("The refund is settled already."));
    }
    refund.pending_reason = None;
    refund.next_action = None;
    let did_fail = matches!(outcome, Outcome::Failed(_));
    match outcome {
        Outcome::Succeeded => refund.status = RefundStatus::Succeeded,
        Outcome::Failed(reason) => {
            refund.status = RefundStatus::Failed;
            refund.failure_reason = Some(reason);
            take_back(books, id)?;
        }
        Outcome::Canceled => {
            refund.status = RefundStatus::Canceled;
            take_back(books, id)?;
        }
    }
    books.emit_change("refund.updated", id, &before);
    if did_fail {
        books.emit("refund.failed", id);
    }
    if books.get::<Refund>(id)?.charge.is_some() {
        books.emit_change("charge.refund.updated", id, &before);
    }
    Ok(())
}

/// The money didn't get to the customer: it is where it was.
fn take_back(books: &mut Books, id: &str) -> Result<(), Refusal> {
    let refund = books.get::<Refund>(id)?.clone();
    let Some(charge) = refund.charge else {
        let customer = refund.customer.unwrap_or_default();
        let details: Value = json!({ "refund": id });
        return transfers::move_cash(books, &customer, refund.amount, "return_canceled", details)
            .map(drop);
    };
    let refunded = books.get_mut::<Charge>(&charge)?;
    refunded.amount_refunded -= refund.amount;
    let is_card = refunded.kind() == "card";
    let transaction = books.book(&Entry {
        kind: if is_card { "refund_failure" } else { "payment_failure_refund" },
        category: "refund_failure",
        amount: refund.amount,
        fee: 0,
        source: id,
        payment_intent: &refund.payment_intent.unwrap_or_default(),
    });
    books.get_mut::<Refund>(id)?.failure_balance_transaction = Some(transaction);
    Ok(())
}
