//! `evolve`: the sale after the events of a decision.

use super::aggregate::MAX_ESTIMATES;
use super::bookkeeping::postings;
use super::{
    Acceptance, Attempt, AttemptState, Case, Erasure, Estimate, Event, Fact, Means, Order,
    PaymentKind, Sale, Stage, StockClaim,
};
use crate::{AttemptId, CustomerKey, EmployeeId, Reason};
use jiff::Timestamp;
use jiff::civil::Date;

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
        Event::PaymentStarted { kind, attempt } => {
            attempts_mut(sale, *kind).push(attempt.as_ref().clone());
        }
        Event::PaymentProcessing { attempt, payment } => {
            set(sale, *attempt, |_| AttemptState::Processing(payment.clone()));
        }
        Event::PaymentAwaitsCustomer { attempt, payment, action } => {
            set(sale, *attempt, |_| AttemptState::AwaitsCustomer(payment.clone(), action.clone()));
        }
        Event::PaymentExpired { attempt, payment } => {
            set(sale, *attempt, |_| AttemptState::Expired(payment.clone()));
        }
        Event::PaymentDeclined { attempt, decline } => {
            set(sale, *attempt, |_| AttemptState::Declined(*decline));
        }
        Event::PaymentCaptured { attempt, payment } => {
            set(sale, *attempt, |_| AttemptState::Captured(payment.clone()));
        }
        Event::RefundDue { attempt } => set(sale, *attempt, |state| match state {
            AttemptState::Captured(payment)
            | AttemptState::Reversed(payment)
            | AttemptState::Refunded(payment, _) => AttemptState::RefundDue(payment),
            other => other,
        }),
        Event::Refunded { attempt, refund } | Event::PaidOut { attempt, refund } => {
            set(sale, *attempt, |state| match state {
                AttemptState::RefundDue(payment) | AttemptState::RefundFailed(payment) => {
                    AttemptState::Refunded(payment, refund.clone())
                }
                other => other,
            });
        }
        Event::RefundFailed { attempt } => set(sale, *attempt, |state| match state {
            AttemptState::RefundDue(payment) | AttemptState::Refunded(payment, _) => {
                AttemptState::RefundFailed(payment)
            }
            other => other,
        }),
        Event::MoneyBackTold { attempt, back } => {
            for found in all_attempts_mut(sale).filter(|found| found.id == *attempt) {
                found.back = back.clone();
            }
        }
        Event::PaymentReversed { attempt } => {
            let left = sale
                .all_attempts()
                .find(|(_, known)| known.id == *attempt)
                .map_or(0, |(kind, known)| sale.left_of(kind, known));
            set(sale, *attempt, |state| match state {
                AttemptState::Captured(payment) => AttemptState::Reversed(payment),
                // A part that the bank took is nobody's to give back; the rest is.
                AttemptState::RefundDue(payment) if left == 0 => AttemptState::Reversed(payment),
                other => other,
            });
        }
        Event::PaymentReinstated { attempt } => set(sale, *attempt, |state| match state {
            AttemptState::Reversed(payment) => AttemptState::Captured(payment),
            other => other,
        }),
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
        Event::CustomerCorrected | Event::PaymentAsked => {}
        Event::CustomerMoved { customer } => sale.customer = customer.clone(),
        Event::DocumentRecorded { kind } => sale.documents = sale.documents.with(*kind),
        Event::CheckDone { check } => sale.checks.push(check.clone()),
        Event::DeliveryArranged { appointment } => sale.appointment = Some(appointment.clone()),
        Event::CustomerErased { by } => erase_customer(sale, by, now),
        staged => {
            keep_estimate(sale, staged, now);
            sale.stage = step(sale.stage.clone(), staged, sale.stock.as_ref(), now);
        }
    }
}

/// What the factory expects stays beside what it expected before.
fn keep_estimate(sale: &mut Sale, event: &Event, now: Timestamp) {
    let (date, reason) = match event {
        Event::OrderPlaced { order } => (order.estimated_delivery, None),
        Event::DeliveryEstimated { date, reason } => (Some(*date), reason.clone()),
        _ => return,
    };
    let Some(date) = date else { return };
    if sale.estimates.len() >= MAX_ESTIMATES {
        // Neither the first nor the one that the customer was told.
        let told = sale.told_estimate().map(|known| known.1);
        let second_is_told = sale.estimates.get(1).map(|known| known.1) == told;
        sale.estimates.remove(if second_is_told { 2 } else { 1 });
    }
    // Whole milliseconds, as it is stored.
    let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    sale.estimates.push(Estimate(date, at, reason));
}

/// What was sold, paid and given back stays; who bought does not.
fn erase_customer(sale: &mut Sale, by: &EmployeeId, now: Timestamp) {
    sale.customer = CustomerKey::erased();
    for attempt in all_attempts_mut(sale) {
        if let Means::SepaDebit(_, acceptance) = &mut attempt.means {
            *acceptance = Acceptance::Offline;
        }
    }
    // Whole milliseconds, as it is stored: a repeat is answered the same.
    let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    sale.erasure = Some(Erasure { by: by.clone(), at });
    for extension in &mut sale.extensions {
        extension.reason = Reason::erased();
    }
    for reason in sale.estimates.iter_mut().filter_map(|known| known.2.as_mut()) {
        *reason = Reason::erased();
    }
    for closure in sale.cases.iter_mut().filter_map(|case| case.closure.as_mut()) {
        closure.reason = Reason::erased();
    }
    match &mut sale.stage {
        Stage::Cancelled { reason, .. } => *reason = Reason::erased(),
        // Partners' own words, which may name the customer as well.
        Stage::OrderRejected { reason: words }
        | Stage::PaymentReceived { refusal: Some(words), .. } => {
            *words = Reason::erased().into();
        }
        _ => {}
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
            Stage::SaleRegistered { .. }
            | Stage::ReservationPaid { .. }
            | Stage::OrderPlaced { .. }
            | Stage::Manufacturing { .. },
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
        (Stage::OrderPlaced { order }, Event::DeliveryEstimated { date, .. }) => {
            Stage::OrderPlaced { order: estimated(order, date) }
        }
        (Stage::Manufacturing { order, milestone }, Event::DeliveryEstimated { date, .. }) => {
            Stage::Manufacturing { order: estimated(order, date), milestone }
        }
        (
            Stage::OrderPlaced { order } | Stage::Manufacturing { order, .. },
            Event::MilestoneReached { milestone },
        ) => Stage::Manufacturing { order, milestone },
        (Stage::Manufacturing { order, .. }, Event::VehicleArrived { vehicle })
        | (Stage::VehicleReady { order, .. }, Event::VehicleReplaced { vehicle }) => {
            Stage::VehicleReady { order, vehicle }
        }
        (Stage::FinalPaymentPending { order, pay_by, .. }, Event::VehicleReplaced { vehicle }) => {
            Stage::FinalPaymentPending { order, vehicle, pay_by }
        }
        (
            Stage::PaymentReceived { order, registration_requested_at, refusal, .. },
            Event::VehicleReplaced { vehicle },
        ) => Stage::PaymentReceived { order, vehicle, registration_requested_at, refusal },
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
