//! `evolve`: the sale after an event.

use super::ledger::postings;
use super::{
    Answer, Appointment, Attempt, AttemptState, Case, CaseKind, Check, Closure, Decline, Erasure,
    Extension, Fact, FactKind, Milestone, Order, PaymentKind, Registration, Sale, Stage,
    StockClaim,
};
use crate::country::DocumentKind;
use crate::ids::{DisputeId, GatewayPaymentId, RefundId};
use crate::{AttemptId, CustomerKey, EmployeeId, Reason, Vin};
use jiff::Timestamp;
use jiff::civil::Date;

/// What a decision changes in a sale. [`super::decide`] says which events a command makes, and
/// [`evolve`] applies them; they are not stored. What stays of one, where it matters to people, is
/// its [`Fact`] ([`Event::fact`]).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum Event {
    /// The intent to charge is stored.
    PaymentStarted { kind: PaymentKind, attempt: Attempt },
    /// The bank works on it.
    PaymentProcessing { attempt: AttemptId, payment: GatewayPaymentId },
    /// The gateway or bank said no.
    PaymentDeclined { attempt: AttemptId, decline: Decline },
    /// The money is ours.
    PaymentCaptured { attempt: AttemptId, payment: GatewayPaymentId },
    /// What the request is answered.
    PaymentAnswered { attempt: AttemptId, answer: Answer },
    /// Captured money has to go back.
    RefundDue { attempt: AttemptId },
    /// It went back.
    Refunded { attempt: AttemptId, refund: RefundId },
    /// The bank took captured money back.
    PaymentReversed { attempt: AttemptId },
    /// A dispute was won: it is over, whatever is told of it later.
    DisputeWon { attempt: AttemptId, dispute: DisputeId },
    /// Money that the bank took is ours again.
    PaymentReinstated { attempt: AttemptId },
    /// People have to look at the sale.
    CaseOpened { kind: CaseKind },
    /// They don't have to any more: it was settled, or a manager closed it.
    CaseClosed { kind: CaseKind, closure: Option<Closure> },
    /// The señal is paid.
    ReservationPaid,
    /// The intent to order is stored.
    OrderRequested,
    /// The factory confirmed.
    OrderPlaced { order: Order },
    /// The factory refused.
    OrderRejected { reason: String },
    /// The factory has a new estimate.
    DeliveryEstimated { date: Date },
    /// One of `InProduction` to `InTransit`.
    MilestoneReached { milestone: Milestone },
    /// The vehicle is at the dealership.
    VehicleArrived { vehicle: Vin },
    /// The customer is told to pay the balance.
    FinalPaymentRequested { pay_by: Timestamp },
    /// The balance is paid.
    BalancePaid,
    /// The deadline passed unpaid.
    PaymentFailed,
    /// The vehicle is stock; the señal is forfeit.
    VehicleUnassigned,
    /// The customer's data, which are in the sale's details, are corrected.
    CustomerCorrected,
    /// A document is on file.
    DocumentRecorded { kind: DocumentKind },
    /// The intent to register is stored.
    RegistrationRequested,
    /// The authority refused.
    RegistrationRefused { reason: String },
    /// A manager has the authority asked again.
    RegistrationResubmitted,
    /// The authority registered the vehicle.
    VehicleRegistered { registration: Registration },
    /// The vehicle may be delivered.
    PreparedForDelivery,
    /// A line of the delivery's checklist is done.
    CheckDone { check: Check },
    /// The dealership arranged when and where the customer gets the vehicle.
    DeliveryArranged { appointment: Appointment },
    /// The sale is the delivery subsystem's.
    HandedOver,
    /// The señal was not paid in time.
    Lapsed,
    /// A manager cancelled the sale.
    Cancelled { by: EmployeeId, reason: Reason },
    /// A manager gave the customer more time.
    DeadlineExtended { extension: Extension },
    /// The customer is reminded of the deadline.
    CustomerReminded,
    /// A manager had the customer's personal data erased.
    CustomerErased { by: EmployeeId },
}

