use super::*;
use crate::ids::{DisputeId, GatewayPaymentId, PaymentMethodToken, RefundId};
use crate::money::Currency;
use crate::{AttemptId, EmailAddress};
use jiff::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const WINDOW: SignedDuration = SignedDuration::from_hours(72);

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + hours * 3600).unwrap()
}

/// A sale that takes a vehicle of the stock; the customer has 72 hours for the balance after the
/// señal.
fn stock_sale() -> Sale {
    Sale {
        stock: Some(StockClaim { vehicle: vin(), final_payment_seconds: WINDOW.as_secs() }),
        ..new_sale()
    }
}

fn new_sale() -> Sale {
    let euros = |minor| Money::new(minor, Currency::Eur).unwrap();
    let registered = Registered {
        id: SaleId::new(Uuid::from_u128(1)),
        dealership: DealershipId::parse("MAD-01").unwrap(),
        country: CountryCode::parse("ES").unwrap(),
        registered_by: EmployeeId::parse("e-17").unwrap(),
        customer: CustomerKey::of(&EmailAddress::parse("ana@example.com").unwrap()),
        terms: Terms::new(euros(3_250_000), euros(100_000)).unwrap(),
        stock: None,
        documents: DocumentKind::ALL.into_iter().collect(),
        pay_signal_by: at(72),
    };
    Sale::register(registered, at(0))
}

fn attempt_id(n: u8) -> AttemptId {
    AttemptId::new(Uuid::from_u128(100 + u128::from(n)))
}

fn start(kind: PaymentKind, n: u8) -> Command {
    Command::StartPayment {
        kind,
        attempt: attempt_id(n),
        key: ShortDigest::of(&[&[n]]),
        fingerprint: ShortDigest::of(&[b"body"]),
        method: PaymentMethod::Card,
        token: PaymentMethodToken::parse("pm_1").unwrap(),
    }
}

fn record(n: u8, outcome: PaymentOutcome) -> Command {
    Command::RecordPayment { attempt: attempt_id(n), outcome, answers_request: false }
}

fn captured(n: u8) -> Command {
    record(n, PaymentOutcome::Captured(GatewayPaymentId::parse(&format!("pi_{n}")).unwrap()))
}

fn order() -> Order {
    Order {
        id: OrderId::parse("F-1").unwrap(),
        estimated_delivery: Some(jiff::civil::date(2026, 3, 1)),
    }
}

fn vin() -> Vin {
    Vin::parse("VSSZZZ5FZJR012345").unwrap()
}

fn report(milestone: Milestone) -> Command {
    Command::ReportMilestone {
        order: order().id,
        milestone,
        vehicle: Some(vin()),
        estimated_delivery: None,
        final_payment_window: WINDOW,
    }
}

fn registration() -> Registration {
    Registration {
        id: crate::RegistrationId::parse("R-1").unwrap(),
        plate: Plate::parse("1234 BCD").unwrap(),
    }
}

fn run(sale: Sale, commands: impl IntoIterator<Item = Command>, now: Timestamp) -> Sale {
    commands.into_iter().fold(sale, |sale, command| {
        let events = decide(&sale, command, now).unwrap();
        evolve(&sale, &events, now)
    })
}

fn ordered() -> Sale {
    let commands = [
        start(PaymentKind::Signal, 1),
        captured(1),
        Command::RequestOrder,
        Command::ConfirmOrder(order()),
    ];
    run(new_sale(), commands, at(1))
}

fn available() -> Sale {
    run(ordered(), [report(Milestone::AvailableForCustomer)], at(2))
}

fn kinds(sale: &Sale) -> Vec<FactKind> {
    sale.facts.iter().map(|fact| fact.0).collect()
}

