//! Sales from their registration to their end: the ways that the business has for them, and any
//! other.

use crate::ids::GatewayPaymentId;
use crate::sale::examples::{
    at, available, awaits, cancel, captured, close, delivery_day, dispute, dispute_of, extend,
    kinds, new_sale, order, ordered, prepare, ready, record, refund, registration, released,
    report, run, start, stock_sale, vin,
};
use crate::sale::{
    Account, Attempt, AttemptState, CaseKind, CheckKind, Closure, Command, Decline, DisputeState,
    FactKind, Milestone, PaymentKind, PaymentOutcome, RefundState, Rejection, Sale, Stage, Status,
    decide, evolve, vehicle_change,
};
use crate::{EmployeeId, Reason};
use jiff::SignedDuration;
use proptest::prelude::*;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The diagram of states of `docs/requirements.md`.
#[test]
fn the_happy_path_is_the_business_s_diagram_of_states() {
    let milestones = Milestone::ALL.map(report);
    let paid = run(
        run(ordered(), milestones, at(2)),
        [start(PaymentKind::Balance, 2), captured(2)],
        at(3),
    );
    let done = run(
        paid,
        [Command::RequestRegistration, Command::ConfirmRegistration(registration())],
        at(4),
    );
    assert_eq!(done.status(), Status::ReadyForDelivery);
    assert_eq!(
        kinds(&done),
        [
            FactKind::SaleRegistered,
            FactKind::ReservationPaid,
            FactKind::OrderPlaced,
            FactKind::InProduction,
            FactKind::QualityCheck,
            FactKind::ReadyForShipment,
            FactKind::InTransit,
            FactKind::AtDealership,
            FactKind::AvailableForCustomer,
            FactKind::PaymentReceived,
            FactKind::VehicleRegistered,
            FactKind::ReadyForDelivery,
        ]
    );
}

/// R-49 of `docs/requirements.md`. The fees of Spain's authority, as its file has them.
#[test]
fn a_registration_s_fees_are_in_the_ledger() {
    let balances = ready().balances();
    assert_eq!((balances[&Account::Fees], balances[&Account::Authority]), (9_977, -9_977));
}

#[test]
fn a_stock_vehicle_is_paid_and_registered_without_a_factory_order() {
    let registered = stock_sale();
    assert_eq!((registered.vehicle(), registered.order()), (Some(&vin()), None));
    let reserved = run(registered.clone(), [start(PaymentKind::Signal, 1), captured(1)], at(1));
    assert!(matches!(
        reserved.stage,
        Stage::FinalPaymentPending { order: None, pay_by, .. } if pay_by == at(73)
    ));
    assert_eq!(
        decide(&reserved, Command::RequestOrder, at(2)),
        Ok(vec![]),
        "the factory is passed by"
    );
    assert_eq!(
        decide(&reserved, report(Milestone::InTransit), at(2)),
        Err(Rejection::UnknownOrder(order().id))
    );
    assert_eq!(
        decide(&reserved, cancel(), at(2)),
        Err(Rejection::OrderIsPlaced),
        "the vehicle is reserved"
    );
    let paid = run(reserved, [start(PaymentKind::Balance, 2), captured(2)], at(3));
    let done = run(
        paid,
        [Command::RequestRegistration, Command::ConfirmRegistration(registration())],
        at(4),
    );
    assert_eq!(
        kinds(&done),
        [
            FactKind::SaleRegistered,
            FactKind::ReservationPaid,
            FactKind::AvailableForCustomer,
            FactKind::PaymentReceived,
            FactKind::VehicleRegistered,
            FactKind::ReadyForDelivery,
        ]
    );
    assert_eq!(done.vehicle(), Some(&vin()));
}

#[test]
fn a_stock_vehicle_that_is_not_paid_for_is_stock_again() {
    let sale = stock_sale();
    for command in [Command::Lapse, cancel()] {
        let ended = run(sale.clone(), [command], at(73));
        assert_eq!(vehicle_change(&sale, &ended), Some(released(at(73))));
        assert_eq!(ended.vehicle(), None);
    }
    let reserved = run(sale, [start(PaymentKind::Signal, 1), captured(1)], at(1));
    let lost = run(reserved.clone(), [Command::Unassign], at(74));
    assert_eq!(
        (lost.status(), vehicle_change(&reserved, &lost)),
        (Status::SinAsignar, Some(released(at(74))))
    );
    let unbuilt = run(new_sale(), [Command::Lapse], at(73));
    assert_eq!(vehicle_change(&new_sale(), &unbuilt), None, "nothing was held");
}

#[test]
fn the_stored_form_is_small_and_reads_back() {
    let paid = run(available(), [start(PaymentKind::Balance, 2), captured(2)], at(3));
    let mut done = run(
        paid,
        [Command::RequestRegistration, Command::ConfirmRegistration(registration())],
        at(4),
    );
    let text = serde_json::to_string(&done).unwrap();
    // Two write units an update with the key and the other attributes beside it.
    assert!(text.len() < 1800, "{} bytes: {text}", text.len());
    done.version = 0;
    assert_eq!(serde_json::from_str::<Sale>(&text).unwrap(), done);
}

