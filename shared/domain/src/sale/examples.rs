//! A sale at each step of its way, and the commands that bring it there: what tests of decisions
//! begin with.

use crate::country::DocumentKind;
use crate::ids::{DisputeId, GatewayPaymentId, PaymentMethodToken, RefundId, ShortDigest};
use crate::money::{Currency, Terms};
use crate::sale::{
    CaseKind, CheckKind, Closure, Command, DeliveryPlace, Dispute, DisputeState, FactKind, Means,
    Milestone, MoneyBack, NextAction, Order, PaymentKind, PaymentOutcome, Refund, RefundState,
    Registered, Registration, Sale, Slot, StockClaim, Transfer, decide, evolve,
};
use crate::{
    AttemptId, CountryCode, CustomerKey, DealershipId, EmailAddress, EmployeeId, Money, OrderId,
    Plate, Reason, SaleId, Vin, ZoneName,
};
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How long the customer has for the balance.
pub(super) const WINDOW: SignedDuration = SignedDuration::from_hours(72);

pub(super) fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + hours * 3600).unwrap()
}

/// A sale that takes a vehicle of the stock; the customer has 72 hours for the balance after the
/// señal.
pub(super) fn stock_sale() -> Sale {
    Sale {
        stock: Some(StockClaim { vehicle: vin(), final_payment_seconds: WINDOW.as_secs() }),
        ..new_sale()
    }
}

pub(super) fn new_sale() -> Sale {
    let euros = |minor| Money::new(minor, Currency::EUR).unwrap();
    let registered = Registered {
        id: SaleId::new(Uuid::from_u128(1)),
        dealership: DealershipId::parse("MAD-01").unwrap(),
        country: CountryCode::parse("ES").unwrap(),
        zone: ZoneName::parse("Europe/Madrid").unwrap(),
        registered_by: EmployeeId::parse("e-17").unwrap(),
        customer: CustomerKey::of(&EmailAddress::parse("ana@example.com").unwrap()),
        terms: Terms::new(euros(3_250_000), euros(100_000)).unwrap(),
        stock: None,
        documents: DocumentKind::ALL.into_iter().collect(),
        pay_signal_by: at(72),
    };
    Sale::register(registered, at(0))
}

pub(super) fn ordered() -> Sale {
    let commands = [
        start(PaymentKind::Signal, 1),
        captured(1),
        Command::RequestOrder,
        Command::ConfirmOrder(order()),
    ];
    run(new_sale(), commands, at(1))
}

pub(super) fn available() -> Sale {
    run(ordered(), [report(Milestone::AvailableForCustomer)], at(2))
}

pub(super) fn reserved() -> Sale {
    run(new_sale(), [start(PaymentKind::Signal, 1), captured(1)], at(1))
}

pub(super) fn paid() -> Sale {
    run(available(), [start(PaymentKind::Balance, 2), captured(2)], at(3))
}

pub(super) fn ready() -> Sale {
    let paid = run(available(), [start(PaymentKind::Balance, 2), captured(2)], at(3));
    run(paid, [Command::RequestRegistration, Command::ConfirmRegistration(registration())], at(4))
}

pub(super) fn run(sale: Sale, commands: impl IntoIterator<Item = Command>, now: Timestamp) -> Sale {
    commands.into_iter().fold(sale, |sale, command| {
        let events = decide(&sale, command, now).unwrap();
        evolve(&sale, &events, now)
    })
}

pub(super) fn attempt_id(n: u8) -> AttemptId {
    AttemptId::new(Uuid::from_u128(100 + u128::from(n)))
}

pub(super) fn start(kind: PaymentKind, n: u8) -> Command {
    Command::StartPayment {
        kind,
        attempt: attempt_id(n),
        key: ShortDigest::of(&[&[n]]),
        fingerprint: ShortDigest::of(&[b"body"]),
        at_desk: false,
        means: Means::Card(PaymentMethodToken::parse("pm_1").unwrap()),
    }
}

pub(super) fn record(n: u8, outcome: PaymentOutcome) -> Command {
    Command::RecordPayment { attempt: attempt_id(n), outcome, answers_request: false }
}

pub(super) fn captured(n: u8) -> Command {
    record(n, PaymentOutcome::Captured(GatewayPaymentId::parse(&format!("pi_{n}")).unwrap()))
}

