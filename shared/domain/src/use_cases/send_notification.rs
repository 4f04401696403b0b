//! The customer is told of a step, by each channel that was chosen for it.

use crate::contact::{Channel, ChannelSet, Contact, Topic};
use crate::ports::{
    Arranged, AskedPayment, ContactStore, Details, MailContent, Mailer, MovedEstimate,
    NotificationLog, PushError, PushService, Recipient, SaleStore, SendError, StoreError,
    TextMessages,
};
use crate::sale::{AttemptState, CaseKind, Fact, FactKind, Notification, Order, Sale};
use crate::{Customer, Money, SaleId};
use jiff::{SignedDuration, Timestamp};

/// Why the customer was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such sale.
    #[error("there is no such sale")]
    NotFound,
    /// The store can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A channel can't be reached.
    #[error(transparent)]
    SendError(#[from] SendError),
}

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was sent.
    Sent,
    /// It had been sent, or nobody wants to hear it.
    Settled,
    /// A later one says as much.
    Superseded,
    /// The customer was erased.
    Erased,
}

/// Tells of one fact by each channel at most once, as the log has it; nothing if a later fact came
/// within `burst` that says as much, or the customer was erased. A channel that fails holds up no
/// other, and comes again with the message. A crash between sending and the log repeats that
/// channel: bounded by the queue's receive count.
pub async fn send_notification(
    store: &(impl SaleStore + NotificationLog + ContactStore),
    channels: (&impl Mailer, &impl PushService, &impl TextMessages),
    (id, fact, notification): (SaleId, usize, Notification),
    burst: SignedDuration,
    now: Timestamp,
) -> Result<Outcome, Error> {
    let (mailer, push, texts) = channels;
    let told = store.told(id, fact).await?;
    let (sale, details) = store.sale_with_details(id).await?.ok_or(Error::NotFound)?;
    if sale.erasure.is_some() {
        return Ok(Outcome::Erased);
    }
    if sale.is_superseded(fact, burst) {
        return Ok(Outcome::Superseded);
    }
    let Some(contact) = store.contact(&sale.customer).await? else { return Ok(Outcome::Erased) };
    let (to, content) = (recipient(&sale, &details), content(&sale, &details, fact, notification));
    let mut outcome = Ok(Outcome::Settled);
    for channel in
        wanted(&sale, &contact, notification.topic()).iter().filter(|channel| !told.has(*channel))
    {
        let sent = match channel {
            Channel::Email => mailer.send(&to, &content).await,
            Channel::Sms => texts.send_text(&details.customer.phone, &to, &content).await,
            Channel::Push => to_devices(store, push, (&sale, &contact), &to, &content).await,
        };
        let done = match sent {
            Ok(()) => store.record_told(id, fact, channel, now).await.map_err(Error::from),
            Err(fault) => Err(fault.into()),
        };
        // What failed comes again; a later success doesn't hide it.
        outcome = match (outcome, done) {
            (Err(failure), _) | (_, Err(failure)) => Err(failure),
            _ => Ok(Outcome::Sent),
        };
    }
    outcome
}

/// The channels that the customer chose, and has. Where mails come back, what the contract needs
/// goes by text message.
fn wanted(sale: &Sale, contact: &Contact, topic: Topic) -> ChannelSet {
    let mails_come_back = sale.has_open_case(CaseKind::MailUndeliverable);
    let chosen = contact.preferences.channels(topic);
    let wants = |channel: &Channel| match channel {
        Channel::Email => chosen.has(Channel::Email) && !mails_come_back,
        Channel::Push => chosen.has(Channel::Push) && !contact.devices.is_empty(),
        Channel::Sms => {
            chosen.has(Channel::Sms) || (mails_come_back && topic.needs(Channel::Email))
        }
    };
    Channel::ALL.into_iter().filter(wants).collect()
}

/// To one device at least; one that is gone is forgotten.
async fn to_devices(
    store: &impl ContactStore,
    push: &impl PushService,
    (sale, contact): (&Sale, &Contact),
    to: &Recipient,
    content: &MailContent,
) -> Result<(), SendError> {
    let (mut reached, mut failed) = (false, false);
    for device in &contact.devices {
        match push.push(device, sale.id, to, content).await {
            Ok(()) => reached = true,
            Err(PushError::Gone) => {
                // If it can't be forgotten now, it is gone the next time, too.
                let _ = store.forget_device(&sale.customer, device).await;
            }
            Err(PushError::SendError(_) | PushError::NotOffered | PushError::Refused) => {
                failed = true;
            }
        }
    }
    if failed && !reached { Err(SendError) } else { Ok(()) }
}

fn recipient(sale: &Sale, details: &Details) -> Recipient {
    let Customer { full_name, email, language, .. } = details.customer.clone();
    Recipient { full_name, email, language, zone: sale.zone() }
}

fn arranged(sale: &Sale) -> Option<Arranged> {
    let arranged = sale.facts.iter().filter(|fact| fact.0 == FactKind::DeliveryArranged);
    Some(Arranged {
        sale: sale.id,
        slot: sale.appointment.as_ref()?.slot,
        at: arranged.clone().next_back()?.1,
        before: arranged.count().saturating_sub(1),
    })
}

/// How the estimate moved at this fact, if it did: from what the customer was told before.
fn moved(sale: &Sale, fact: usize) -> Option<MovedEstimate> {
    let at_fact = |fact: &Fact| {
        let at = fact.1.as_millisecond();
        sale.estimates.iter().rfind(|known| known.1.as_millisecond() == at)
    };
    let is_move = |fact: &&Fact| fact.0 == FactKind::EstimateMoved;
    let to = sale.facts.get(fact).filter(is_move).and_then(at_fact)?;
    let before = sale.facts.iter().take(fact).rfind(is_move).and_then(at_fact);
    let from = before.or(sale.estimates.first())?;
    Some(MovedEstimate { from: from.0, to: to.0, reason: to.2.clone() })
}

fn content(sale: &Sale, details: &Details, fact: usize, notification: Notification) -> MailContent {
    let refunded = sale
        .all_attempts()
        .filter(|(_, attempt)| matches!(attempt.state, AttemptState::Refunded(..)));
    let money = |minor| Money::new(minor, sale.terms.price().currency()).ok();
    let asked = sale.asked_payment().map(|(kind, attempt, action)| {
        Box::new(AskedPayment {
            amount: sale.amount_due(kind),
            action: action.clone(),
            until: sale.open_until(kind, attempt),
        })
    });
    MailContent::Notification {
        asked,
        notification,
        plan: Box::new(details.plan.clone()),
        order: sale
            .order()
            .map(|order| Order { estimated_delivery: sale.estimate(), ..order.clone() }),
        balance: sale.terms.balance(),
        signal: sale.terms.signal(),
        pay_by: sale.pay_by(),
        refunded: refunded.filter_map(|(_, attempt)| money(attempt.back.refunded())).collect(),
        plate: sale.registration().map(|registration| registration.plate.clone()),
        appointment: arranged(sale),
        moved: moved(sale, fact),
    }
}