impl Event {
    /// How the sale remembers the event; `None` for what only its payments or intents show.
    pub fn fact(&self) -> Option<FactKind> {
        Some(match self {
            Self::ReservationPaid => FactKind::ReservationPaid,
            Self::OrderPlaced { .. } => FactKind::OrderPlaced,
            Self::OrderRejected { .. } => FactKind::OrderRejected,
            Self::MilestoneReached { milestone } => FactKind::from(*milestone),
            Self::VehicleArrived { .. } => FactKind::AtDealership,
            Self::FinalPaymentRequested { .. } => FactKind::AvailableForCustomer,
            Self::BalancePaid => FactKind::PaymentReceived,
            Self::PaymentFailed => FactKind::PaymentFailed,
            Self::VehicleUnassigned => FactKind::SinAsignar,
            Self::RegistrationRefused { .. } => FactKind::RegistrationRefused,
            Self::VehicleRegistered { .. } => FactKind::VehicleRegistered,
            Self::PreparedForDelivery => FactKind::ReadyForDelivery,
            Self::DeliveryArranged { .. } => FactKind::DeliveryArranged,
            Self::HandedOver => FactKind::HandedOver,
            Self::Lapsed => FactKind::Lapsed,
            Self::Cancelled { .. } => FactKind::Cancelled,
            Self::DeadlineExtended { .. } => FactKind::DeadlineExtended,
            Self::CustomerReminded => FactKind::DeadlineReminder,
            Self::RefundDue { .. } => FactKind::RefundDue,
            Self::Refunded { .. } => FactKind::Refunded,
            Self::PaymentReversed { .. } => FactKind::PaymentReversed,
            Self::PaymentReinstated { .. } => FactKind::PaymentReinstated,
            Self::PaymentStarted { .. }
            | Self::PaymentProcessing { .. }
            | Self::PaymentDeclined { .. }
            | Self::PaymentCaptured { .. }
            | Self::PaymentAnswered { .. }
            | Self::DisputeWon { .. }
            | Self::CaseOpened { .. }
            | Self::CaseClosed { .. }
            | Self::OrderRequested
            | Self::DeliveryEstimated { .. }
            | Self::CustomerErased { .. }
            | Self::CustomerCorrected
            | Self::DocumentRecorded { .. }
            | Self::CheckDone { .. }
            | Self::RegistrationResubmitted
            | Self::RegistrationRequested => return None,
        })
    }
}

/// The sale after `events`, committed at `now`, with its version one further.
pub fn evolve(sale: &Sale, events: &[Event], now: Timestamp) -> Sale {
    let mut next = sale.clone();
    next.version = next.version.saturating_add(1);
    for event in events {
        apply(&mut next, event, now);
    }
    next
}

