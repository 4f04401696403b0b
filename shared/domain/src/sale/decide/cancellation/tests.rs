//! Sales that a manager cancels, in time and too late.

use crate::ids::GatewayPaymentId;
use crate::sale::examples::{
    at, available, cancel, captured, new_sale, ordered, record, run, start,
};
use crate::sale::{
    AttemptState, Command, Effect, Fact, FactKind, PaymentKind, PaymentOutcome, Rejection, Stage,
    Status, Wait, decide, effects,
};
use crate::{EmployeeId, Reason};

#[test]
fn a_cancelled_sale_refunds_its_signal_and_keeps_who_and_why() {
    let paid = run(new_sale(), [start(PaymentKind::Signal, 1), captured(1)], at(1));
    let cancelled = run(paid.clone(), [cancel()], at(2));
    let stage = Stage::Cancelled {
        by: EmployeeId::parse("m-1").unwrap(),
        reason: Reason::parse("changed her mind").unwrap(),
    };
    assert_eq!(cancelled.stage, stage);
    assert_eq!(
        cancelled.facts[2..],
        [Fact(FactKind::Cancelled, at(2)), Fact(FactKind::RefundDue, at(2))]
    );
    assert!(effects(Some(&paid), &cancelled).contains(&Effect::Refund));
    assert_eq!(
        decide(&cancelled, Command::RequestOrder, at(3)),
        Err(Rejection::Ended(Status::Cancelled))
    );
    assert_eq!(decide(&cancelled, cancel(), at(3)), Ok(vec![]), "a repeat changes nothing");
}

#[test]
fn money_that_comes_after_the_cancellation_goes_back() {
    let transfer = PaymentOutcome::Processing(GatewayPaymentId::parse("pi_1").unwrap());
    let open = run(new_sale(), [start(PaymentKind::Signal, 1), record(1, transfer)], at(1));
    let cancelled = run(open.clone(), [cancel()], at(2));
    let workflow = effects(Some(&open), &cancelled);
    assert_eq!(
        workflow[0],
        Effect::ResumeWorkflow(Wait::SignalPayment),
        "the workflow is woken and finds the end"
    );
    let late = run(cancelled, [captured(1)], at(3));
    assert!(matches!(late.signal_attempts[0].state, AttemptState::RefundDue(_)));
}

#[test]
fn from_the_intent_to_order_on_a_sale_can_not_be_cancelled() {
    let requested =
        run(new_sale(), [start(PaymentKind::Signal, 1), captured(1), Command::RequestOrder], at(1));
    for sale in [requested, ordered(), available()] {
        assert_eq!(
            decide(&sale, cancel(), at(3)),
            Err(Rejection::OrderIsPlaced),
            "{}",
            sale.status()
        );
    }
    let lapsed = run(new_sale(), [Command::Lapse], at(73));
    assert_eq!(decide(&lapsed, cancel(), at(74)), Err(Rejection::Ended(Status::Lapsed)));
}
