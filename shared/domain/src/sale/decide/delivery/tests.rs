//! Deliveries that are prepared, arranged and handed over.

use crate::sale::examples::{
    at, available, captured, delivery_day, dispute, local, prepare, prepare_at, ready,
    registration, run, start,
};
use crate::sale::{
    CheckKind, DeliveryPlace, DisputeState, Effect, NextStep, PaymentKind, Rejection, Slot, Status,
    decide, effects,
};
use jiff::SignedDuration;
use jiff::civil::{date, time};

/// R-52 of `docs/requirements.md`.
#[test]
fn a_sale_is_handed_over_once_all_is_checked_and_a_day_is_arranged() {
    let arranged = run(ready(), [prepare(&[], Some(delivery_day()))], at(5));
    assert_eq!((arranged.status(), arranged.hand_over()), (Status::ReadyForDelivery, None));
    let (last, first) = CheckKind::ALL.split_last().unwrap();
    let a_moment_later = at(6) + SignedDuration::from_nanos(123_456);
    let nearly = run(arranged, [prepare(first, None), prepare(first, None)], a_moment_later);
    assert!(
        nearly.checks.iter().all(|check| check.at == at(6)),
        "as it is stored: {:?}",
        nearly.checks
    );
    assert_eq!((nearly.open_checks(), nearly.hand_over()), (vec![*last], None));
    let done = run(nearly.clone(), [prepare(&[*last], None)], at(7));
    let told = effects(Some(&nearly), &done);
    assert_eq!(told, [Effect::HandOver]);
    let hand_over = done.hand_over().unwrap();
    assert_eq!(
        (hand_over.date, hand_over.place, hand_over.plate),
        (delivery_day(), DeliveryPlace::Dealership, registration().plate)
    );
    assert_eq!((done.status(), hand_over.handed_over_at), (Status::HandedOver, at(7)));
    assert_eq!(
        done.next_step(),
        Some((NextStep::Receive, None)),
        "the customer still waits for the day"
    );
    assert_eq!(
        decide(&done, prepare(&CheckKind::ALL, Some(delivery_day())), at(8)),
        Ok(vec![]),
        "the same again changes nothing"
    );
    let later = delivery_day().tomorrow().unwrap();
    assert_eq!(decide(&done, prepare(&[], Some(later)), at(8)), Err(Rejection::HandedOver));
}

#[test]
fn a_delivery_is_prepared_after_the_registration_for_a_day_to_come() {
    let paid = run(available(), [start(PaymentKind::Balance, 2), captured(2)], at(3));
    let all = prepare(&CheckKind::ALL, Some(delivery_day()));
    assert_eq!(
        decide(&paid, all.clone(), at(4)),
        Err(Rejection::DeliveryNotDue(Status::PaymentReceived))
    );
    let reversed = run(ready(), [dispute(2, "dp_1", DisputeState::Open)], at(5));
    assert_eq!(decide(&reversed, all.clone(), at(6)), Err(Rejection::PaymentReversed));
    let today = local(6).date();
    for date in [today.yesterday().unwrap(), today.saturating_add(jiff::Span::new().days(366))] {
        let refused = decide(&ready(), prepare(&[], Some(date)), at(6));
        assert!(
            matches!(refused, Err(Rejection::DateOutOfRange(earliest, _)) if earliest == today),
            "{date}: {refused:?}"
        );
    }
    let mut sale = ready();
    for days in 1..=12 {
        sale = run(
            sale,
            [prepare(&[], Some(today.saturating_add(jiff::Span::new().days(days))))],
            at(6),
        );
    }
    assert_eq!(
        decide(&sale, prepare(&[], Some(today)), at(6)),
        Err(Rejection::TooManyArrangements)
    );
}

/// R-133 of `docs/requirements.md`.
#[test]
fn a_hand_over_carries_no_day_that_is_gone() {
    let arranged = run(ready(), [prepare(&[], Some(delivery_day()))], at(5));
    let too_late = local(9 * 24);
    assert_eq!(
        decide(&arranged, prepare_at(&CheckKind::ALL, None, too_late), at(9 * 24)),
        Err(Rejection::DayGone(delivery_day()))
    );
    let (_, some) = CheckKind::ALL.split_last().unwrap();
    assert!(decide(&arranged, prepare_at(some, None, too_late), at(9 * 24)).is_ok());
    let slot = Slot { date: too_late.date(), time: None, place: DeliveryPlace::Dealership };
    let anew = prepare_at(&CheckKind::ALL, Some(slot), too_late);
    assert_eq!(run(arranged, [anew], at(9 * 24)).status(), Status::HandedOver);
}

#[test]
fn today_is_the_dealership_s_and_an_hour_that_is_over_is_none() {
    // Half past one at night: in UTC it is the day before.
    let now = date(2026, 7, 15).at(1, 30, 0, 0);
    let slot = |day, time| Slot { date: day, time, place: DeliveryPlace::Dealership };
    let arrange = |slot| decide(&ready(), prepare_at(&[], Some(slot), now), at(6));
    let yesterday = arrange(slot(date(2026, 7, 14), None));
    assert!(matches!(yesterday, Err(Rejection::DateOutOfRange(..))), "{yesterday:?}");
    let gone = arrange(slot(date(2026, 7, 15), Some(time(1, 0, 0, 0))));
    assert_eq!(gone, Err(Rejection::HourGone(time(1, 30, 0, 0))));
    assert!(arrange(slot(date(2026, 7, 15), Some(time(10, 30, 0, 0)))).is_ok());
    assert!(arrange(slot(date(2026, 7, 15), None)).is_ok());
}
