//! Money that a bank takes back, and that comes again or does not.

use crate::sale::examples::{
    at, attempt_id, available, captured, close, dispute, new_sale, open_cases, paid, record,
    registration, reserved, run, start,
};
use crate::sale::{
    AttemptState, CaseKind, Command, Decline, DisputeNews, PaymentKind, PaymentOutcome, Rejection,
    Status, decide,
};

#[test]
fn a_reversed_payment_holds_back_registration_and_delivery_and_is_a_case() {
    let reversed = run(paid(), [dispute(2, "dp_1", DisputeNews::Opened)], at(4));
    assert!(matches!(reversed.balance_attempts[0].state, AttemptState::Reversed(_)));
    assert_eq!(open_cases(&reversed), [CaseKind::PaymentReversed]);
    assert_eq!(
        decide(&reversed, Command::RequestRegistration, at(5)),
        Err(Rejection::PaymentReversed)
    );
    let asked =
        run(paid(), [Command::RequestRegistration, dispute(2, "dp_1", DisputeNews::Opened)], at(4));
    let registered = run(asked, [Command::ConfirmRegistration(registration())], at(5));
    assert_eq!(
        registered.status(),
        Status::VehicleRegistered,
        "the authority was faster; the delivery waits"
    );
    assert_eq!(
        decide(&registered, Command::ConfirmRegistration(registration()), at(6)),
        Err(Rejection::PaymentReversed)
    );
    let won = run(registered, [dispute(2, "dp_1", DisputeNews::Won)], at(7));
    assert_eq!((open_cases(&won), won.cases.len()), (vec![], 1));
    assert_eq!(
        run(won, [Command::ConfirmRegistration(registration())], at(8)).status(),
        Status::ReadyForDelivery
    );
}

/// The order, the registration and the delivery wait for the money, or for a manager's word.
#[test]
fn what_waits_for_reversed_money_goes_on_when_a_manager_answers_for_it() {
    let reversed = run(reserved(), [dispute(1, "dp_1", DisputeNews::Lost)], at(2));
    assert_eq!(decide(&reversed, Command::RequestOrder, at(2)), Err(Rejection::PaymentReversed));
    let answered_for = run(reversed, [close(CaseKind::PaymentReversed)], at(3));
    assert!(!answered_for.is_on_hold());
    let ordered = run(answered_for, [Command::RequestOrder], at(4));
    // Another reversal is another case, and the first one's end another beginning.
    let won = run(ordered, [dispute(1, "dp_1", DisputeNews::Won)], at(5));
    let again = run(won, [dispute(1, "dp_2", DisputeNews::Opened)], at(6));
    assert_eq!(open_cases(&again), [CaseKind::PaymentReversed]);
}

#[test]
fn news_of_a_dispute_in_any_order_ends_the_same() {
    let (opened, won) =
        (dispute(2, "dp_1", DisputeNews::Opened), dispute(2, "dp_1", DisputeNews::Won));
    let orders = [
        vec![opened.clone(), won.clone()],
        vec![won.clone(), opened.clone()],
        vec![opened.clone(), won.clone(), opened.clone(), won],
    ];
    for order in orders {
        let sale = run(paid(), order, at(4));
        assert!(matches!(sale.balance_attempts[0].state, AttemptState::Captured(_)));
        assert_eq!(open_cases(&sale), []);
    }
    let lost =
        run(paid(), [dispute(2, "dp_1", DisputeNews::Lost), opened.clone(), captured(2)], at(4));
    assert_eq!(
        open_cases(&lost),
        [CaseKind::PaymentReversed],
        "an old capture's news doesn't bring the money back"
    );
    let again = run(paid(), [dispute(2, "dp_0", DisputeNews::Won), opened.clone()], at(4));
    assert_eq!(open_cases(&again), [CaseKind::PaymentReversed], "another dispute counts");
    let open = run(available(), [start(PaymentKind::Balance, 2)], at(3));
    assert_eq!(
        decide(&open, opened, at(4)),
        Err(Rejection::NotDue(Status::FinalPaymentPending)),
        "the capture's news comes first"
    );
}

#[test]
fn a_debit_that_is_returned_after_it_succeeded_is_reversed() {
    let returned = run(paid(), [Command::RecordReturn { attempt: attempt_id(2) }], at(4));
    assert_eq!(open_cases(&returned), [CaseKind::PaymentReversed]);
    let stale = record(2, PaymentOutcome::Declined(Decline::Declined));
    assert_eq!(decide(&paid(), stale, at(4)), Ok(vec![]), "an old webhook is no news");
}

#[test]
fn money_that_comes_back_to_a_sale_that_lost_its_claim_is_refunded() {
    let refused = [start(PaymentKind::Signal, 1), captured(1), Command::RequestOrder];
    let refused =
        run(run(new_sale(), refused, at(1)), [Command::RefuseOrder { reason: "no".into() }], at(2));
    let reversed = run(refused, [dispute(1, "dp_1", DisputeNews::Opened)], at(3));
    assert_eq!(
        reversed.unsettled_since(),
        None,
        "the bank gave the money back: nobody does so twice"
    );
    let won = run(reversed, [dispute(1, "dp_1", DisputeNews::Won)], at(4));
    assert!(matches!(won.signal_attempts[0].state, AttemptState::RefundDue(_)));
    let forfeit = run(available(), [Command::Unassign], at(75));
    let won = run(
        forfeit,
        [dispute(1, "dp_1", DisputeNews::Opened), dispute(1, "dp_1", DisputeNews::Won)],
        at(76),
    );
    assert!(
        matches!(won.signal_attempts[0].state, AttemptState::Captured(_)),
        "the forfeit señal stays"
    );
}
