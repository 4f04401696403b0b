//! A purchase as its page shows it.

use crate::due::Due;
use crate::receipt::Receipt;
use crate::words::{self, Words};
use domain::ports::Details;
use domain::sale::{
    AttemptState, DeliveryPlace, Estimate, FactKind, NextStep, Notification, PaymentKind, Sale,
    Status,
};
use domain::{CountryCode, Delivery, Language, SaleId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mail::formats::Formats;

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Done,
    Now,
    ToCome,
    /// The purchase ended here, and came to nothing.
    Ended,
}

impl Progress {
    /// The class of the step's element.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::ToCome => "to-come",
            Self::Ended => "ended",
        }
    }
}

/// A step of the timeline.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) progress: Progress,
    /// For those who don't see the marks.
    pub(crate) spoken: &'static str,
    pub(crate) at: Option<String>,
    /// The moment for the `datetime` attribute of a `time` element (RFC 3339).
    pub(crate) datetime: String,
}

/// One of the two payments.
pub(crate) struct Payment {
    pub(crate) name: &'static str,
    pub(crate) amount: String,
    pub(crate) state: &'static str,
    pub(crate) receipts: Vec<Receipt>,
}

/// Something that the customer was told.
pub(crate) struct Message {
    pub(crate) at: String,
    /// The moment for the `datetime` attribute of a `time` element (RFC 3339).
    pub(crate) datetime: String,
    pub(crate) headline: &'static str,
    pub(crate) paragraphs: Vec<String>,
}

/// A day on which the factory once expected to deliver.
pub(crate) struct Expected {
    pub(crate) date: String,
    pub(crate) since: String,
    /// The moment for the `datetime` attribute of a `time` element (RFC 3339).
    pub(crate) datetime: String,
    /// Why it moved there, in the factory's own words.
    pub(crate) reason: Option<String>,
}

/// All that the page shows.
pub(crate) struct Purchase {
    pub(crate) id: SaleId,
    pub(crate) country: CountryCode,
    pub(crate) vehicle: String,
    pub(crate) options: String,
    pub(crate) headline: &'static str,
    /// What happens next, or how it ended.
    pub(crate) lead: &'static str,
    pub(crate) by: Option<String>,
    pub(crate) due: Option<Due>,
    pub(crate) lost: bool,
    /// How much of the way is done, in percent.
    pub(crate) percent: usize,
    pub(crate) steps: Vec<Step>,
    /// What the customer was told, newest first.
    pub(crate) messages: Vec<Message>,
    pub(crate) price: String,
    pub(crate) payments: Vec<Payment>,
    pub(crate) order: Option<String>,
    pub(crate) estimated: Option<String>,
    /// What the factory expected, newest first, where that moved.
    pub(crate) estimates: Vec<Expected>,
    pub(crate) vin: Option<String>,
    pub(crate) plate: Option<String>,
    pub(crate) delivery: String,
}

impl Purchase {
    pub(crate) fn new(sale: &Sale, details: &Details, language: Language, now: Timestamp) -> Self {
        let (words, formats) = (words::of(language), mail::formats(language));
        let zone = &sale.zone().time_zone();
        let next = sale.next_step();
        let ended = ended(sale.status(), words);
        let steps = steps(sale, words, formats, zone);
        let done = steps.iter().filter(|step| step.progress == Progress::Done).count();
        let reached =
            steps.iter().rfind(|step| matches!(step.progress, Progress::Done | Progress::Ended));
        let lost = sale.status().is_lost();
        Self {
            id: sale.id,
            country: sale.country,
            vehicle: details.plan.shown(language).to_owned(),
            options: details.plan.options_shown(language).collect::<Vec<_>>().join(", "),
            headline: reached.map_or("", |step| step.name),
            lead: next
                .map_or(ended.map_or("", |(_, lead)| lead), |(step, _)| next_sentence(step, words)),
            by: next.and_then(|(_, by)| by).map(|by| formats.moment(by, zone)),
            due: Due::of(sale, words, formats, now),
            lost,
            percent: done.saturating_mul(100) / STEPS.len(),
            steps,
            messages: messages(sale, language, zone),
            price: formats.money(sale.terms.price()),
            payments: PaymentKind::ALL.map(|kind| payment(sale, details, kind, language)).into(),
            order: sale.order().map(|order| order.id.as_str().to_owned()),
            estimated: sale.estimate().map(|date| formats.date(date)),
            estimates: estimates(sale, formats, zone),
            // A vehicle that was lost is another's by now.
            vin: sale.vehicle().filter(|_| !lost).map(ToString::to_string),
            plate: sale.registration().map(|found| found.plate.as_str().to_owned()),
            delivery: match (&sale.appointment, &details.delivery) {
                (Some(arranged), _) => {
                    format!(
                        "{}, {}",
                        formats.slot(&arranged.slot),
                        place(arranged.slot.place, words)
                    )
                }
                (None, Delivery::Dealership) => words.at_dealership.to_owned(),
                (None, Delivery::CustomerAddress { .. }) => words.at_home.to_owned(),
            },
        }
    }