fn apply(sale: &mut Sale, event: &Event, now: Timestamp) {
    sale.facts.extend(event.fact().map(|kind| Fact(kind, now)));
    sale.ledger.extend(postings(sale, event, now));
    match event {
        Event::PaymentStarted { kind, attempt } => attempts_mut(sale, *kind).push(attempt.clone()),
        Event::PaymentProcessing { attempt, payment } => {
            set(sale, *attempt, |_| AttemptState::Processing(payment.clone()));
        }
        Event::PaymentDeclined { attempt, decline } => {
            set(sale, *attempt, |_| AttemptState::Declined(*decline));
        }
        Event::PaymentCaptured { attempt, payment } => {
            set(sale, *attempt, |_| AttemptState::Captured(payment.clone()));
        }
        Event::RefundDue { attempt } => set(sale, *attempt, |state| match state {
            AttemptState::Captured(payment) => AttemptState::RefundDue(payment),
            other => other,
        }),
        Event::Refunded { attempt, refund } => set(sale, *attempt, |state| match state {
            AttemptState::RefundDue(payment) => AttemptState::Refunded(payment, refund.clone()),
            other => other,
        }),
        Event::PaymentReversed { attempt } => set(sale, *attempt, |state| match state {
            AttemptState::Captured(payment) | AttemptState::RefundDue(payment) => {
                AttemptState::Reversed(payment)
            }
            other => other,
        }),
        Event::PaymentReinstated { attempt } => set(sale, *attempt, |state| match state {
            AttemptState::Reversed(payment) => AttemptState::Captured(payment),
            other => other,
        }),
        Event::DisputeWon { attempt, dispute } => {
            for found in all_attempts_mut(sale).filter(|found| found.id == *attempt) {
                found.won_dispute = Some(dispute.clone());
            }
        }
        Event::CaseOpened { kind } => {
            sale.cases.push(Case { kind: *kind, opened_at: now, closed_at: None, closure: None });
        }
        Event::CaseClosed { kind, closure } => {
            for case in
                sale.cases.iter_mut().filter(|case| case.kind == *kind && case.closed_at.is_none())
            {
                case.closed_at = Some(now.as_millisecond());
                case.closure.clone_from(closure);
            }
        }
        Event::PaymentAnswered { attempt, answer } => {
            for found in all_attempts_mut(sale).filter(|found| found.id == *attempt) {
                found.answer = Some(*answer);
            }
        }
        Event::DeadlineExtended { extension } => {
            sale.extensions.push(extension.clone());
            if let Stage::FinalPaymentPending { pay_by, .. } = &mut sale.stage {
                *pay_by = extension.to;
            }
        }
        Event::CustomerCorrected => {}
        Event::DocumentRecorded { kind } => sale.documents = sale.documents.with(*kind),
        Event::CheckDone { check } => sale.checks.push(check.clone()),
        Event::DeliveryArranged { appointment } => sale.appointment = Some(appointment.clone()),
        Event::CustomerErased { by } => erase_customer(sale, by, now),
        staged => sale.stage = step(sale.stage.clone(), staged, sale.stock.as_ref(), now),
    }
}

/// What was sold, paid and given back stays; who bought does not.
fn erase_customer(sale: &mut Sale, by: &EmployeeId, now: Timestamp) {
    sale.customer = CustomerKey::erased();
    // Whole milliseconds, as it is stored: a repeat is answered the same.
    let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    sale.erasure = Some(Erasure { by: by.clone(), at });
    for extension in &mut sale.extensions {
        extension.reason = Reason::erased();
    }
    for closure in sale.cases.iter_mut().filter_map(|case| case.closure.as_mut()) {
        closure.reason = Reason::erased();
    }
    if let Stage::Cancelled { reason, .. } = &mut sale.stage {
        *reason = Reason::erased();
    }
}