#[test]
fn the_happy_path_is_the_seeds_diagram() {
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

fn ready() -> Sale {
    let paid = run(available(), [start(PaymentKind::Balance, 2), captured(2)], at(3));
    run(paid, [Command::RequestRegistration, Command::ConfirmRegistration(registration())], at(4))
}

fn prepare(checks: &[CheckKind], date: Option<Date>) -> Command {
    let appointment = date.map(|date| (date, DeliveryPlace::Dealership));
    Command::PrepareDelivery {
        by: EmployeeId::parse("e-17").unwrap(),
        checks: checks.to_vec(),
        appointment,
    }
}

/// A week after the first hour of these tests.
fn delivery_day() -> Date {
    at(7 * 24).to_zoned(TimeZone::UTC).date()
}

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
    let reversed = run(ready(), [dispute(2, "dp_1", DisputeNews::Opened)], at(5));
    assert_eq!(decide(&reversed, all.clone(), at(6)), Err(Rejection::PaymentReversed));
    let today = at(6).to_zoned(TimeZone::UTC).date();
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

/// R-49 of `docs/requirements.md`. The fees of Spain's authority, as its file has them.
#[test]
fn a_registration_s_fees_are_in_the_ledger() {
    let balances = ready().balances();
    assert_eq!((balances[&Account::Fees], balances[&Account::Authority]), (9_977, -9_977));
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

/// A key gets the same answer each time: what is asked again needs another.
#[test]
fn each_refusal_asks_for_another_key() {
    let request = |refusals| crate::ports::RegistrationRequest {
        sale: new_sale().id,
        refusals,
        country: new_sale().country,
        dealership: new_sale().dealership,
        vehicle: vin(),
        owner: crate::FullName::parse("Ana").unwrap(),
        address: crate::Address {
            street: crate::customer::AddressLine::parse("Calle Mayor 1").unwrap(),
            postal_code: crate::customer::PostalCode::parse("28013").unwrap(),
            city: crate::customer::AddressLine::parse("Madrid").unwrap(),
            country: new_sale().country,
        },
        documents: Vec::new(),
    };
    let keys = [0, 1, 2].map(|refusals| request(refusals).key());
    assert_eq!(keys[0], new_sale().id.to_string());
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
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

/// A copy of the request read the sale before the first one's attempt was stored and declined.
#[test]
fn a_request_that_comes_twice_at_once_makes_one_attempt() {
    let declined = run(
        new_sale(),
        [start(PaymentKind::Signal, 1), record(1, PaymentOutcome::Declined(Decline::Declined))],
        at(1),
    );
    let Command::StartPayment { kind, key, fingerprint, method, token, .. } =
        start(PaymentKind::Signal, 1)
    else {
        panic!()
    };
    let copy =
        Command::StartPayment { kind, attempt: attempt_id(9), key, fingerprint, method, token };
    assert_eq!(decide(&declined, copy, at(1)), Ok(vec![]));
    assert!(
        decide(&declined, start(PaymentKind::Signal, 2), at(1))
            .is_ok_and(|events| events.len() == 1)
    );
}

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

fn released(since: Timestamp) -> crate::vehicle::VehicleChange {
    crate::vehicle::VehicleChange::Release { vehicle: vin(), since }
}

#[test]
fn a_stock_vehicle_is_paid_and_registered_without_a_factory_order() {
    let registered = stock_sale();
    assert_eq!((registered.vehicle(), registered.order()), (Some(&vin()), None));
    let reserved = run(registered.clone(), [start(PaymentKind::Signal, 1), captured(1)], at(1));
    assert!(
        matches!(reserved.stage, Stage::FinalPaymentPending { order: None, pay_by, .. } if pay_by == at(73))
    );
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
fn money_on_its_way_stops_the_deadline() {
    let sale = run(available(), [start(PaymentKind::Balance, 2)], at(74));
    assert_eq!(decide(&sale, Command::Unassign, at(80)), Err(Rejection::StillWaiting));
    assert_eq!(run(sale, [captured(2)], at(81)).status(), Status::PaymentReceived);
}

#[test]
fn money_that_a_sale_cannot_take_goes_back() {
    let declined =
        [start(PaymentKind::Signal, 1), record(1, PaymentOutcome::Declined(Decline::Declined))];
    let lapsed = run(run(new_sale(), declined, at(1)), [Command::Lapse], at(73));
    assert_eq!(lapsed.status(), Status::Lapsed);
    let late = run(lapsed.clone(), [captured(1)], at(74));
    assert_eq!(late.status(), Status::Lapsed);
    assert!(matches!(late.signal_attempts[0].state, AttemptState::RefundDue(_)));
    assert_eq!(effects(Some(&lapsed), &late), [Effect::Refund]);
}

#[test]
fn a_payment_cannot_begin_after_its_deadline() {
    assert_eq!(
        decide(&new_sale(), start(PaymentKind::Signal, 1), at(73)),
        Err(Rejection::DeadlinePassed(at(72)))
    );
    assert_eq!(
        decide(&available(), start(PaymentKind::Balance, 2), at(75)),
        Err(Rejection::DeadlinePassed(at(74)))
    );
}

#[test]
fn a_payment_is_made_once() {
    let sale = new_sale();
    assert_eq!(
        decide(&sale, start(PaymentKind::Balance, 2), at(1)),
        Err(Rejection::NotDue(Status::SaleRegistered))
    );
    let open = run(sale, [start(PaymentKind::Signal, 1)], at(1));
    assert_eq!(
        decide(&open, start(PaymentKind::Signal, 2), at(1)),
        Err(Rejection::PaymentInProgress)
    );
    let paid = run(open, [captured(1)], at(1));
    assert_eq!(decide(&paid, start(PaymentKind::Signal, 2), at(1)), Err(Rejection::AlreadyPaid));
    assert_eq!(
        decide(&paid, captured(1), at(1)),
        Ok(vec![]),
        "the same news again changes nothing"
    );
}

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

fn cancel() -> Command {
    Command::Cancel {
        by: EmployeeId::parse("m-1").unwrap(),
        reason: Reason::parse("changed her mind").unwrap(),
    }
}

fn extend(hours: i64) -> Command {
    let (by, reason) =
        (EmployeeId::parse("m-1").unwrap(), Reason::parse("the bank is slow").unwrap());
    Command::ExtendDeadline {
        by,
        reason,
        pay_by: at(hours),
        max_extension: SignedDuration::from_hours(48),
    }
}

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
fn of_milestones_that_come_in_a_burst_the_last_is_told() {
    let burst = SignedDuration::from_mins(5);
    let mut sale = new_sale();
    let minute = |minutes: i64| at(10).checked_add(SignedDuration::from_mins(minutes)).unwrap();
    for (kind, minutes) in [
        (FactKind::OrderPlaced, 0),
        (FactKind::InProduction, 1),
        (FactKind::QualityCheck, 5),
        (FactKind::ReadyForShipment, 10),
        (FactKind::AtDealership, 30),
        (FactKind::AvailableForCustomer, 30),
    ] {
        sale.facts.push(Fact(kind, minute(minutes)));
    }
    let superseded: Vec<FactKind> = (0..sale.facts.len())
        .filter(|fact| sale.is_superseded(*fact, burst))
        .map(|fact| sale.facts[fact].0)
        .collect();
    assert_eq!(
        superseded,
        [FactKind::InProduction, FactKind::AtDealership],
        "an order's confirmation never waits"
    );
    assert!(
        (0..9).all(|fact| !sale.is_superseded(fact, SignedDuration::ZERO)),
        "nothing is, where nothing waits"
    );
}

#[test]
fn money_that_comes_after_the_cancellation_goes_back() {
    let open = run(new_sale(), [start(PaymentKind::Signal, 1)], at(1));
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

fn dispute(n: u8, id: &str, news: DisputeNews) -> Command {
    Command::RecordDispute { attempt: attempt_id(n), dispute: DisputeId::parse(id).unwrap(), news }
}

fn reserved() -> Sale {
    run(new_sale(), [start(PaymentKind::Signal, 1), captured(1)], at(1))
}

fn close(kind: CaseKind) -> Command {
    let (by, reason) =
        (EmployeeId::parse("m-1").unwrap(), Reason::parse("the bank keeps it").unwrap());
    Command::CloseCase { kind, closure: Closure { by, reason } }
}

fn paid() -> Sale {
    run(available(), [start(PaymentKind::Balance, 2), captured(2)], at(3))
}

fn open_cases(sale: &Sale) -> Vec<CaseKind> {
    sale.open_cases().map(|case| case.kind).collect()
}

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

    let refund = run(settled, [cancel()], at(28));
    assert_eq!(refund.unsettled_since(), Some(at(28)));
    let case = run(refund, [Command::OpenCases { unsettled_since: at(28) }], at(52));
    assert_eq!(open_cases(&case), [CaseKind::RefundUnsettled]);
    let refunded =
        Command::RecordRefund { attempt: attempt_id(1), refund: RefundId::parse("re_1").unwrap() };
    assert_eq!(open_cases(&run(case, [refunded], at(53))), []);
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
fn a_bank_has_days_before_anybody_asks() {
    let processing =
        record(1, PaymentOutcome::Processing(GatewayPaymentId::parse("pi_1").unwrap()));
    let sale = run(new_sale(), [start(PaymentKind::Signal, 1), processing], at(1));
    assert_eq!(sale.unsettled_since(), Some(at(1 + 7 * 24)));
}

/// Invariant 4: every order of the six webhooks, with copies, ends in one state, with one list of
/// notifications.
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

#[test]
fn the_workflow_is_woken_when_what_it_awaits_is_there() {
    let sale = new_sale();
    let open = run(sale.clone(), [start(PaymentKind::Signal, 1)], at(1));
    assert_eq!(effects(Some(&sale), &open), []);
    let paid = run(open.clone(), [captured(1)], at(1));
    assert_eq!(
        effects(Some(&open), &paid),
        [Effect::ResumeWorkflow(Wait::SignalPayment), Effect::ReleaseReservation]
    );
    assert_eq!(effects(None, &sale), [Effect::StartWorkflow, Effect::IssueCredentials]);
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
            Just(PaymentOutcome::Declined(Decline::Declined)),
        ]
    };
    prop_oneof![
        3 => (kind(), 1..6u8).prop_map(|(kind, n)| start(kind, n)),
        4 => (1..6u8).prop_flat_map(move |n| outcome(n).prop_map(move |outcome| record(n, outcome))),
        1 => (1..6u8).prop_map(|n| Command::RecordRefund { attempt: attempt_id(n), refund: RefundId::parse("re_1").unwrap() }),
        2 => Just(Command::RequestOrder),
        2 => Just(Command::ConfirmOrder(order())),
        1 => Just(Command::RefuseOrder { reason: "unbuildable".into() }),
        4 => (0..6usize).prop_map(|n| report(Milestone::ALL[n])),
        1 => Just(Command::Lapse),
        1 => Just(Command::Unassign),
        1 => Just(cancel()),
        1 => (1..6u8, 0..3usize).prop_map(|(n, news)| {
            dispute(n, "dp_1", [DisputeNews::Opened, DisputeNews::Won, DisputeNews::Lost][news])
        }),
        1 => (0..200i64).prop_map(|hours| Command::OpenCases { unsettled_since: at(hours) }),
        1 => (0..CaseKind::ALL.len()).prop_map(|kind| close(CaseKind::ALL[kind])),
        1 => Just(Command::RefuseRegistration { reason: "illegible".into() }),
        1 => Just(Command::ResubmitRegistration { closure: Closure { by: EmployeeId::parse("m-1").unwrap(), reason: Reason::parse("anew").unwrap() } }),
        1 => (0..200i64).prop_map(extend),
        2 => Just(Command::RequestRegistration),
        2 => Just(Command::ConfirmRegistration(registration())),
        1 => (0..200i64).prop_map(|hours| Command::MissAuthority { asked_before: at(hours) }),
        1 => Just(Command::HearAuthority),
        2 => (0..CheckKind::ALL.len() + 1).prop_map(|done| prepare(&CheckKind::ALL[..done], Some(delivery_day()))),
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
            if matches!(&command, Command::StartPayment { attempt, .. } if sale.all_attempts().any(|(_, known)| known.id == *attempt)) {
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
                let held = attempts.iter().filter(|a| matches!(a.state, AttemptState::Captured(_))).count();
                prop_assert!(held <= 1, "{} captures of {:?}", held, kind);
                prop_assert!(attempts.iter().filter(|a| a.state.is_open()).count() <= 1);
            }
            let balances = sale.balances();
            prop_assert_eq!(balances.values().sum::<i64>(), 0);
            let ours = |a: &Attempt| matches!(a.state, AttemptState::Captured(_) | AttemptState::RefundDue(_));
            let held = sale.all_attempts().filter(|(_, a)| ours(a)).map(|(kind, _)| sale.amount_due(kind).minor());
            prop_assert_eq!(balances[&Account::Gateway], i64::try_from(held.sum::<u64>()).unwrap());
            if sale.registration().is_some() {
                let was_paid = |a: &Attempt| matches!(a.state, AttemptState::Captured(_) | AttemptState::Reversed(_));
                prop_assert!(PaymentKind::ALL.iter().all(|kind| sale.attempts(*kind).iter().any(was_paid)));
            }
            let answered_for = sale.cases.iter().any(|case| case.kind == CaseKind::PaymentReversed && case.closure.is_some());
            let reversed = sale.all_attempts().any(|(_, attempt)| matches!(attempt.state, AttemptState::Reversed(_)));
            prop_assert!(sale.is_on_hold() == reversed || (reversed && answered_for), "a reversal is an open case, and only that");
            prop_assert!(CaseKind::ALL.iter().all(|kind| sale.open_cases().filter(|case| case.kind == *kind).count() <= 1));
        }
    }
}