/// The customer has so much of a transfer still to send.
pub(super) fn awaits(n: u8, remaining: u64) -> PaymentOutcome {
    let transfer = Transfer {
        iban: "ES9121000418450200051332".into(),
        bic: "CAIXESBB".into(),
        holder: "CaaS".into(),
        reference: "X-1".into(),
        asked: 100_000,
        remaining,
    };
    let payment = GatewayPaymentId::parse(&format!("pi_{n}")).unwrap();
    PaymentOutcome::AwaitsCustomer(payment, NextAction::Transfer(transfer))
}

pub(super) fn expired(n: u8) -> Command {
    record(n, PaymentOutcome::Expired(GatewayPaymentId::parse(&format!("pi_{n}")).unwrap()))
}

pub(super) fn dispute(n: u8, id: &str, state: DisputeState) -> Command {
    // All of the balance, or of the señal.
    dispute_of(n, id, state, if n == 2 { 3_150_000 } else { 100_000 })
}

pub(super) fn dispute_of(n: u8, id: &str, state: DisputeState, amount: u64) -> Command {
    let dispute = Dispute { id: DisputeId::parse(id).unwrap(), amount, state };
    let told = MoneyBack { disputes: vec![dispute], ..MoneyBack::default() };
    Command::RecordMoneyBack { attempt: attempt_id(n), told }
}

pub(super) fn refund(n: u8, id: &str, state: RefundState, amount: u64) -> Command {
    let refund = Refund { id: RefundId::parse(id).unwrap(), amount, state, made_at: at(0) };
    let told = MoneyBack { refunds: vec![refund], ..MoneyBack::default() };
    Command::RecordMoneyBack { attempt: attempt_id(n), told }
}

pub(super) fn order() -> Order {
    Order {
        id: OrderId::parse("F-1").unwrap(),
        estimated_delivery: Some(jiff::civil::date(2026, 3, 1)),
    }
}

pub(super) fn vin() -> Vin {
    Vin::parse("VSSZZZ5FZJR012345").unwrap()
}

pub(super) fn report(milestone: Milestone) -> Command {
    Command::ReportMilestone {
        order: order().id,
        milestone,
        vehicle: Some(vin()),
        estimated_delivery: None,
        final_payment_window: WINDOW,
    }
}

pub(super) fn registration() -> Registration {
    Registration {
        id: crate::RegistrationId::parse("R-1").unwrap(),
        plate: Plate::parse("1234 BCD").unwrap(),
    }
}

/// As the dealership asks for it after six hours.
pub(super) fn prepare(checks: &[CheckKind], date: Option<Date>) -> Command {
    let slot = |date| Slot { date, time: None, place: DeliveryPlace::Dealership };
    prepare_at(checks, date.map(slot), local(6))
}

pub(super) fn prepare_at(
    checks: &[CheckKind],
    appointment: Option<Slot>,
    local: DateTime,
) -> Command {
    let by = EmployeeId::parse("e-17").unwrap();
    Command::PrepareDelivery { by, checks: checks.to_vec(), appointment, local }
}

/// What the dealership's clock shows after so many hours.
pub(super) fn local(hours: i64) -> DateTime {
    at(hours).to_zoned(new_sale().zone().time_zone()).datetime()
}

/// A week after the first hour of these tests.
pub(super) fn delivery_day() -> Date {
    local(7 * 24).date()
}

pub(super) fn cancel() -> Command {
    Command::Cancel {
        by: EmployeeId::parse("m-1").unwrap(),
        reason: Reason::parse("changed her mind").unwrap(),
    }
}

pub(super) fn extend(hours: i64) -> Command {
    let (by, reason) =
        (EmployeeId::parse("m-1").unwrap(), Reason::parse("the bank is slow").unwrap());
    Command::ExtendDeadline {
        by,
        reason,
        pay_by: at(hours),
        max_extension: SignedDuration::from_hours(48),
    }
}

pub(super) fn close(kind: CaseKind) -> Command {
    let (by, reason) =
        (EmployeeId::parse("m-1").unwrap(), Reason::parse("the bank keeps it").unwrap());
    Command::CloseCase { kind, closure: Closure { by, reason } }
}

pub(super) fn kinds(sale: &Sale) -> Vec<FactKind> {
    sale.facts.iter().map(|fact| fact.0).collect()
}

pub(super) fn open_cases(sale: &Sale) -> Vec<CaseKind> {
    sale.open_cases().map(|case| case.kind).collect()
}

pub(super) fn released(since: Timestamp) -> crate::vehicle::VehicleChange {
    crate::vehicle::VehicleChange::Release { vehicle: vin(), since }
}
