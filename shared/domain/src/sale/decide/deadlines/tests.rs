//! Deadlines that pass, that are near, and that a manager moves.

use crate::sale::examples::{
    at, available, captured, extend, kinds, ordered, released, run, start,
};
use crate::sale::{
    AttemptState, Command, FactKind, PaymentKind, Rejection, Sale, Status, decide, vehicle_change,
};
use jiff::SignedDuration;

#[test]
fn unpaid_in_time_the_vehicle_is_sin_asignar_and_the_signal_stays() {
    let sale = available();
    assert_eq!(decide(&sale, Command::Unassign, at(74)), Err(Rejection::StillWaiting));
    let lost = run(sale.clone(), [Command::Unassign], at(75));
    assert_eq!(lost.status(), Status::SinAsignar);
    assert!(
        matches!(lost.signal_attempts[0].state, AttemptState::Captured(_)),
        "the señal is forfeit: no refund"
    );
    assert_eq!(vehicle_change(&sale, &lost), Some(released(at(75))));
}

#[test]
fn money_on_its_way_stops_the_deadline() {
    let sale = run(available(), [start(PaymentKind::Balance, 2)], at(74));
    assert_eq!(decide(&sale, Command::Unassign, at(80)), Err(Rejection::StillWaiting));
    assert_eq!(run(sale, [captured(2)], at(81)).status(), Status::PaymentReceived);
}

#[test]
fn a_reminder_goes_once_a_deadline_while_nothing_is_on_its_way() {
    let remind = || Command::Remind { lead: SignedDuration::from_hours(24) };
    let reminders = |sale: &Sale| {
        kinds(sale).into_iter().filter(|kind| *kind == FactKind::DeadlineReminder).count()
    };
    let sale = available();
    for (quiet, now) in [
        (sale.clone(), 49),
        (sale.clone(), 75),
        (run(sale.clone(), [start(PaymentKind::Balance, 2)], at(60)), 61),
    ] {
        assert_eq!(decide(&quiet, remind(), at(now)), Ok(vec![]), "{now}");
    }
    let reminded = run(sale, [remind(), remind()], at(50));
    assert_eq!((reminders(&reminded), reminded.status()), (1, Status::FinalPaymentPending));
    let extended = run(reminded, [extend(100)], at(60));
    assert_eq!(decide(&extended, remind(), at(75)), Ok(vec![]));
    assert_eq!(
        reminders(&run(extended, [remind(), remind()], at(76))),
        2,
        "a new deadline has its own"
    );
}

#[test]
fn a_deadline_moves_forward_only_and_within_bounds() {
    let sale = available();
    assert_eq!(
        decide(&ordered(), extend(80), at(2)),
        Err(Rejection::NoDeadline(Status::OrderPlaced))
    );
    assert_eq!(decide(&sale, extend(74), at(3)), Err(Rejection::NotLater(at(74))));
    assert_eq!(
        decide(&sale, extend(76), at(76)),
        Err(Rejection::NotLater(at(76))),
        "not into the past"
    );
    assert_eq!(decide(&sale, extend(123), at(3)), Err(Rejection::TooLate(at(122))));
    let later = run(sale, [extend(100)], at(3));
    assert_eq!(decide(&later, extend(100), at(4)), Ok(vec![]), "a repeat changes nothing");
    assert_eq!(
        decide(&later, extend(123), at(4)),
        Err(Rejection::TooLate(at(122))),
        "counted from the first deadline"
    );
    assert_eq!(decide(&later, Command::Unassign, at(99)), Err(Rejection::StillWaiting));
    assert!(decide(&later, start(PaymentKind::Balance, 2), at(100)).is_ok());
    let extension = &later.extensions[0];
    assert_eq!((extension.at, extension.from, extension.to), (at(3), at(74), at(100)));
    assert_eq!(run(later, [Command::Unassign], at(101)).status(), Status::SinAsignar);
}

#[test]
fn a_deadline_is_not_extended_for_ever() {
    let sale = run(available(), (75..83).map(extend), at(3));
    assert_eq!(decide(&sale, extend(83), at(3)), Err(Rejection::TooManyExtensions));
}
