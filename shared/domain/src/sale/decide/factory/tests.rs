//! Orders and milestones, as the factory tells of them in whatever order.

use crate::ids::RefundId;
use crate::sale::examples::{
    WINDOW, at, attempt_id, available, captured, new_sale, order, ordered, report, run, start, vin,
};
use crate::sale::{
    AttemptState, Command, Effect, Milestone, PaymentKind, Rejection, Status, decide, effects,
};
use crate::{OrderId, Vin};

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
    let refunded = run(
        refused,
        [Command::RecordRefund {
            attempt: attempt_id(1),
            refund: RefundId::parse("re_1").unwrap(),
        }],
        at(2),
    );
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
fn reports_of_another_order_or_vehicle_are_refused() {
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
    let vehicle = Some(Vin::parse("VSSZZZ5FZJR099999").unwrap());
    let command = Command::ReportMilestone {
        order: order().id,
        milestone: Milestone::AvailableForCustomer,
        vehicle,
        estimated_delivery: None,
        final_payment_window: WINDOW,
    };
    assert_eq!(decide(&available(), command, at(3)), Err(Rejection::OtherVehicle(vin())));
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
