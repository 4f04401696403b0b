//! Payments as customers make them, and money that comes too late.

use crate::sale::examples::{
    at, attempt_id, available, awaits, cancel, captured, expired, new_sale, record, run, start,
};
use crate::sale::{
    AttemptState, Command, Decline, Effect, FactKind, NextAction, PaymentKind, PaymentOutcome,
    Rejection, Sale, Status, decide, effects,
};
use jiff::SignedDuration;

#[test]
fn a_payment_is_made_once() {
    let sale = new_sale();
    assert_eq!(
        decide(&sale, start(PaymentKind::Balance, 2), at(1)),
        Err(Rejection::NotDue(Status::SaleRegistered))
    );
    let open = run(sale, [start(PaymentKind::Signal, 1)], at(1));
    assert_eq!(
        decide(&open, start(PaymentKind::Signal, 2), at(1)),
        Err(Rejection::PaymentInProgress)
    );
    let paid = run(open, [captured(1)], at(1));
    assert_eq!(decide(&paid, start(PaymentKind::Signal, 2), at(1)), Err(Rejection::AlreadyPaid));
    assert_eq!(
        decide(&paid, captured(1), at(1)),
        Ok(vec![]),
        "the same news again changes nothing"
    );
}

#[test]
fn a_payment_cannot_begin_after_its_deadline() {
    assert_eq!(
        decide(&new_sale(), start(PaymentKind::Signal, 1), at(73)),
        Err(Rejection::DeadlinePassed(at(72)))
    );
    assert_eq!(
        decide(&available(), start(PaymentKind::Balance, 2), at(75)),
        Err(Rejection::DeadlinePassed(at(74)))
    );
}

/// What the customer is told is the earlier of the two.
#[test]
fn an_attempt_is_open_until_its_page_ends_or_the_deadline() {
    let begun = |hour| {
        let sale = run(new_sale(), [start(PaymentKind::Signal, 1)], at(hour));
        let attempt = sale.signal_attempts[0].clone();
        (attempt.expires_at(), sale.open_until(PaymentKind::Signal, &attempt))
    };
    let (expires, until) = begun(1);
    assert_eq!((until, until.is_some()), (expires, true));
    let (expires, until) = begun(72);
    assert!(expires > until, "{expires:?}");
    assert_eq!(until, Some(at(72)));
}

/// A copy of the request read the sale before the first one's attempt was stored and declined.
#[test]
fn a_request_that_comes_twice_at_once_makes_one_attempt() {
    let declined = run(
        new_sale(),
        [start(PaymentKind::Signal, 1), record(1, PaymentOutcome::Declined(Decline::Declined))],
        at(1),
    );
    let Command::StartPayment { kind, key, fingerprint, means, at_desk, .. } =
        start(PaymentKind::Signal, 1)
    else {
        panic!()
    };
    let copy =
        Command::StartPayment { kind, attempt: attempt_id(9), key, fingerprint, means, at_desk };
    assert_eq!(decide(&declined, copy, at(1)), Ok(vec![]));
    assert!(
        decide(&declined, start(PaymentKind::Signal, 2), at(1))
            .is_ok_and(|events| events.len() == 1)
    );
}

#[test]
fn money_that_a_sale_cannot_take_goes_back() {
    let declined =
        [start(PaymentKind::Signal, 1), record(1, PaymentOutcome::Declined(Decline::Declined))];
    let lapsed = run(run(new_sale(), declined, at(1)), [Command::Lapse], at(73));
    assert_eq!(lapsed.status(), Status::Lapsed);
    let late = run(lapsed.clone(), [captured(1)], at(74));
    assert_eq!(late.status(), Status::Lapsed);
    assert!(matches!(late.signal_attempts[0].state, AttemptState::RefundDue(_)));
    assert_eq!(effects(Some(&lapsed), &late), [Effect::Refund]);
}

