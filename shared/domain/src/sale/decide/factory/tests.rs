//! Orders and milestones, as the factory tells of them in whatever order.

use crate::sale::examples::{
    WINDOW, at, available, cancel, captured, close, kinds, new_sale, open_cases, order, ordered,
    paid, refund, registration, report, reserved, run, start, vin,
};
use crate::sale::{
    AttemptState, CaseKind, Command, Effect, Estimate, Expected, FactKind, Milestone, Notification,
    PaymentKind, RefundState, Rejection, Sale, Status, Trouble, Wait, decide, effects,
    vehicle_change,
};
use crate::vehicle::VehicleChange;
use crate::{OrderId, Reason, Vin};
use jiff::civil::date;

#[test]
fn a_refused_order_refunds_the_signal() {
    let commands = [
        start(PaymentKind::Signal, 1),
        captured(1),
        Command::RequestOrder,
        Command::RefuseOrder { reason: "no".into() },
    ];
    let refused = run(new_sale(), commands, at(1));
    assert_eq!(refused.status(), Status::OrderRejected);
    assert!(effects(Some(&new_sale()), &refused).contains(&Effect::Refund));
    let refunded = run(refused, [refund(1, "re_1", RefundState::Succeeded, 100_000)], at(2));
    assert!(matches!(refunded.signal_attempts[0].state, AttemptState::Refunded(..)));
}

#[test]
fn a_webhook_confirms_an_order_whose_answer_was_lost() {
    let requested =
        run(new_sale(), [start(PaymentKind::Signal, 1), captured(1), Command::RequestOrder], at(1));
    let building = run(requested, [report(Milestone::InProduction)], at(2));
    assert_eq!(building.status(), Status::Manufacturing);
    assert_eq!(decide(&building, Command::ConfirmOrder(order()), at(3)), Ok(vec![]));
}

#[test]
fn reports_of_another_order_are_refused() {
    let other = OrderId::parse("F-2").unwrap();
    let command = Command::ReportMilestone {
        order: other.clone(),
        milestone: Milestone::InProduction,
        vehicle: None,
        estimated_delivery: None,
        final_payment_window: WINDOW,
    };
    assert_eq!(
        decide(&ordered(), command.clone(), at(2)),
        Err(Rejection::UnknownOrder(other.clone()))
    );
    assert_eq!(decide(&new_sale(), command, at(2)), Err(Rejection::UnknownOrder(other)));
}

/// R-135 of `docs/requirements.md`: sent again, it would fit no better.
#[test]
fn a_vehicle_that_doesn_t_fit_is_a_case_and_changes_nothing_else() {
    let of = |vehicle| named(vehicle, Milestone::AvailableForCustomer);
    let replaced = run(available(), [of(Some("VSSZZZ5FZJR099999"))], at(3));
    assert_eq!(open_cases(&replaced), [CaseKind::VehicleUnclear]);
    assert_eq!((replaced.vehicle(), replaced.status()), (Some(&vin()), available().status()));
    assert_eq!(decide(&replaced, of(Some("VSSZZZ5FZJR099999")), at(4)), Ok(vec![]), "one case");
    let cleared = run(replaced, [close(CaseKind::VehicleUnclear)], at(5));
    assert_eq!(open_cases(&cleared), []);
    let nameless = run(ordered(), [of(None)], at(3));
    assert_eq!(open_cases(&nameless), [CaseKind::VehicleUnclear]);
    assert_eq!(nameless.milestone(), Some(Milestone::InTransit));
    let named = run(nameless, [report(Milestone::AvailableForCustomer)], at(4));
    assert_eq!((open_cases(&named), named.status()), (vec![], Status::FinalPaymentPending));
}

/// A report that names this vehicle, or none.
fn named(vehicle: Option<&str>, at: Milestone) -> Command {
    let mut command = report(at);
    if let Command::ReportMilestone { vehicle: told, .. } = &mut command {
        *told = vehicle.map(|vin| Vin::parse(vin).unwrap());
    }
    command
}

fn accept(vin: &str) -> Command {
    let Command::CloseCase { closure, .. } = close(CaseKind::VehicleUnclear) else {
        unreachable!("it closes")
    };
    Command::AcceptVehicle { vehicle: Vin::parse(vin).unwrap(), closure }
}

