//! Payments as customers make them, and money that comes too late.

use crate::sale::examples::{at, attempt_id, available, captured, new_sale, record, run, start};
use crate::sale::{
    AttemptState, Command, Decline, Effect, PaymentKind, PaymentOutcome, Rejection, Status, decide,
    effects,
};

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

/// A copy of the request read the sale before the first one's attempt was stored and declined.
#[test]
fn a_request_that_comes_twice_at_once_makes_one_attempt() {
    let declined = run(
        new_sale(),
        [start(PaymentKind::Signal, 1), record(1, PaymentOutcome::Declined(Decline::Declined))],
        at(1),
    );
    let Command::StartPayment { kind, key, fingerprint, method, token, .. } =
        start(PaymentKind::Signal, 1)
    else {
        panic!()
    };
    let copy =
        Command::StartPayment { kind, attempt: attempt_id(9), key, fingerprint, method, token };
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