/// The stage after an event that moves it. INVARIANT: `decide` emits an event only in a stage that
/// it moves; a pair outside this table leaves the stage as it is, and the property test in `tests`
/// fails.
fn step(stage: Stage, event: &Event, stock: Option<&StockClaim>, now: Timestamp) -> Stage {
    match (stage, event.clone()) {
        (Stage::SaleRegistered { .. }, Event::ReservationPaid) => {
            Stage::ReservationPaid { order_requested_at: None }
        }
        (Stage::SaleRegistered { .. }, Event::Lapsed) => Stage::Lapsed,
        (
            Stage::SaleRegistered { .. } | Stage::ReservationPaid { .. },
            Event::Cancelled { by, reason },
        ) => Stage::Cancelled { by, reason },
        (Stage::ReservationPaid { .. }, Event::OrderRequested) => {
            Stage::ReservationPaid { order_requested_at: Some(now.as_millisecond()) }
        }
        (Stage::ReservationPaid { .. }, Event::OrderPlaced { order }) => {
            Stage::OrderPlaced { order }
        }
        (Stage::ReservationPaid { .. }, Event::OrderRejected { reason }) => {
            Stage::OrderRejected { reason }
        }
        (Stage::OrderPlaced { order }, Event::DeliveryEstimated { date }) => {
            Stage::OrderPlaced { order: estimated(order, date) }
        }
        (Stage::Manufacturing { order, milestone }, Event::DeliveryEstimated { date }) => {
            Stage::Manufacturing { order: estimated(order, date), milestone }
        }
        (
            Stage::OrderPlaced { order } | Stage::Manufacturing { order, .. },
            Event::MilestoneReached { milestone },
        ) => Stage::Manufacturing { order, milestone },
        (Stage::Manufacturing { order, .. }, Event::VehicleArrived { vehicle }) => {
            Stage::VehicleReady { order, vehicle }
        }
        (Stage::VehicleReady { order, vehicle }, Event::FinalPaymentRequested { pay_by }) => {
            Stage::FinalPaymentPending { order: Some(order), vehicle, pay_by }
        }
        (Stage::ReservationPaid { .. }, Event::FinalPaymentRequested { pay_by })
            if let Some(claim) = stock =>
        {
            Stage::FinalPaymentPending { order: None, vehicle: claim.vehicle.clone(), pay_by }
        }
        (Stage::FinalPaymentPending { order, vehicle, .. }, Event::BalancePaid)
        | (Stage::PaymentReceived { order, vehicle, .. }, Event::RegistrationResubmitted) => {
            Stage::PaymentReceived {
                order,
                vehicle,
                registration_requested_at: None,
                refusal: None,
            }
        }
        (Stage::FinalPaymentPending { order, vehicle, .. }, Event::PaymentFailed) => {
            Stage::PaymentFailed { order, vehicle }
        }
        (Stage::PaymentFailed { order, vehicle }, Event::VehicleUnassigned) => {
            Stage::SinAsignar { order, vehicle }
        }
        (Stage::PaymentReceived { order, vehicle, .. }, Event::RegistrationRequested) => {
            Stage::PaymentReceived {
                order,
                vehicle,
                registration_requested_at: Some(now.as_millisecond()),
                refusal: None,
            }
        }
        (Stage::PaymentReceived { order, vehicle, .. }, Event::RegistrationRefused { reason }) => {
            Stage::PaymentReceived {
                order,
                vehicle,
                registration_requested_at: None,
                refusal: Some(reason),
            }
        }
        (
            Stage::PaymentReceived { order, vehicle, .. },
            Event::VehicleRegistered { registration },
        ) => Stage::VehicleRegistered { order, vehicle, registration },
        (Stage::VehicleRegistered { order, vehicle, registration }, Event::PreparedForDelivery) => {
            Stage::ReadyForDelivery { order, vehicle, registration }
        }
        (Stage::ReadyForDelivery { order, vehicle, registration }, Event::HandedOver) => {
            Stage::HandedOver { order, vehicle, registration }
        }
        (unmoved, _) => unmoved,
    }
}

fn estimated(order: Order, date: Date) -> Order {
    Order { estimated_delivery: Some(date), ..order }
}

fn attempts_mut(sale: &mut Sale, kind: PaymentKind) -> &mut Vec<Attempt> {
    match kind {
        PaymentKind::Signal => &mut sale.signal_attempts,
        PaymentKind::Balance => &mut sale.balance_attempts,
    }
}

fn all_attempts_mut(sale: &mut Sale) -> impl Iterator<Item = &mut Attempt> {
    sale.signal_attempts.iter_mut().chain(sale.balance_attempts.iter_mut())
}

fn set(sale: &mut Sale, id: AttemptId, next: impl Fn(AttemptState) -> AttemptState) {
    for attempt in all_attempts_mut(sale).filter(|attempt| attempt.id == id) {
        attempt.state = next(attempt.state.clone());
    }
}
