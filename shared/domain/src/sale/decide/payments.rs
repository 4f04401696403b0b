//! The customer's payments, as the gateway tells of them: an attempt begins, its outcome comes, and
//! money that the sale can't take goes back.

#[cfg(test)]
mod tests;

use crate::AttemptId;
use crate::sale::payment::MAX_ATTEMPTS;
use crate::sale::{
    Answer, Attempt, AttemptState, Event, PaymentKind, PaymentOutcome, Rejection, Sale, Stage,
};
use jiff::{SignedDuration, Timestamp};

/// Stores the intent to charge.
pub(super) fn start(
    sale: &Sale,
    kind: PaymentKind,
    attempt: Attempt,
) -> Result<Vec<Event>, Rejection> {
    // The same request again, whatever became of it meanwhile: a second attempt would charge
    // twice for one request.
    if sale.attempt_by_key(kind, &attempt.key).is_some() {
        return Ok(vec![]);
    }
    may_pay(sale, kind, attempt.started_at)?;
    Ok(vec![Event::PaymentStarted { kind, attempt: Box::new(attempt) }])
}

/// What the gateway said of an attempt. The same again changes nothing.
pub(super) fn record(
    sale: &Sale,
    id: AttemptId,
    outcome: PaymentOutcome,
    answers_request: bool,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let (kind, attempt) = attempt_of(sale, id)?;
    let answer = Answer::of(&outcome);
    let mut events = match (&attempt.state, outcome) {
        // Money is a fact whatever was known before. A sale that can't take it gives it back (R-16
        // of `docs/requirements.md`).
        (
            AttemptState::Unknown
            | AttemptState::AwaitsCustomer(..)
            | AttemptState::Processing(_)
            | AttemptState::Declined(_)
            | AttemptState::Expired(_),
            PaymentOutcome::Captured(payment),
        ) => {
            let takes = sale.payment_deadline(kind).is_some() && captured(sale, kind).is_none();
            let captured = Event::PaymentCaptured { attempt: id, payment };
            match kind {
                _ if !takes => vec![captured, Event::RefundDue { attempt: id }],
                // A stock vehicle is there already: the customer owes the balance from now on.
                PaymentKind::Signal => match &sale.stock {
                    Some(claim) => {
                        let pay_by = now
                            .checked_add(SignedDuration::from_secs(claim.final_payment_seconds))
                            .unwrap_or(Timestamp::MAX);
                        vec![
                            captured,
                            Event::ReservationPaid,
                            Event::FinalPaymentRequested { pay_by },
                        ]
                    }
                    None => vec![captured, Event::ReservationPaid],
                },
                PaymentKind::Balance => vec![captured, Event::BalancePaid],
            }
        }
        (
            AttemptState::Unknown | AttemptState::AwaitsCustomer(..),
            PaymentOutcome::Processing(payment),
        ) => vec![Event::PaymentProcessing { attempt: id, payment }],
        (AttemptState::Unknown, PaymentOutcome::AwaitsCustomer(payment, action)) => {
            let mut events = vec![Event::PaymentAwaitsCustomer { attempt: id, payment, action }];
            events.extend(attempt.at_desk.then_some(Event::PaymentAsked));
            events
        }
        // More of a transfer came; older news of it says that less did.
        (
            AttemptState::AwaitsCustomer(_, earlier),
            PaymentOutcome::AwaitsCustomer(payment, action),
        ) if action.follows(earlier) => {
            vec![Event::PaymentAwaitsCustomer { attempt: id, payment, action }]
        }
        (open, PaymentOutcome::Declined(decline)) if open.is_open() => {
            vec![Event::PaymentDeclined { attempt: id, decline }]
        }
        (open, PaymentOutcome::Expired(payment)) if open.is_open() => {
            vec![Event::PaymentExpired { attempt: id, payment }]
        }
        _ => vec![],
    };
    if answers_request && attempt.answer.is_none() {
        events.push(Event::PaymentAnswered { attempt: id, answer });
    }
    Ok(events)
}

/// The attempt that the gateway speaks of, if it is one of this sale's.
pub(super) fn attempt_of(sale: &Sale, id: AttemptId) -> Result<(PaymentKind, &Attempt), Rejection> {
    sale.all_attempts().find(|(_, attempt)| attempt.id == id).ok_or(Rejection::UnknownAttempt)
}

/// The attempt whose money the sale has, if the payment was made.
pub(super) fn captured(sale: &Sale, kind: PaymentKind) -> Option<&Attempt> {
    sale.attempts(kind).iter().find(|attempt| matches!(attempt.state, AttemptState::Captured(_)))
}

/// The sale can't go on: what is left of a payment has to go back.
pub(super) fn owe_back(sale: &Sale, kind: PaymentKind) -> impl Iterator<Item = Event> {
    let held = sale.attempts(kind).iter().filter(move |attempt| {
        matches!(attempt.state, AttemptState::Captured(_) | AttemptState::Reversed(_))
            && sale.left_of(kind, attempt) > 0
    });
    held.map(|attempt| Event::RefundDue { attempt: attempt.id })
}

/// Whether a captured payment of this kind is the sale's to keep: it moved the sale on, or is
/// forfeit.
pub(super) fn counts_on(sale: &Sale, kind: PaymentKind) -> bool {
    let refunded = matches!(
        sale.stage,
        Stage::SaleRegistered { .. }
            | Stage::Lapsed
            | Stage::OrderRejected { .. }
            | Stage::Cancelled { .. }
    );
    match kind {
        PaymentKind::Signal => !refunded,
        PaymentKind::Balance => {
            matches!(
                sale.stage,
                Stage::PaymentReceived { .. }
                    | Stage::VehicleRegistered { .. }
                    | Stage::ReadyForDelivery { .. }
                    | Stage::HandedOver { .. }
            )
        }
    }
}

fn may_pay(sale: &Sale, kind: PaymentKind, now: Timestamp) -> Result<(), Rejection> {
    if captured(sale, kind).is_some() {
        return Err(Rejection::AlreadyPaid);
    }
    if sale.status().is_lost() {
        return Err(Rejection::Ended(sale.status()));
    }
    let deadline = sale.payment_deadline(kind).ok_or(Rejection::NotDue(sale.status()))?;
    if sale.open_attempt(kind).is_some() {
        return Err(Rejection::PaymentInProgress);
    }
    if now > deadline {
        return Err(Rejection::DeadlinePassed(deadline));
    }
    if sale.attempts(kind).len() >= MAX_ATTEMPTS {
        return Err(Rejection::TooManyAttempts);
    }
    Ok(())
}