    /// The receipt of this number.
    pub(crate) fn receipt(&self, number: &str) -> Option<&Receipt> {
        self.payments
            .iter()
            .flat_map(|payment| &payment.receipts)
            .find(|receipt| receipt.number == number)
    }
}

type Name = fn(&Words) -> &'static str;

/// The way of a purchase that comes to its end.
const STEPS: [(FactKind, Name); 13] = [
    (FactKind::SaleRegistered, |words| words.steps.registered),
    (FactKind::ReservationPaid, |words| words.steps.reserved),
    (FactKind::OrderPlaced, |words| words.steps.ordered),
    (FactKind::InProduction, |words| words.steps.in_production),
    (FactKind::QualityCheck, |words| words.steps.quality_check),
    (FactKind::ReadyForShipment, |words| words.steps.ready_for_shipment),
    (FactKind::InTransit, |words| words.steps.in_transit),
    (FactKind::AtDealership, |words| words.steps.at_dealership),
    (FactKind::AvailableForCustomer, |words| words.steps.available),
    (FactKind::PaymentReceived, |words| words.steps.paid),
    (FactKind::VehicleRegistered, |words| words.steps.plated),
    (FactKind::ReadyForDelivery, |words| words.steps.ready),
    (FactKind::DeliveryArranged, |words| words.steps.arranged),
];

fn steps(sale: &Sale, words: &'static Words, formats: &Formats, zone: &TimeZone) -> Vec<Step> {
    let time = |kind: FactKind| sale.facts.iter().find(|fact| fact.0 == kind).map(|fact| fact.1);
    let step = |name, progress, at: Option<Timestamp>| Step {
        name,
        progress,
        spoken: match progress {
            Progress::Done | Progress::Ended => words.done,
            Progress::Now => words.current,
            Progress::ToCome => words.to_come,
        },
        at: at.map(|at| formats.moment(at, zone)),
        datetime: at.map(|at| at.to_string()).unwrap_or_default(),
    };
    // A step that the factory left out is done when a later one is.
    let reached = STEPS.iter().rposition(|(kind, _)| time(*kind).is_some()).unwrap_or_default();
    let ended = ended(sale.status(), words);
    let mut steps: Vec<Step> = Vec::new();
    for (place, (kind, name)) in STEPS.iter().enumerate() {
        let progress = match place {
            place if place <= reached => Progress::Done,
            _ if ended.is_some() => continue,
            place if place == reached.saturating_add(1) => Progress::Now,
            _ => Progress::ToCome,
        };
        // What the customer has to do is no state yet.
        let is_asked =
            |kind| sale.open_attempt(kind).is_none_or(|attempt| attempt.next_action().is_some());
        let name = match (progress, kind) {
            (Progress::Now, FactKind::ReservationPaid) if is_asked(PaymentKind::Signal) => {
                words.paying.pay_signal
            }
            (Progress::Now, FactKind::PaymentReceived) if is_asked(PaymentKind::Balance) => {
                words.pay
            }
            _ => name(words),
        };
        steps.push(step(name, progress, time(*kind)));
    }
    if let Some((name, _)) = ended {
        let kinds = [
            FactKind::SinAsignar,
            FactKind::PaymentFailed,
            FactKind::Lapsed,
            FactKind::OrderRejected,
            FactKind::Cancelled,
        ];
        steps.push(step(name, Progress::Ended, kinds.into_iter().find_map(time)));
    }
    steps
}

