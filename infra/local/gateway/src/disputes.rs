//! What customers claim back at their bank (<https://docs.stripe.com/disputes/how-disputes-work>).

use crate::books::{Books, Entry};
use crate::clock::DAY;
use crate::objects::{Charge, Dispute, DisputeStatus, Id, Object};
use crate::refusal::Refusal;
use serde_json::{Value, json};

/// What a dispute costs, in cents.
const FEE: i64 = 2000;

/// What is claimed, and how.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// All of the charge, unless told.
    pub(crate) amount: Option<i64>,
    pub(crate) reason: String,
    pub(crate) status: DisputeStatus,
    /// Whether the money leaves at once: not with an inquiry.
    pub(crate) is_withdrawn: bool,
}

impl Claim {
    pub(crate) fn dispute() -> Self {
        Self {
            amount: None,
            reason: "general".to_owned(),
            status: DisputeStatus::NeedsResponse,
            is_withdrawn: true,
        }
    }

    pub(crate) fn inquiry() -> Self {
        let status = DisputeStatus::WarningNeedsResponse;
        Self { status, is_withdrawn: false, ..Self::dispute() }
    }

    /// A direct debit's: there is nothing to say against it.
    pub(crate) fn of_debit() -> Self {
        let reason = "debit_not_authorized".to_owned();
        Self { reason, status: DisputeStatus::Lost, ..Self::dispute() }
    }
}

/// Opens a dispute or an inquiry. Answers its id.
pub(crate) fn open(books: &mut Books, charge: &str, claim: Claim) -> Result<Id, Refusal> {
    let disputed = books.get_mut::<Charge>(charge)?;
    let amount = claim.amount.unwrap_or(disputed.amount_captured);
    if amount < 1 || amount > disputed.amount_captured {
        return Err(Refusal::parameter("amount", "The charge has no such amount."));
    }
    disputed.disputed = true;
    let (currency, intent) = (disputed.currency.clone(), disputed.payment_intent.clone());
    let details = disputed.payment_method_details.clone();
    let (id, created) = (books.id(Dispute::PREFIX), books.now());
    let is_final = claim.status.is_closed();
    let due = (!is_final).then_some(created + 7 * DAY);
    books.add(Dispute {
        id: id.clone(),
        created,
        amount,
        balance_transactions: Vec::new(),
        charge: charge.to_owned(),
        currency,
        evidence: json!({}),
        evidence_details: json!({
            "due_by": due, "has_evidence": false, "past_due": false, "submission_count": 0,
        }),
        metadata: crate::objects::Metadata::new(),
        payment_intent: intent,
        payment_method_details: details,
        reason: claim.reason,
        status: claim.status,
    });
    // The event's dispute has the line of the money that left with it.
    if claim.is_withdrawn {
        take(books, &id)?;
    }
    books.emit("charge.dispute.created", &id);
    if claim.is_withdrawn {
        books.emit("charge.dispute.funds_withdrawn", &id);
    }
    if is_final {
        books.emit("charge.dispute.closed", &id);
    }
    Ok(id)
}

fn take(books: &mut Books, id: &str) -> Result<(), Refusal> {
    move_money(books, id, -1, FEE, "dispute")
}

fn move_money(
    books: &mut Books,
    id: &str,
    sign: i64,
    fee: i64,
    category: &str,
) -> Result<(), Refusal> {
    let dispute = books.get::<Dispute>(id)?;
    let (amount, intent) = (dispute.amount * sign, dispute.payment_intent.clone());
    let transaction = books.book(&Entry {
        kind: "adjustment",
        category,
        amount,
        fee,
        source: id,
        payment_intent: &intent,
    });
    let shown = books.show(&transaction).unwrap_or_default();
    books.get_mut::<Dispute>(id)?.balance_transactions.push(shown);
    Ok(())
}

/// An inquiry becomes a dispute, or evidence is looked at; money leaves by [`withdraw`].
pub(crate) fn update(books: &mut Books, id: &str, status: DisputeStatus) -> Result<(), Refusal> {
    let dispute = open_dispute(books, id)?;
    let before = json!({ "status": dispute.status });
    dispute.status = status;
    books.emit_change("charge.dispute.updated", id, &before);
    Ok(())
}

/// The disputed amount leaves the account.
pub(crate) fn withdraw(books: &mut Books, id: &str) -> Result<(), Refusal> {
    if !open_dispute(books, id)?.balance_transactions.is_empty() {
        return Err(Refusal::request("The funds were withdrawn already."));
    }
    take(books, id)?;
    books.emit("charge.dispute.funds_withdrawn", id);
    Ok(())
}

/// It ends: the money that left comes back only if it was won.
pub(crate) fn close(books: &mut Books, id: &str, status: DisputeStatus) -> Result<(), Refusal> {
    let dispute = open_dispute(books, id)?;
    let is_out = !dispute.balance_transactions.is_empty();
    dispute.status = status;
    if is_out && status == DisputeStatus::Won {
        move_money(books, id, 1, 0, "dispute_reversal")?;
        books.emit("charge.dispute.funds_reinstated", id);
    }
    books.emit("charge.dispute.closed", id);
    Ok(())
}

fn open_dispute<'a>(books: &'a mut Books, id: &str) -> Result<&'a mut Dispute, Refusal> {
    let dispute = books.get_mut::<Dispute>(id)?;
    if dispute.status.is_closed() {
        return Err(Refusal::request(format!(
            "This dispute is already closed: {}",
            dispute.status
        )));
    }
    Ok(dispute)
}

/// Whether a dispute keeps a charge from being refunded.
pub(crate) fn blocks_refunds(books: &Books, charge: &str) -> bool {
    let is_against = |dispute: &&Dispute| {
        dispute.charge == charge
            && !dispute.status.is_inquiry()
            && dispute.status != DisputeStatus::Won
    };
    books.all::<Dispute>().any(|dispute| is_against(&dispute))
}

/// An inquiry ends when all of its charge is refunded.
pub(crate) fn close_inquiries(books: &mut Books, charge: &str) -> Result<(), Refusal> {
    let is_open = |dispute: &&Dispute| {
        dispute.charge == charge && dispute.status.is_inquiry() && !dispute.status.is_closed()
    };
    let open: Vec<Id> = books.all().filter(is_open).map(|dispute| dispute.id.clone()).collect();
    open.iter().try_for_each(|id| close(books, id, DisputeStatus::WarningClosed))
}

/// Evidence: sent, it is looked at, and Stripe's words for tests decide at once
/// (<https://docs.stripe.com/testing#evidence>).
pub(crate) fn answer(books: &mut Books, id: &str, evidence: Value) -> Result<(), Refusal> {
    let dispute = open_dispute(books, id)?;
    let word = evidence.get("uncategorized_text").and_then(Value::as_str).map(str::to_owned);
    let is_inquiry = dispute.status.is_inquiry();
    dispute.evidence = evidence;
    if let Some(details) = dispute.evidence_details.as_object_mut() {
        details.insert("has_evidence".to_owned(), json!(true));
        details.insert("submission_count".to_owned(), json!(1));
    }
    match (word.as_deref(), is_inquiry) {
        (Some("winning_evidence"), false) => close(books, id, DisputeStatus::Won),
        (Some("losing_evidence"), false) => close(books, id, DisputeStatus::Lost),
        (Some("winning_evidence"), true) => close(books, id, DisputeStatus::WarningClosed),
        (_, true) => update(books, id, DisputeStatus::WarningUnderReview),
        (_, false) => update(books, id, DisputeStatus::UnderReview),
    }
}
