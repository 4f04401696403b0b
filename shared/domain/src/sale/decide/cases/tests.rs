//! Cases that open with time, and whoever may close them.

use crate::ids::GatewayPaymentId;
use crate::sale::examples::{
    at, available, cancel, captured, close, new_sale, open_cases, record, refund, registration,
    reserved, run, start,
};
use crate::sale::{
    CaseKind, Command, PaymentKind, PaymentOutcome, RefundState, Rejection, Status, decide,
};

#[test]
fn what_is_not_settled_in_time_is_a_case_until_it_is() {
    let open = run(new_sale(), [start(PaymentKind::Signal, 1)], at(1));
    assert_eq!(open.unsettled_since(), Some(at(1)));
    assert_eq!(
        decide(&open, Command::OpenCases { unsettled_since: at(0) }, at(2)),
        Ok(vec![]),
        "not yet"
    );
    let case = run(open, [Command::OpenCases { unsettled_since: at(1) }], at(25));
    assert_eq!(open_cases(&case), [CaseKind::PaymentUnsettled]);
    assert_eq!(
        decide(&case, Command::OpenCases { unsettled_since: at(2) }, at(26)),
        Ok(vec![]),
        "once"
    );
    let settled = run(case, [captured(1)], at(27));
    assert_eq!(
        (settled.unsettled_since(), settled.cases[0].closed_at),
        (None, Some(at(27).as_millisecond()))
    );

    let cancelled = run(settled, [cancel()], at(28));
    assert_eq!(cancelled.unsettled_since(), Some(at(28)));
    let case = run(cancelled, [Command::OpenCases { unsettled_since: at(28) }], at(52));
    assert_eq!(open_cases(&case), [CaseKind::RefundUnsettled]);
    let refunded = run(case, [refund(1, "re_1", RefundState::Pending, 100_000)], at(53));
    assert_eq!(open_cases(&refunded), []);
    // Pending for weeks: the gateway is asked, and then it is a case.
    assert_eq!(refunded.unsettled_since(), Some(at(14 * 24)));
    let done = run(refunded, [refund(1, "re_1", RefundState::Succeeded, 100_000)], at(54));
    assert_eq!(done.unsettled_since(), None);
}

#[test]
fn a_manager_answers_for_what_the_gateway_can_t_settle() {
    let sale = run(new_sale(), [start(PaymentKind::Signal, 1)], at(1));
    assert_eq!(decide(&sale, close(CaseKind::PaymentUnsettled), at(2)), Err(Rejection::NoCase));
    let case = run(sale, [Command::OpenCases { unsettled_since: at(1) }], at(25));
    let closed = run(case, [close(CaseKind::PaymentUnsettled)], at(26));
    assert_eq!((open_cases(&closed), closed.unsettled_since()), (vec![], None));
    assert!(closed.cases[0].closure.is_some(), "who and why stay");
    assert_eq!(
        decide(&closed, close(CaseKind::PaymentUnsettled), at(27)),
        Ok(vec![]),
        "the same request again"
    );
    // The money came after all: the señal is paid, as by any payment that comes late.
    assert_eq!(run(closed, [captured(1)], at(28)).status(), Status::ReservationPaid);

    let owed = run(reserved(), [cancel()], at(2));
    let case = run(owed, [Command::OpenCases { unsettled_since: at(2) }], at(30));
    assert_eq!(
        decide(&case, close(CaseKind::RefundUnsettled), at(31)),
        Err(Rejection::ClosesItself)
    );
}

#[test]
fn a_payment_at_the_bank_is_not_a_manager_s_to_close() {
    let processing =
        record(1, PaymentOutcome::Processing(GatewayPaymentId::parse("pi_1").unwrap()));
    let sale = run(new_sale(), [start(PaymentKind::Signal, 1), processing], at(1));
    let case = run(sale, [Command::OpenCases { unsettled_since: at(24 * 9) }], at(24 * 9));
    assert_eq!(
        decide(&case, close(CaseKind::PaymentUnsettled), at(24 * 9)),
        Err(Rejection::ClosesItself)
    );
}

/// An authority that is down is a case after a while, and none once it is heard of.
#[test]
fn an_authority_that_stays_silent_is_a_case_until_it_is_heard_of() {
    let paid = run(available(), [start(PaymentKind::Balance, 2), captured(2)], at(3));
    let asked = run(paid, [Command::RequestRegistration], at(4));
    let missed = |before| Command::MissAuthority { asked_before: before };
    assert_eq!(decide(&asked, missed(at(3)), at(15)), Ok(vec![]), "it was asked a moment ago");
    let silent = run(asked, [missed(at(4)), missed(at(5))], at(16));
    assert_eq!(open_cases(&silent), [CaseKind::AuthoritySilent]);
    assert_eq!(
        decide(&silent, close(CaseKind::AuthoritySilent), at(16)),
        Err(Rejection::ClosesItself)
    );
    assert_eq!(open_cases(&run(silent.clone(), [Command::HearAuthority], at(17))), []);
    let registered = run(silent, [Command::ConfirmRegistration(registration())], at(17));
    assert_eq!((open_cases(&registered), registered.status()), (vec![], Status::ReadyForDelivery));
}

#[test]
fn a_bank_has_days_before_anybody_asks() {
    let processing =
        record(1, PaymentOutcome::Processing(GatewayPaymentId::parse("pi_1").unwrap()));
    let sale = run(new_sale(), [start(PaymentKind::Signal, 1), processing], at(1));
    assert_eq!(sale.unsettled_since(), Some(at(1 + 7 * 24)));
}
