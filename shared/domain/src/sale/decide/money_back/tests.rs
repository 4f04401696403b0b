//! Money that a bank takes back, and that comes again or does not.

use crate::sale::examples::{
    at, attempt_id, available, cancel, captured, close, dispute, dispute_of, new_sale, open_cases,
    paid, ready, record, refund, registration, reserved, run, start,
};
use crate::sale::{
    Account, AttemptState, CaseKind, Command, Decline, DisputeState, PaymentKind, PaymentOutcome,
    RefundState, Rejection, Status, Wait, decide,
};

#[test]
fn a_reversed_payment_holds_back_registration_and_delivery_and_is_a_case() {
    let reversed = run(paid(), [dispute(2, "dp_1", DisputeState::Open)], at(4));
    assert!(matches!(reversed.balance_attempts[0].state, AttemptState::Reversed(_)));
    assert_eq!(open_cases(&reversed), [CaseKind::PaymentReversed]);
    assert_eq!(
        decide(&reversed, Command::RequestRegistration, at(5)),
        Err(Rejection::PaymentReversed)
    );
    let asked =
        run(paid(), [Command::RequestRegistration, dispute(2, "dp_1", DisputeState::Open)], at(4));
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
    let won = run(registered, [dispute(2, "dp_1", DisputeState::Won)], at(7));
    assert_eq!((open_cases(&won), won.cases.len()), (vec![], 1));
    assert_eq!(
        run(won, [Command::ConfirmRegistration(registration())], at(8)).status(),
        Status::ReadyForDelivery
    );
}

/// The order, the registration and the delivery wait for the money, or for a manager's word.
#[test]
fn what_waits_for_reversed_money_goes_on_when_a_manager_answers_for_it() {
    let reversed = run(reserved(), [dispute(1, "dp_1", DisputeState::Lost)], at(2));
    assert_eq!(decide(&reversed, Command::RequestOrder, at(2)), Err(Rejection::PaymentReversed));
    let answered_for = run(reversed, [close(CaseKind::PaymentReversed)], at(3));
    assert!(!answered_for.is_on_hold());
    let ordered = run(answered_for, [Command::RequestOrder], at(4));
    // Another reversal is another case, and the first one's end another beginning.
    let won = run(ordered, [dispute(1, "dp_1", DisputeState::Won)], at(5));
    let again = run(won, [dispute(1, "dp_2", DisputeState::Open)], at(6));
    assert_eq!(open_cases(&again), [CaseKind::PaymentReversed]);
}

#[test]
fn news_of_a_dispute_in_any_order_ends_the_same() {
    let (opened, won) =
        (dispute(2, "dp_1", DisputeState::Open), dispute(2, "dp_1", DisputeState::Won));
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
        run(paid(), [dispute(2, "dp_1", DisputeState::Lost), opened.clone(), captured(2)], at(4));
    assert_eq!(
        open_cases(&lost),
        [CaseKind::PaymentReversed],
        "an old capture's news doesn't bring the money back"
    );
    let again = run(paid(), [dispute(2, "dp_0", DisputeState::Won), opened.clone()], at(4));
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
    let reversed = run(refused, [dispute(1, "dp_1", DisputeState::Open)], at(3));
    assert_eq!(
        reversed.unsettled_since(),
        None,
        "the bank gave the money back: nobody does so twice"
    );
    let won = run(reversed, [dispute(1, "dp_1", DisputeState::Won)], at(4));
    assert!(matches!(won.signal_attempts[0].state, AttemptState::RefundDue(_)));
    let forfeit = run(available(), [Command::Unassign], at(75));
    let won = run(
        forfeit,
        [dispute(1, "dp_1", DisputeState::Open), dispute(1, "dp_1", DisputeState::Won)],
        at(76),
    );
    assert!(
        matches!(won.signal_attempts[0].state, AttemptState::Captured(_)),
        "the forfeit señal stays"
    );
}

/// DIS-03: the books say how much, and all of it waits for a manager's word.
#[test]
fn a_dispute_of_a_part_takes_back_a_part() {
    let part = |state| dispute_of(2, "dp_1", state, 20_000);
    let disputed = run(paid(), [part(DisputeState::Open)], at(4));
    let balances = disputed.balances();
    assert_eq!((balances[&Account::Disputed], balances[&Account::Gateway]), (20_000, 3_230_000));
    assert_eq!(open_cases(&disputed), [CaseKind::PaymentReversed]);
    assert_eq!(disputed.awaits(), Some(Wait::Dealership));
    let won = run(disputed, [part(DisputeState::Won)], at(5));
    assert_eq!((won.balances()[&Account::Gateway], won.is_on_hold()), (3_250_000, false));
    assert_eq!(won.awaits(), None, "the workflow is woken");
}

/// DIS-01: Stripe sends no second `created`.
#[test]
fn an_inquiry_moves_no_money_until_it_becomes_a_dispute() {
    let asked = run(paid(), [dispute(2, "dp_1", DisputeState::Inquiry)], at(4));
    assert_eq!((open_cases(&asked), asked.balances()[&Account::Disputed]), (vec![], 0));
    let disputed = run(asked, [dispute(2, "dp_1", DisputeState::Open)], at(5));
    assert_eq!(open_cases(&disputed), [CaseKind::PaymentReversed]);
    assert_eq!(disputed.balances()[&Account::Disputed], 3_150_000);
}

