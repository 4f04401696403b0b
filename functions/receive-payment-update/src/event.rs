//! Stripe's events about PaymentIntents and disputes (<https://docs.stripe.com/api/events>), as far
//! as a sale needs them.

use domain::ids::{DisputeId, GatewayPaymentId};
use domain::sale::{Decline, DisputeNews, PaymentOutcome};
use domain::use_cases::pay::{DisputeUpdate, Update};
use domain::{AttemptId, Currency, Money, SaleId};
use edge::Object;

/// What the gateway sends.
pub(crate) enum Event {
    /// What became of one of our payments.
    Update(Update),
    /// What became of a dispute.
    Dispute(DisputeUpdate),
    /// Another event, which is acknowledged and does nothing.
    Other,
}

/// What the event says of the `PaymentIntent`.
#[derive(Clone, Copy)]
enum Kind {
    Succeeded,
    Failed,
    Processing,
    Dispute,
}

pub(crate) fn payment_event(body: &Object<'_>) -> Option<Event> {
    let kind = body.text("type", |kind| {
        Ok::<_, String>(match kind {
            "payment_intent.succeeded" => Some(Kind::Succeeded),
            "payment_intent.payment_failed" => Some(Kind::Failed),
            "payment_intent.processing" => Some(Kind::Processing),
            "charge.dispute.created" | "charge.dispute.closed" => Some(Kind::Dispute),
            _ => None,
        })
    })?;
    let Some(kind) = kind else { return Some(Event::Other) };
    body.object("data", |data| {
        data.object("object", |object| match kind {
            Kind::Dispute => dispute(object),
            _ => payment_intent(object, kind),
        })
    })
}

/// Its status says it all (<https://docs.stripe.com/api/disputes/object>). Inquiries (`warning_…`)
/// move no money.
fn dispute(dispute: &Object<'_>) -> Option<Event> {
    let news = dispute.text("status", |status| {
        Ok::<_, String>(match status {
            "won" => Some(DisputeNews::Won),
            "lost" => Some(DisputeNews::Lost),
            "needs_response" | "under_review" => Some(DisputeNews::Opened),
            _ => None,
        })
    });
    let id = dispute.text("id", DisputeId::parse);
    let payment = dispute.optional_text("payment_intent", GatewayPaymentId::parse);
    let (Some(news), dispute, Some(payment)) = (news?, id?, payment?) else {
        return Some(Event::Other);
    };
    Some(Event::Dispute(DisputeUpdate { payment, dispute, news }))
}

fn payment_intent(intent: &Object<'_>, kind: Kind) -> Option<Event> {
    // The account may serve others too, whose payments carry no metadata, or their own. A refusal
    // of theirs would have the gateway switch the endpoint off, and ours be lost with it.
    let ours = intent.optional_object("metadata", |metadata| {
        let id = |name| metadata.optional_text(name, |text| Ok::<_, String>(text.to_owned()));
        let sale = id("sale_id")?.and_then(|text| SaleId::parse(&text).ok());
        let attempt = id("attempt")?.and_then(|text| AttemptId::parse(&text).ok());
        Some(sale.zip(attempt))
    });
    let Some(Some((sale, attempt))) = ours else { return Some(Event::Other) };
    let payment = intent.text("id", GatewayPaymentId::parse);
    let currency = intent.text("currency", |code| {
        Currency::from_code(&code.to_ascii_uppercase()).ok_or("must be a currency of ISO 4217")
    });
    let asked = intent.whole("amount", Ok::<_, String>);
    let received = intent.optional_whole("amount_received", Ok::<_, String>);
    let minor = match (kind, received?) {
        (Kind::Succeeded, Some(received)) => received,
        _ => asked?,
    };
    let amount =
        Money::new(minor, currency?).map_or_else(|fault| intent.fault("amount", fault), Some);
    let payment = payment?;
    let outcome = match kind {
        Kind::Succeeded => PaymentOutcome::Captured(payment),
        Kind::Processing => PaymentOutcome::Processing(payment),
        Kind::Failed | Kind::Dispute => PaymentOutcome::Declined(
            intent.optional_object("last_payment_error", decline).unwrap_or(Decline::Declined),
        ),
    };
    Some(Event::Update(Update { sale, attempt, outcome, amount: amount? }))
}

/// Stripe's reason in the desk's terms. `decline_code` is the bank's, `code` Stripe's.
fn decline(fault: &Object<'_>) -> Option<Decline> {
    let text = |name| fault.optional_text(name, |text| Ok::<_, String>(text.to_owned())).flatten();
    let reason = text("decline_code").or_else(|| text("code"))?;
    Some(match reason.as_str() {
        "insufficient_funds" => Decline::InsufficientFunds,
        "expired_card" => Decline::Expired,
        "authentication_required" | "payment_intent_authentication_failure" => {
            Decline::AuthenticationRequired
        }
        "resource_missing" | "payment_method_unactivated" | "payment_method_invalid_parameter" => {
            Decline::InvalidPaymentMethod
        }
        _ => Decline::Declined,
    })
}