/// R-139 of `docs/requirements.md`: with its own the sale would stay paid for a vehicle that is gone.
#[test]
fn a_manager_says_which_vehicle_stands_there() {
    let (gone, there) = (vin(), "VSSZZZ5FZJR099999");
    assert_eq!(decide(&available(), accept(there), at(3)), Err(Rejection::NoCase));
    let unclear = run(available(), [named(Some(there), Milestone::AtDealership)], at(3));
    let replaced = run(unclear.clone(), [accept(there)], at(4));
    let expected = Vin::parse(there).unwrap();
    assert_eq!((replaced.vehicle(), replaced.status()), (Some(&expected), unclear.status()));
    assert_eq!(open_cases(&replaced), []);
    let change = VehicleChange::Replace { vehicle: expected, gone };
    assert_eq!(vehicle_change(&unclear, &replaced), Some(change));
    assert_eq!(decide(&replaced, accept(there), at(5)), Ok(vec![]), "a repeat");
    assert_eq!(decide(&replaced, accept("VSSZZZ5FZJR088888"), at(5)), Err(Rejection::NoCase));
    let reported = named(Some(there), Milestone::AvailableForCustomer);
    assert_eq!(decide(&replaced, reported, at(5)), Ok(vec![]), "it is the sale's");

    // Its own was right all along.
    let kept = run(unclear, [accept(vin().as_str())], at(4));
    assert_eq!((kept.vehicle(), open_cases(&kept)), (Some(&vin()), vec![]));

    // The factory named none.
    let nameless = run(ordered(), [named(None, Milestone::AtDealership)], at(3));
    let known = run(nameless, [accept(there)], at(4));
    assert_eq!((known.status(), open_cases(&known)), (Status::VehicleReady, vec![]));
    let due = run(known, [named(None, Milestone::AvailableForCustomer)], at(5));
    assert_eq!(due.status(), Status::FinalPaymentPending);
}

/// R-139 of `docs/requirements.md`: a plate is for one vehicle alone.
#[test]
fn a_vehicle_that_is_unclear_is_not_registered() {
    let there = "VSSZZZ5FZJR099999";
    let unclear = run(paid(), [named(Some(there), Milestone::AvailableForCustomer)], at(3));
    assert_eq!(unclear.awaits(), Some(Wait::Dealership));
    assert_eq!(
        decide(&unclear, Command::RequestRegistration, at(4)),
        Err(Rejection::VehicleUnclear)
    );
    let clear = run(unclear.clone(), [accept(there)], at(4));
    assert!(effects(Some(&unclear), &clear).contains(&Effect::ResumeWorkflow(Wait::Dealership)));
    let asked = run(clear, [Command::RequestRegistration], at(5));
    let late = named(Some(vin().as_str()), Milestone::AvailableForCustomer);
    let again = run(asked, [late], at(6));
    assert_eq!(decide(&again, accept(vin().as_str()), at(7)), Err(Rejection::RegistrationUnderWay));
    let registered = run(again, [Command::ConfirmRegistration(registration())], at(7));
    assert_eq!(
        decide(&registered, accept(vin().as_str()), at(8)),
        Err(Rejection::AlreadyRegistered)
    );
}

fn trouble(trouble: Trouble) -> Command {
    Command::ReportTrouble { order: order().id, trouble }
}

/// R-136 of `docs/requirements.md`.
#[test]
fn an_order_that_the_factory_cancels_can_be_cancelled_and_gives_the_signal_back() {
    let building = run(ordered(), [report(Milestone::InProduction)], at(2));
    assert_eq!(decide(&building, cancel(), at(3)), Err(Rejection::OrderIsPlaced));
    let told = run(building, [trouble(Trouble::Cancelled), trouble(Trouble::Cancelled)], at(3));
    assert_eq!(open_cases(&told), [CaseKind::OrderCancelled]);
    let cancelled = run(told.clone(), [cancel()], at(4));
    assert_eq!((cancelled.status(), open_cases(&cancelled)), (Status::Cancelled, vec![]));
    let owed = effects(Some(&told), &cancelled);
    assert!(
        owed.contains(&Effect::Refund) && owed.contains(&Effect::ResumeWorkflow(Wait::Vehicle))
    );
    for late in [trouble(Trouble::Cancelled), report(Milestone::QualityCheck)] {
        assert_eq!(decide(&cancelled, late, at(5)), Ok(vec![]), "what is over stays so");
    }
    let thought_better = run(told, [close(CaseKind::OrderCancelled)], at(4));
    assert_eq!(decide(&thought_better, cancel(), at(5)), Err(Rejection::OrderIsPlaced));
    let unconfirmed = run(reserved(), [Command::RequestOrder, trouble(Trouble::Cancelled)], at(2));
    assert_eq!(unconfirmed.status(), Status::OrderRejected);
}

/// R-135 of `docs/requirements.md`.
#[test]
fn a_vehicle_that_is_held_is_a_case_until_it_goes_on() {
    let held = run(ordered(), [trouble(Trouble::Held)], at(2));
    assert_eq!(open_cases(&held), [CaseKind::OrderHeld]);
    let on = run(held, [report(Milestone::QualityCheck)], at(3));
    assert_eq!(open_cases(&on), []);
    let other =
        Command::ReportTrouble { order: OrderId::parse("F-2").unwrap(), trouble: Trouble::Held };
    assert!(matches!(decide(&on, other, at(4)), Err(Rejection::UnknownOrder(_))));
}