/// REF-01: what was given back by hand counts.
#[test]
fn a_gesture_is_a_part_of_what_a_cancellation_gives_back() {
    let gesture = run(reserved(), [refund(1, "re_1", RefundState::Succeeded, 10_000)], at(2));
    assert!(matches!(gesture.signal_attempts[0].state, AttemptState::Captured(_)));
    assert_eq!(open_cases(&gesture), []);
    let cancelled = run(gesture, [cancel()], at(3));
    let attempt = &cancelled.signal_attempts[0];
    assert_eq!(cancelled.left_of(PaymentKind::Signal, attempt), 90_000);
    let refunded = run(cancelled, [refund(1, "re_2", RefundState::Succeeded, 90_000)], at(4));
    assert!(matches!(refunded.signal_attempts[0].state, AttemptState::Refunded(..)));
    assert!(refunded.balances().values().all(|held| *held == 0), "{:?}", refunded.balances());
}

#[test]
fn a_gesture_is_no_part_of_what_the_dealership_earns() {
    let gesture = refund(2, "re_1", RefundState::Succeeded, 5_000);
    let before = run(paid(), [gesture.clone(), Command::RequestRegistration], at(4));
    let before = run(before, [Command::ConfirmRegistration(registration())], at(4));
    let after = run(ready(), [gesture], at(5));
    for (sale, earned, allowed) in [(before, 3_245_000, 0), (after, 3_250_000, 5_000)] {
        let balances = sale.balances();
        assert_eq!((balances[&Account::Sales], balances[&Account::Allowances]), (-earned, allowed));
        assert_eq!((balances[&Account::Deposits], balances[&Account::Gateway]), (0, 3_245_000));
    }
}

#[test]
fn a_sale_whose_money_was_all_given_back_by_hand_is_not_paid() {
    let given = refund(2, "re_1", RefundState::Succeeded, 3_150_000);
    let given = run(paid(), [given], at(4));
    assert_eq!(open_cases(&given), [CaseKind::PaymentReversed]);
    assert_eq!(
        decide(&given, Command::RequestRegistration, at(5)),
        Err(Rejection::PaymentReversed)
    );
    let failed = run(given, [refund(2, "re_1", RefundState::Failed, 3_150_000)], at(6));
    assert!(matches!(failed.balance_attempts[0].state, AttemptState::Captured(_)));
    assert!(!failed.is_on_hold(), "it came back");
}

/// REF-02: the customer has nothing, and people pay it out in another way.
#[test]
fn a_refund_that_fails_is_a_case_until_people_paid_it_out() {
    let pending = refund(1, "re_1", RefundState::Pending, 100_000);
    let failed = refund(1, "re_1", RefundState::Failed, 100_000);
    let sale = run(reserved(), [cancel(), pending.clone(), failed.clone(), pending], at(2));
    assert!(matches!(sale.signal_attempts[0].state, AttemptState::RefundFailed(_)));
    assert_eq!(open_cases(&sale), [CaseKind::RefundFailed]);
    assert_eq!(sale.balances()[&Account::Deposits], -100_000, "it is owed again");
    let paid_out = run(sale.clone(), [close(CaseKind::RefundFailed)], at(3));
    assert!(matches!(paid_out.signal_attempts[0].state, AttemptState::Refunded(..)));
    let balances = paid_out.balances();
    assert_eq!((balances[&Account::Deposits], balances[&Account::Bank]), (0, -100_000));
    assert_eq!(balances[&Account::Gateway], 100_000, "the dealership's, to be paid to its bank");
    let by_hand = run(sale, [refund(1, "re_2", RefundState::Succeeded, 100_000)], at(3));
    assert_eq!((open_cases(&by_hand), by_hand.balances()[&Account::Deposits]), (vec![], 0));
}

#[test]
fn what_a_bank_took_is_not_given_back_twice() {
    let part = |state| dispute_of(1, "dp_1", state, 20_000);
    let cancelled = run(reserved(), [part(DisputeState::Open), cancel()], at(2));
    let attempt = &cancelled.signal_attempts[0];
    assert!(matches!(attempt.state, AttemptState::RefundDue(_)));
    assert_eq!(cancelled.left_of(PaymentKind::Signal, attempt), 80_000);
    let refunded = run(cancelled, [refund(1, "re_1", RefundState::Succeeded, 80_000)], at(3));
    assert!(matches!(refunded.signal_attempts[0].state, AttemptState::Refunded(..)));
    let won = run(refunded, [part(DisputeState::Won)], at(4));
    assert!(matches!(won.signal_attempts[0].state, AttemptState::RefundDue(_)), "now it is ours");
    assert_eq!(won.left_of(PaymentKind::Signal, &won.signal_attempts[0]), 20_000);
}

/// A reading from before the dispute was won is committed while the refund is made.
#[test]
fn a_refund_that_a_stale_reading_overtakes_is_booked_once_the_bank_is_done() {
    let dispute = |state| dispute(1, "dp_1", state);
    let made = refund(1, "re_1", RefundState::Succeeded, 100_000);
    let cancelled = run(reserved(), [cancel()], at(2));
    let stale = run(cancelled, [dispute(DisputeState::Open), made], at(3));
    assert_eq!(open_cases(&stale), [CaseKind::PaymentReversed]);
    let won = run(stale, [dispute(DisputeState::Won)], at(4));
    assert!(matches!(won.signal_attempts[0].state, AttemptState::Refunded(..)));
    assert_eq!((open_cases(&won), won.unsettled_since()), (vec![], None));
    assert!(won.balances().values().all(|held| *held == 0), "{:?}", won.balances());
}
