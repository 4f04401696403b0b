//! Registrations that wait for money, for documents or for a manager.

use crate::country::{DocumentKind, DocumentSet};
use crate::sale::examples::{
    at, available, captured, kinds, new_sale, ordered, registration, run, start,
};
use crate::sale::{
    CaseKind, Closure, Command, Effect, FactKind, PaymentKind, Rejection, Sale, Status, Wait,
    decide, effects,
};
use crate::{EmployeeId, Reason};

#[test]
fn registration_waits_for_full_payment() {
    for sale in [new_sale(), ordered(), available()] {
        assert_eq!(
            decide(&sale, Command::RequestRegistration, at(2)),
            Err(Rejection::NotDue(sale.status()))
        );
        assert_eq!(
            decide(&sale, Command::ConfirmRegistration(registration()), at(2)),
            Err(Rejection::NotDue(sale.status()))
        );
    }
}

/// R-45 of `docs/requirements.md`. The sale waits for the dealership, visibly, and goes on by
/// itself.
#[test]
fn a_registration_waits_for_the_documents_that_its_country_wants() {
    let bare = Sale { documents: DocumentSet::default(), ..available() };
    let paid = run(bare, [start(PaymentKind::Balance, 2), captured(2)], at(3));
    let missing = [
        DocumentKind::Identity,
        DocumentKind::CertificateOfConformity,
        DocumentKind::TaxDeclaration,
    ];
    assert_eq!(
        (paid.awaits(), paid.missing_documents()),
        (Some(Wait::Dealership), missing.to_vec())
    );
    assert_eq!(
        decide(&paid, Command::RequestRegistration, at(4)),
        Err(Rejection::DocumentsMissing(missing.to_vec()))
    );
    let open: Vec<CaseKind> = paid.open_cases().map(|case| case.kind).collect();
    assert_eq!(open, [CaseKind::DocumentsMissing]);
    let some = run(
        paid,
        [Command::RecordDocuments(vec![DocumentKind::Identity, DocumentKind::Insurance])],
        at(4),
    );
    assert_eq!((some.awaits(), some.open_cases().count()), (Some(Wait::Dealership), 1));
    let all = run(some.clone(), [Command::RecordDocuments(missing.to_vec())], at(5));
    assert_eq!((all.awaits(), all.open_cases().count()), (None, 0));
    assert_eq!(effects(Some(&some), &all), [Effect::ResumeWorkflow(Wait::Dealership)]);
    let done = run(
        all,
        [Command::RequestRegistration, Command::ConfirmRegistration(registration())],
        at(6),
    );
    assert_eq!(done.status(), Status::ReadyForDelivery);
    assert_eq!(
        decide(&done, Command::RecordDocuments(missing.to_vec()), at(7)),
        Err(Rejection::AlreadyRegistered)
    );
}

#[test]
fn what_the_authority_refused_is_asked_again_by_a_manager_alone() {
    let paid = run(
        available(),
        [start(PaymentKind::Balance, 2), captured(2), Command::RequestRegistration],
        at(3),
    );
    assert_eq!(paid.awaits(), None, "everything is on file");
    let refused =
        run(paid.clone(), [Command::RefuseRegistration { reason: "illegible".to_owned() }], at(4));
    assert_eq!(
        (refused.awaits(), refused.refusal(), refused.refusals()),
        (Some(Wait::Dealership), Some("illegible"), 1)
    );
    assert_eq!(
        decide(&refused, Command::RequestRegistration, at(5)),
        Err(Rejection::RegistrationRefused)
    );
    assert_eq!(
        decide(&refused, Command::RefuseRegistration { reason: "again".to_owned() }, at(5)),
        Ok(vec![]),
        "the same answer"
    );
    let closure = Closure {
        by: EmployeeId::parse("m-1").unwrap(),
        reason: Reason::parse("sent anew").unwrap(),
    };
    let close =
        Command::CloseCase { kind: CaseKind::RegistrationRefused, closure: closure.clone() };
    assert_eq!(decide(&refused, close, at(5)), Err(Rejection::ClosesItself));
    let asked = run(refused, [Command::ResubmitRegistration { closure }], at(6));
    assert_eq!((asked.awaits(), asked.refusal(), asked.open_cases().count()), (None, None, 0));
    let done = run(
        asked,
        [Command::RequestRegistration, Command::ConfirmRegistration(registration())],
        at(7),
    );
    assert_eq!(done.status(), Status::ReadyForDelivery);
    assert_eq!(
        kinds(&done).iter().filter(|kind| **kind == FactKind::RegistrationRefused).count(),
        1
    );
}