/// R-137 of `docs/requirements.md`.
#[test]
fn a_factory_that_stays_silent_is_a_case_until_it_takes_the_order() {
    let asked = run(reserved(), [Command::RequestOrder], at(1));
    let missed = |hours| Command::MissFactory { asked_before: at(hours) };
    assert_eq!(decide(&asked, missed(0), at(4)), Ok(vec![]));
    let silent = run(asked, [missed(1), missed(1)], at(5));
    assert_eq!(open_cases(&silent), [CaseKind::FactorySilent]);
    let monday = run(silent, [Command::ConfirmOrder(order())], at(60));
    assert_eq!((open_cases(&monday), monday.status()), (vec![], Status::OrderPlaced));
}

/// Invariant 4: every order of the six webhooks, with copies, ends in one state, with one list
/// of notifications.
#[test]
fn milestones_in_any_order_end_the_same() {
    fn permutations(items: &[Milestone]) -> Vec<Vec<Milestone>> {
        let Some((first, rest)) = items.split_first() else { return vec![vec![]] };
        permutations(rest)
            .into_iter()
            .flat_map(|tail| {
                (0..=tail.len()).map(move |place| {
                    let mut list = tail.clone();
                    list.insert(place, *first);
                    list
                })
            })
            .collect()
    }
    let expected = run(ordered(), Milestone::ALL.map(report), at(2));
    let orders = permutations(&Milestone::ALL);
    assert_eq!(orders.len(), 720);
    for order in orders {
        let copies = order.iter().chain(order.iter().rev()).copied();
        let mut sale = ordered();
        let mut told = Vec::new();
        for milestone in copies {
            let next = run(sale.clone(), [report(milestone)], at(2));
            told.extend(
                effects(Some(&sale), &next)
                    .into_iter()
                    .filter(|effect| matches!(effect, Effect::Notify { .. })),
            );
            assert!(next.status() >= sale.status(), "{order:?}");
            sale = next;
        }
        assert_eq!(
            (sale.stage, sale.facts),
            (expected.stage.clone(), expected.facts.clone()),
            "{order:?}"
        );
        assert_eq!(told.len(), 6, "{order:?}");
    }
}

/// The factory expects this day of March 2026, and may say why.
fn estimate(day: i8, reason: Option<&str>) -> Command {
    let reason = reason.map(|words| Reason::parse(words).unwrap());
    Command::ReportMilestone {
        order: order().id,
        milestone: Milestone::InProduction,
        vehicle: None,
        estimated_delivery: Some(Expected { date: date(2026, 3, day), reason, tell_beyond: 7 }),
        final_payment_window: WINDOW,
    }
}

/// R-194 of `docs/requirements.md`.
#[test]
fn the_customer_is_told_when_the_estimate_is_far_from_what_was_told_before() {
    let told =
        |sale: &Sale| kinds(sale).iter().filter(|kind| **kind == FactKind::EstimateMoved).count();
    let near = run(ordered(), [estimate(8, None)], at(2));
    assert_eq!((told(&near), near.estimates.len()), (0, 2), "seven days are not more than seven");
    let crept = run(near.clone(), [estimate(9, Some("the paint shop stands still"))], at(3));
    assert_eq!(told(&crept), 1, "small steps are a large one together");
    let reason = crept.estimates[2].2.as_ref().map(Reason::as_str);
    assert_eq!(reason, Some("the paint shop stands still"));
    assert_eq!(told(&run(crept.clone(), [estimate(9, None), estimate(16, None)], at(4))), 1);
    let back = run(crept, [estimate(1, None)], at(5));
    assert_eq!(told(&back), 2, "an earlier day is news, too");
    let effects = effects(Some(&near), &back);
    let tells = |effect: &&Effect| {
        matches!(effect, Effect::Notify { notification: Notification::EstimateMoved, .. })
    };
    assert_eq!(effects.iter().filter(tells).count(), 2);
}

/// R-138 of `docs/requirements.md`.
#[test]
fn a_new_estimate_is_kept_beside_the_old_one_until_the_vehicle_is_there() {
    let moved = run(ordered(), [estimate(1, None), estimate(15, None), estimate(15, None)], at(2));
    assert_eq!(
        moved.estimates,
        [Estimate(date(2026, 3, 1), at(1), None), Estimate(date(2026, 3, 15), at(2), None)]
    );
    assert_eq!(moved.estimate(), Some(date(2026, 3, 15)));
    let many = (1..30).fold(moved, |sale, day| run(sale, [estimate(day, None)], at(3)));
    assert_eq!(many.estimates.len(), 24);
    assert_eq!((many.estimates[0].0, many.estimates[23].0), (date(2026, 3, 1), date(2026, 3, 29)));
    assert_eq!(available().estimate(), None, "it is there");
}