/// The history of the estimate, as long as there is one.
fn estimates(sale: &Sale, formats: &Formats, zone: &TimeZone) -> Vec<Expected> {
    let shown = sale.estimate().is_some() && sale.estimates.len() > 1;
    let known = sale.estimates.iter().rev().filter(|_| shown);
    let line = |Estimate(date, at, reason): &Estimate| Expected {
        date: formats.date(*date),
        since: formats.moment(*at, zone),
        datetime: at.to_string(),
        reason: reason.as_ref().map(|words| words.as_str().to_owned()),
    };
    known.map(line).collect()
}

/// The portal's own list needs no record: what was told follows from what happened.
fn messages(sale: &Sale, language: Language, zone: &TimeZone) -> Vec<Message> {
    let told = sale.facts.iter().rev().filter_map(|fact| Some((Notification::of(fact.0)?, fact.1)));
    let message = |(notification, at): (Notification, Timestamp)| {
        let mail::Told { headline, paragraphs } =
            mail::told(language, notification, sale.terms.balance(), sale.terms.signal());
        Message {
            at: mail::formats(language).moment(at, zone),
            datetime: at.to_string(),
            headline,
            paragraphs,
        }
    };
    told.map(message).collect()
}

/// How a purchase ended that came to nothing: a name, and what it means.
fn ended(status: Status, words: &Words) -> Option<(&'static str, &'static str)> {
    let ended = &words.ended;
    Some(match status {
        Status::PaymentFailed | Status::SinAsignar => (ended.unassigned, ended.unassigned_lead),
        Status::Lapsed => (ended.lapsed, ended.lapsed_lead),
        Status::OrderRejected => (ended.rejected, ended.rejected_lead),
        Status::Cancelled => (ended.cancelled, ended.cancelled_lead),
        _ => return None,
    })
}

fn place(place: DeliveryPlace, words: &Words) -> &'static str {
    match place {
        DeliveryPlace::Dealership => words.at_dealership,
        DeliveryPlace::CustomerAddress => words.at_home,
    }
}

fn next_sentence(step: NextStep, words: &Words) -> &'static str {
    let next = &words.next;
    match step {
        NextStep::PaySignal => next.pay_signal,
        NextStep::AwaitBank => next.await_bank,
        NextStep::PlaceOrder => next.place_order,
        NextStep::Manufacture => next.manufacture,
        NextStep::FinishManufacturing => next.finish_manufacturing,
        NextStep::Ship => next.ship,
        NextStep::Arrive => next.arrive,
        NextStep::RequestFinalPayment => next.request_final_payment,
        NextStep::PayBalance => next.pay_balance,
        NextStep::RegisterVehicle => next.register_vehicle,
        NextStep::PrepareDelivery => next.prepare_delivery,
        NextStep::Deliver => next.deliver,
        NextStep::Receive => next.receive,
    }
}

fn payment(sale: &Sale, details: &Details, kind: PaymentKind, language: Language) -> Payment {
    let (words, formats) = (words::of(language), mail::formats(language));
    let name = match kind {
        PaymentKind::Signal => words.signal,
        PaymentKind::Balance => words.balance,
    };
    let attempts = sale.attempts(kind);
    // What money is there counts more than what was tried since.
    let telling = attempts.iter().rfind(|attempt| is_taken(&attempt.state)).or(attempts.last());
    Payment {
        name,
        amount: formats.money(sale.amount_due(kind)),
        state: telling.map_or(words.unpaid, |attempt| state(&attempt.state, words)),
        receipts: Receipt::all(sale, details, kind, language),
    }
}

fn is_taken(state: &AttemptState) -> bool {
    matches!(
        state,
        AttemptState::Captured(_)
            | AttemptState::RefundDue(_)
            | AttemptState::RefundFailed(_)
            | AttemptState::Refunded(..)
    )
}

fn state(state: &AttemptState, words: &Words) -> &'static str {
    match state {
        AttemptState::Unknown | AttemptState::Processing(_) => words.processing,
        AttemptState::AwaitsCustomer(_, action) if action.is_partly_done() => words.paid_in_part,
        AttemptState::AwaitsCustomer(..) => words.awaits,
        AttemptState::Declined(_) => words.declined,
        AttemptState::Expired(_) => words.unfinished,
        AttemptState::Reversed(_) => words.reversed,
        AttemptState::Captured(_) => words.paid,
        AttemptState::RefundDue(_) | AttemptState::RefundFailed(_) => words.refund_due,
        AttemptState::Refunded(..) => words.refunded,
    }
}
