//! Stripe's events about payments, pages, transfers, refunds and disputes
//! (<https://docs.stripe.com/api/events>), as far as a sale needs them.

use domain::ids::GatewayPaymentId;
use domain::use_cases::pay::{PaymentNews, Update};
use domain::{AttemptId, Currency, Money, SaleId};
use edge::Object;

/// What the gateway sends.
pub(crate) enum Event {
    /// What became of one of our payments.
    Update(Update),
    /// Money came to the account of this customer of the gateway's.
    Funds(GatewayPaymentId),
    /// Something of this payment was given or taken back, or may come again.
    MoneyBack(GatewayPaymentId),
    /// Another event, which is acknowledged and does nothing.
    Other,
}

/// What kind of event it is.
#[derive(Clone, Copy)]
enum Kind {
    /// Money was captured.
    Succeeded,
    Failed,
    /// A payment or a page moved otherwise.
    Moved,
    /// Money came to the account of a transfer.
    Funded,
    /// A refund or a dispute moved.
    MoneyBack,
}

pub(crate) fn payment_event(body: &Object<'_>) -> Option<Event> {
    let kind = body.text("type", |kind| {
        Ok::<_, String>(match kind {
            "payment_intent.succeeded" => Some(Kind::Succeeded),
            "payment_intent.payment_failed" => Some(Kind::Failed),
            "payment_intent.processing"
            | "payment_intent.canceled"
            | "payment_intent.partially_funded"
            | "checkout.session.completed"
            | "checkout.session.expired"
            | "checkout.session.async_payment_succeeded"
            | "checkout.session.async_payment_failed" => Some(Kind::Moved),
            "customer_cash_balance_transaction.created" => Some(Kind::Funded),
            "charge.refunded"
            | "charge.refund.updated"
            | "refund.created"
            | "refund.updated"
            | "refund.failed" => Some(Kind::MoneyBack),
            _ if kind.starts_with("charge.dispute.") => Some(Kind::MoneyBack),
            _ => None,
        })
    })?;
    let Some(kind) = kind else { return Some(Event::Other) };
    body.object("data", |data| {
        data.object("object", |object| match kind {
            Kind::MoneyBack => money_back(object),
            Kind::Funded => funds(object),
            _ => payment(object, kind),
        })
    })
}

/// Money that came, not money that went on from there; it names its owner only.
fn funds(transaction: &Object<'_>) -> Option<Event> {
    let kind = transaction.text("type", |kind| Ok::<_, String>(kind.to_owned()))?;
    let customer = transaction.text("customer", GatewayPaymentId::parse)?;
    Some(if kind == "funded" { Event::Funds(customer) } else { Event::Other })
}

/// A refund, a dispute, or the charge that they are of: each names its payment, and the gateway's
/// books say the rest. What was given back of a buyer's account names none.
fn money_back(object: &Object<'_>) -> Option<Event> {
    let payment = object.optional_text("payment_intent", GatewayPaymentId::parse)?;
    Some(payment.map_or(Event::Other, Event::MoneyBack))
}

fn payment(object: &Object<'_>, kind: Kind) -> Option<Event> {
    // The account may serve others too, whose payments carry no metadata, or their own. A refusal
    // of theirs would have the gateway switch the endpoint off, and ours be lost with it.
    let ours = object.optional_object("metadata", |metadata| {
        let id = |name| metadata.optional_text(name, |text| Ok::<_, String>(text.to_owned()));
        let sale = id("sale_id")?.and_then(|text| SaleId::parse(&text).ok());
        let attempt = id("attempt")?.and_then(|text| AttemptId::parse(&text).ok());
        Some(sale.zip(attempt))
    });
    let Some(Some((sale, attempt))) = ours else { return Some(Event::Other) };
    let news = match kind {
        Kind::Succeeded => captured(object)?,
        Kind::Failed => PaymentNews::Failed,
        _ => PaymentNews::Moved,
    };
    Some(Event::Update(Update { sale, attempt, news }))
}

fn captured(intent: &Object<'_>) -> Option<PaymentNews> {
    let payment = intent.text("id", GatewayPaymentId::parse);
    let currency = intent.text("currency", |code| {
        Currency::from_code(&code.to_ascii_uppercase()).ok_or("must be a currency of ISO 4217")
    });
    let asked = intent.whole("amount", Ok::<_, String>);
    let minor = intent.optional_whole("amount_received", Ok::<_, String>)?.or(asked)?;
    let amount =
        Money::new(minor, currency?).map_or_else(|fault| intent.fault("amount", fault), Some);
    Some(PaymentNews::Captured(payment?, amount?))
}