/// What waits for its customer is neither paid nor declined; the rest of a transfer only shrinks.
#[test]
fn a_transfer_comes_in_parts_and_news_in_disorder() {
    let half = run(
        new_sale(),
        [
            start(PaymentKind::Signal, 1),
            record(1, awaits(1, 100_000)),
            record(1, awaits(1, 40_000)),
        ],
        at(1),
    );
    let old = record(1, awaits(1, 100_000));
    assert_eq!(decide(&half, old, at(2)), Ok(vec![]), "older news of less");
    let remaining = |sale: &crate::Sale| match sale.signal_attempts[0].next_action() {
        Some(NextAction::Transfer(transfer)) => Some(transfer.remaining),
        _ => None,
    };
    assert_eq!(remaining(&half), Some(40_000));
    let paid = run(half, [captured(1)], at(2));
    assert_eq!((paid.status(), remaining(&paid)), (Status::ReservationPaid, None));
    assert_eq!(decide(&paid, expired(1), at(3)), Ok(vec![]));
}

/// The next attempt begins once the one before has ended, and so does a cancellation.
#[test]
fn what_waits_for_its_customer_is_ended_before_anything_else_begins() {
    let waits =
        run(new_sale(), [start(PaymentKind::Signal, 1), record(1, awaits(1, 100_000))], at(1));
    for next in [start(PaymentKind::Signal, 2), cancel()] {
        assert_eq!(decide(&waits, next.clone(), at(2)), Err(Rejection::PaymentInProgress));
        let ended = run(waits.clone(), [expired(1)], at(2));
        assert!(decide(&ended, next, at(2)).is_ok());
    }
    assert_eq!(decide(&waits, Command::Lapse, at(73)), Err(Rejection::StillWaiting));
    let unknown = run(new_sale(), [start(PaymentKind::Signal, 1)], at(1));
    assert_eq!(
        decide(&unknown, cancel(), at(2)),
        Err(Rejection::PaymentInProgress),
        "it might begin to charge after the end"
    );
}

/// What the reconciler asks about: a customer's time that is over, or a payment that isn't due.
#[test]
fn what_waits_for_its_customer_is_unsettled_once_nobody_can_pay_it() {
    let waits =
        run(new_sale(), [start(PaymentKind::Signal, 1), record(1, awaits(1, 100_000))], at(1));
    assert_eq!(waits.unsettled_since(), waits.signal_attempts[0].expires_at(), "a card: an hour");
    let other = run(
        run(waits, [expired(1), start(PaymentKind::Signal, 2)], at(2)),
        [record(2, awaits(2, 100_000)), captured(1)],
        at(3),
    );
    assert_eq!(other.status(), Status::ReservationPaid, "the first was paid after all");
    assert_eq!(other.unsettled_since(), Some(at(3)), "the second has to be ended");
}

#[test]
fn the_customer_is_told_how_to_go_on_with_what_was_begun_at_the_desk() {
    let told = |sale: &Sale| sale.facts.iter().filter(|f| f.0 == FactKind::PaymentAsked).count();
    let Command::StartPayment { kind, attempt, key, fingerprint, means, .. } =
        start(PaymentKind::Signal, 1)
    else {
        panic!("no start");
    };
    let at_desk = Command::StartPayment { kind, attempt, key, fingerprint, means, at_desk: true };
    let asked = run(new_sale(), [at_desk, record(1, awaits(1, 100_000))], at(1));
    assert_eq!(told(&asked), 1);
    let place = asked.facts.len() - 1;
    assert!(!asked.is_superseded(place, SignedDuration::ZERO));
    let in_part = run(asked.clone(), [record(1, awaits(1, 40_000))], at(2));
    assert_eq!(told(&in_part), 1, "once");
    let paid = run(asked, [captured(1)], at(2));
    assert!(paid.is_superseded(place, SignedDuration::ZERO), "nothing is left to do");
    let in_portal = run(new_sale(), [start(kind, 1), record(1, awaits(1, 100_000))], at(1));
    assert_eq!(told(&in_portal), 0, "who is there sees it");
}