fn any_command() -> impl Strategy<Value = Command> {
    let kind = || prop_oneof![Just(PaymentKind::Signal), Just(PaymentKind::Balance)];
    let outcome = |n: u8| {
        prop_oneof![
            Just(PaymentOutcome::Captured(GatewayPaymentId::parse(&format!("pi_{n}")).unwrap())),
            Just(PaymentOutcome::Processing(GatewayPaymentId::parse(&format!("pi_{n}")).unwrap())),
            (0..3u64).prop_map(move |left| awaits(n, left * 40_000)),
            Just(PaymentOutcome::Declined(Decline::Declined)),
            Just(PaymentOutcome::Expired(GatewayPaymentId::parse(&format!("pi_{n}")).unwrap())),
        ]
    };
    prop_oneof![
        3 => (kind(), 1..6u8).prop_map(|(kind, n)| start(kind, n)),
        4 => (1..6u8)
            .prop_flat_map(move |n| outcome(n).prop_map(move |outcome| record(n, outcome))),
        3 => (1..6u8, 1..3u8, 0..3usize, 1..4u64).prop_map(|(n, id, state, part)| {
            let states = [RefundState::Pending, RefundState::Succeeded, RefundState::Failed];
            let amount = [40_000, 100_000, 3_150_000][usize::try_from(part - 1).unwrap()];
            refund(n, &format!("re_{id}"), states[state], amount)
        }),
        2 => Just(Command::RequestOrder),
        2 => Just(Command::ConfirmOrder(order())),
        1 => Just(Command::RefuseOrder { reason: "unbuildable".into() }),
        4 => (0..6usize).prop_map(|n| report(Milestone::ALL[n])),
        1 => Just(Command::Lapse),
        1 => Just(Command::Unassign),
        1 => Just(cancel()),
        2 => (1..6u8, 0..4usize, any::<bool>()).prop_map(|(n, state, whole)| {
            let state = [
                DisputeState::Inquiry,
                DisputeState::Open,
                DisputeState::Lost,
                DisputeState::Won,
            ][state];
            let part = dispute_of(n, "dp_1", state, 20_000);
            if whole { dispute(n, "dp_1", state) } else { part }
        }),
        1 => (0..200i64).prop_map(|hours| Command::OpenCases { unsettled_since: at(hours) }),
        1 => (0..CaseKind::ALL.len()).prop_map(|kind| close(CaseKind::ALL[kind])),
        1 => Just(Command::RefuseRegistration { reason: "illegible".into() }),
        1 => Just(Command::ResubmitRegistration {
            closure: Closure {
                by: EmployeeId::parse("m-1").unwrap(),
                reason: Reason::parse("anew").unwrap(),
            },
        }),
        1 => (0..200i64).prop_map(extend),
        2 => Just(Command::RequestRegistration),
        2 => Just(Command::ConfirmRegistration(registration())),
        1 => (0..200i64).prop_map(|hours| Command::MissAuthority { asked_before: at(hours) }),
        1 => Just(Command::HearAuthority),
        2 => (0..CheckKind::ALL.len() + 1)
            .prop_map(|done| prepare(&CheckKind::ALL[..done], Some(delivery_day()))),
    ]
}

proptest! {
    /// Whatever is asked, in whatever order: no status goes back, no second capture stays, every
    /// event moves the stage that it names, registration only follows full payment, and the ledger
    /// only grows, always balances, and holds what the attempts hold.
    #[test]
    fn no_walk_breaks_the_rules(walk in prop::collection::vec((any_command(), 0..4i64), 0..60)) {
        let mut sale = new_sale();
        let mut now = at(0);
        for (command, hours) in walk {
            now = now.checked_add(HOUR * i32::try_from(hours).unwrap()).unwrap();
            // An attempt's id is fresh each time: no walk starts one twice.
            if let Command::StartPayment { attempt, .. } = &command
                && sale.all_attempts().any(|(_, known)| known.id == *attempt)
            {
                continue;
            }
            let Ok(events) = decide(&sale, command, now) else { continue };
            for event in &events {
                let next = evolve(&sale, std::slice::from_ref(event), now);
                if let Some(status) = event.fact().and_then(FactKind::status) {
                    prop_assert_eq!(next.status(), status, "{:?}", event);
                }
                prop_assert!(next.status() >= sale.status());
                prop_assert!(next.ledger.starts_with(&sale.ledger));
                sale = next;
            }
            for kind in PaymentKind::ALL {
                let attempts = sale.attempts(kind);
                let is_held = |a: &&Attempt| matches!(a.state, AttemptState::Captured(_));
                let held = attempts.iter().filter(is_held).count();
                prop_assert!(held <= 1, "{} captures of {:?}", held, kind);
                prop_assert!(attempts.iter().filter(|a| a.state.is_open()).count() <= 1);
            }
            let balances = sale.balances();
            prop_assert_eq!(balances.values().sum::<i64>(), 0);
            let signed = |minor: u64| i64::try_from(minor).unwrap();
            let held: i64 = sale
                .all_attempts()
                .filter(|(_, a)| a.state.captured().is_some())
                .map(|(kind, a)| {
                    let left_us = a.back.refunded() + a.back.taken();
                    signed(sale.amount_due(kind).minor()) - signed(left_us)
                })
                .sum();
            prop_assert_eq!(balances[&Account::Gateway], held);
            if sale.registration().is_some() {
                let was_paid = |a: &Attempt| {
                    matches!(a.state, AttemptState::Captured(_) | AttemptState::Reversed(_))
                };
                let paid = |kind: PaymentKind| sale.attempts(kind).iter().any(was_paid);
                prop_assert!(PaymentKind::ALL.into_iter().all(paid));
            }
            let answered_for = sale
                .cases
                .iter()
                .any(|case| case.kind == CaseKind::PaymentReversed && case.closure.is_some());
            let reversed = sale
                .all_attempts()
                .any(|(_, a)| matches!(a.state, AttemptState::Reversed(_)) || a.back.taken() > 0);
            prop_assert!(
                sale.is_on_hold() == reversed || (reversed && answered_for),
                "a reversal is an open case, and only that"
            );
            let open = |kind| sale.open_cases().filter(|case| case.kind == kind).count();
            prop_assert!(CaseKind::ALL.into_iter().all(|kind| open(kind) <= 1));
        }
    }
}
