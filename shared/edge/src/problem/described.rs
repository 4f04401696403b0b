//! The API's description against the sale's rules: each refusal that a rule can answer to an
//! operation is one that the operation is described with, and none is described that no rule gives.

use super::{Problem, ProblemType, TYPE_BASE};
use domain::country::{DocumentKind, DocumentSet};
use domain::ids::{DisputeId, GatewayPaymentId, PaymentMethodToken, RefundId, ShortDigest};
use domain::sale::{
    CaseKind, CheckKind, Closure, Command, Decline, DeliveryPlace, Dispute, DisputeState, Means,
    Milestone, MoneyBack, NextAction, Order, PaymentKind, PaymentOutcome, Refund, RefundState,
    Registration, Rejection, Sale, Slot, Stage, StockClaim, Trouble, decide, evolve,
};
use domain::{
    AttemptId, CustomerKey, EmailAddress, EmployeeId, OrderId, Plate, Reason, RegistrationId, Vin,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use testkit::contract::{Sample, registered_at};
use testkit::rng::Rng;

/// An operation, and what it asks of a sale.
type Asks = (&'static str, fn(&mut Walk) -> Command);

/// What the operations ask.
const OPERATIONS: [Asks; 13] = [
    ("pay-signal", |walk| walk.pays(PaymentKind::Signal)),
    ("make-final-payment", |walk| walk.pays(PaymentKind::Balance)),
    ("pay-balance", |walk| walk.pays(PaymentKind::Balance)),
    ("cancel-sale", |_| {
        let Closure { by, reason } = manager();
        Command::Cancel { by, reason }
    }),
    ("extend-deadline", Walk::extends),
    ("close-case", Walk::closes),
    ("correct-customer", |walk| Command::CorrectCustomer {
        owner: walk.rng.percent(50),
        customer: walk.customer(),
    }),
    ("record-documents", |walk| Command::RecordDocuments(walk.some(&DocumentKind::ALL))),
    ("resubmit-registration", |_| Command::ResubmitRegistration { closure: manager() }),
    ("prepare-delivery", Walk::prepares),
    ("erase-customer", |_| Command::EraseCustomer { by: manager().by }),
    ("receive-factory-update", Walk::factory_tells),
    ("receive-payment-update", Walk::gateway_tells),
];

/// A sale, and what happens to it by chance.
struct Walk {
    rng: Rng,
    sale: Sale,
    now: Timestamp,
}

impl Walk {
    /// A sale of a factory's vehicle, or of one of the stock.
    fn begin(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let claim = StockClaim { vehicle: vehicle(1), final_payment_seconds: DAY.as_secs() };
        let all = || DocumentKind::ALL.into_iter().collect();
        let sale = Sale {
            stock: rng.percent(30).then_some(claim),
            documents: if rng.percent(70) { all() } else { DocumentSet::default() },
            ..Sample::new().unwrap().sale
        };
        Self { rng, sale, now: registered_at() }
    }

    /// Decides, and goes on from what came of it.
    fn take(&mut self, command: Command) -> Result<(), Rejection> {
        let events = decide(&self.sale, command, self.now)?;
        self.sale = evolve(&self.sale, &events, self.now);
        Ok(())
    }

    /// What brings the sale on, where it stands.
    fn goes_on(&mut self) -> Command {
        let paid = |walk: &mut Self, kind| match walk.sale.open_attempt(kind) {
            Some(open) => recorded(open.id, PaymentOutcome::Captured(payment(open.id))),
            None => walk.pays(kind),
        };
        let order = || Order { id: OrderId::parse("F-1").unwrap(), estimated_delivery: None };
        let registration = || Registration {
            id: RegistrationId::parse("R-1").unwrap(),
            plate: Plate::parse("1234 BCD").unwrap(),
        };
        match &self.sale.stage {
            Stage::SaleRegistered { .. } => paid(self, PaymentKind::Signal),
            Stage::ReservationPaid { order_requested_at: None } => Command::RequestOrder,
            Stage::ReservationPaid { .. } => Command::ConfirmOrder(order()),
            Stage::FinalPaymentPending { .. } => paid(self, PaymentKind::Balance),
            Stage::PaymentReceived { registration_requested_at: None, .. } => {
                Command::RequestRegistration
            }
            Stage::PaymentReceived { .. } => match self.rng.below(8) {
                0 => Command::ConfirmRegistration(registration()),
                1 => Command::RefuseRegistration { reason: String::new() },
                _ => Command::HearAuthority,
            },
            Stage::VehicleRegistered { .. } | Stage::ReadyForDelivery { .. } => self.prepares(),
            _ => Command::ReportMilestone {
                order: order().id,
                milestone: self.pick(&Milestone::ALL),
                vehicle: Some(vehicle(1)),
                estimated_delivery: None,
                final_payment_window: DAY,
            },
        }
    }

    /// What else happens.
    fn happens(&mut self) -> Command {
        match self.rng.below(6) {
            0 => Command::Lapse,
            1 => Command::Unassign,
            2 => Command::RefuseOrder { reason: String::new() },
            3 => Command::OpenCases { unsettled_since: self.now },
            _ => self.gateway_tells(),
        }
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        self.rng.pick(of).unwrap().clone()
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.rng.percent(50)).cloned().collect()
    }

    fn customer(&mut self) -> CustomerKey {
        let address = self.pick(&["ana@example.com", "ana@example.org"]);
        CustomerKey::of(&EmailAddress::parse(address).unwrap())
    }

    fn order(&mut self) -> Order {
        let id = if self.rng.percent(90) { "F-1" } else { "F-2" };
        Order { id: OrderId::parse(id).unwrap(), estimated_delivery: None }
    }

    /// An attempt that was made, or one of nobody's.
    fn attempt(&mut self) -> AttemptId {
        let known: Vec<_> = self.sale.all_attempts().map(|(_, attempt)| attempt.id).collect();
        match known.last() {
            Some(last) if self.rng.percent(80) => *last,
            _ if self.rng.percent(90) && !known.is_empty() => self.pick(&known),
            _ => AttemptId::new(self.rng.uuid()),
        }
    }

    fn pays(&mut self, kind: PaymentKind) -> Command {
        // What was asked before came to nothing, or is still under way.
        let last = self.sale.open_attempt(kind).map(|open| open.id);
        if let Some(last) = last.filter(|_| self.rng.percent(50)) {
            drop(self.take(recorded(last, PaymentOutcome::Declined(Decline::Declined))));
        }
        let attempt = AttemptId::new(self.rng.uuid());
        let card = Means::Card(PaymentMethodToken::parse("pm_1").unwrap());
        Command::StartPayment {
            kind,
            key: ShortDigest::of(&[attempt.to_string().as_bytes()]),
            attempt,
            fingerprint: ShortDigest::of(&[b"content"]),
            means: self.pick(&[card, Means::Checkout, Means::BankTransfer]),
            at_desk: true,
        }
    }

    fn extends(&mut self) -> Command {
        let Closure { by, reason } = manager();
        let from = match self.sale.stage {
            Stage::FinalPaymentPending { pay_by, .. } => pay_by,
            _ => self.now,
        };
        let pay_by = from + SignedDuration::from_hours(self.pick(&[-1, 3, 12, 24]));
        Command::ExtendDeadline { by, reason, pay_by, max_extension: DAY * 7 }
    }

    fn closes(&mut self) -> Command {
        let closure = manager();
        if self.sale.has_open_case(CaseKind::VehicleUnclear) {
            let number = self.rng.below(3);
            return Command::AcceptVehicle { vehicle: vehicle(number), closure };
        }
        Command::CloseCase { kind: self.pick(&CaseKind::ALL), closure }
    }

    fn prepares(&mut self) -> Command {
        let local = self.now.to_zoned(self.sale.zone().time_zone()).datetime();
        let days = SignedDuration::from_hours(24 * self.pick(&[-1, 0, 1, 2, 3, 400]));
        let date = local.date().checked_add(days).unwrap();
        let slot = Slot { date, time: None, place: DeliveryPlace::Dealership };
        let arranged = self.sale.appointment.as_ref().map(|appointment| appointment.slot.date);
        let is_late = arranged.is_some_and(|day| day < local.date());
        // All is ticked in the end; most of the time is spent on the day.
        let is_done = is_late || self.rng.percent(3);
        Command::PrepareDelivery {
            by: EmployeeId::parse("e-1").unwrap(),
            checks: if is_done { self.some(&CheckKind::ALL) } else { Vec::new() },
            appointment: (!is_done || self.rng.percent(10)).then_some(slot),
            local,
        }
    }

    fn factory_tells(&mut self) -> Command {
        let order = self.order().id;
        if self.rng.percent(20) {
            let trouble = self.pick(&[Trouble::Cancelled, Trouble::Held]);
            return Command::ReportTrouble { order, trouble };
        }
        let other = self.rng.percent(30);
        Command::ReportMilestone {
            order,
            milestone: self.pick(&Milestone::ALL),
            vehicle: self.rng.percent(90).then(|| vehicle(if other { 2 } else { 1 })),
            estimated_delivery: None,
            final_payment_window: DAY,
        }
    }

    fn gateway_tells(&mut self) -> Command {
        let attempt = self.attempt();
        let amount = 100_000;
        if self.rng.percent(20) {
            let states = [DisputeState::Open, DisputeState::Lost, DisputeState::Won];
            let id = DisputeId::parse("dp_1").unwrap();
            let dispute = Dispute { id, amount, state: self.pick(&states) };
            let told = MoneyBack { disputes: vec![dispute], ..MoneyBack::default() };
            return Command::RecordMoneyBack { attempt, told };
        }
        if self.rng.percent(20) {
            let state = self.pick(&[RefundState::Succeeded, RefundState::Failed]);
            let id = RefundId::parse("re_1").unwrap();
            let refund = Refund { id, amount, state, made_at: self.now };
            let told = MoneyBack { refunds: vec![refund], ..MoneyBack::default() };
            return Command::RecordMoneyBack { attempt, told };
        }
        if self.rng.percent(5) {
            return Command::RecordReturn { attempt };
        }
        let payment = payment(attempt);
        let page = NextAction::Pay { url: "https://gateway.test".to_owned() };
        let outcome = self.pick(&[
            PaymentOutcome::Captured(payment.clone()),
            PaymentOutcome::Captured(payment.clone()),
            PaymentOutcome::AwaitsCustomer(payment.clone(), page),
            PaymentOutcome::Processing(payment.clone()),
            PaymentOutcome::Declined(Decline::Declined),
            PaymentOutcome::Expired(payment),
        ]);
        recorded(attempt, outcome)
    }
}

/// How many sales are walked through, how long, and how often somebody stubborn asks: twice what is
/// enough to meet every refusal.
const WALKS: u64 = 200;
const STEPS: u64 = 40;
const OFTEN: u64 = 40;
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn recorded(attempt: AttemptId, outcome: PaymentOutcome) -> Command {
    Command::RecordPayment { attempt, outcome, answers_request: false }
}

fn payment(attempt: AttemptId) -> GatewayPaymentId {
    GatewayPaymentId::parse(&format!("pi_{attempt}")).unwrap()
}

fn vehicle(number: u64) -> Vin {
    Vin::parse(&format!("VSSZZZ5FZJR01234{number}")).unwrap()
}

fn manager() -> Closure {
    let by = EmployeeId::parse("m-1").unwrap();
    Closure { by, reason: Reason::parse("as asked").unwrap() }
}

/// How an operation answers what a rule refused.
fn problem(operation: &str, rejection: Rejection) -> Problem {
    match (operation, &rejection) {
        // In the words of its function.
        ("resubmit-registration", Rejection::NotDue(_)) => ProblemType::RegistrationNotDue.into(),
        _ => rejection.into(),
    }
}

/// What each operation was refused on many ways through a sale.
fn refusals() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut met: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    let mut refused = |operation, rejection| {
        met.entry(operation).or_default().insert(problem(operation, rejection).kind().uri());
    };
    for seed in 0..WALKS {
        let mut walk = Walk::begin(seed);
        let on_its_way = walk.rng.below(STEPS);
        for _ in 0..walk.rng.below(on_its_way) {
            let command = walk.goes_on();
            drop(walk.take(command));
        }
        for _ in 0..walk.rng.below(4) {
            let command = walk.factory_tells();
            drop(walk.take(command));
        }
        // There somebody asks for the same again and again, and goes on a week later.
        let there = (walk.sale.clone(), walk.now);
        for (operation, asks) in OPERATIONS {
            for time in 0..OFTEN {
                if time == OFTEN / 2 {
                    walk.now += DAY * 8;
                }
                let command = asks(&mut walk);
                if let Err(rejection) = walk.take(command) {
                    refused(operation, rejection);
                }
            }
            (walk.sale, walk.now) = there.clone();
        }
        // From there chance takes it on.
        for _ in 0..STEPS {
            if walk.rng.percent(10) {
                let days = walk.pick(&[1, 8]);
                walk.now += DAY * days;
            }
            let beside = if walk.rng.percent(80) { walk.goes_on() } else { walk.happens() };
            // What may not happen then, does not.
            drop(walk.take(beside));
            let (operation, asks) = walk.pick(&OPERATIONS);
            let command = asks(&mut walk);
            if let Err(rejection) = walk.take(command) {
                refused(operation, rejection);
            }
        }
    }
    met
}

/// The types of problem in what a part of the description allows.
fn types(description: &Value, part: &Value, found: &mut BTreeSet<String>) {
    match part {
        Value::String(text) => found.extend(text.starts_with(TYPE_BASE).then(|| text.clone())),
        Value::Array(parts) => parts.iter().for_each(|part| types(description, part, found)),
        Value::Object(members) => {
            for (name, part) in members {
                let named = part.as_str().and_then(|text| text.strip_prefix('#'));
                match (name.as_str(), named) {
                    ("examples", _) => {}
                    ("$ref", Some(place)) => {
                        types(description, description.pointer(place).unwrap(), found);
                    }
                    _ => types(description, part, found),
                }
            }
        }
        _ => {}
    }
}

/// The types of the problems that each operation is described with, where they are about the sale.
fn described() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../../../infra/openapi.yaml");
    let description: Value = serde_yaml_ng::from_str(text).unwrap();
    let paths = description["paths"].as_object().unwrap().values();
    let operations = paths.filter_map(Value::as_object).flat_map(|path| path.values());
    let mut all = BTreeMap::new();
    for operation in operations {
        let Some(name) = operation["operationId"].as_str() else { continue };
        let mut found = BTreeSet::new();
        for status in ["404", "409", "422"] {
            types(&description, &operation["responses"][status], &mut found);
        }
        all.insert(name.to_owned(), found);
    }
    all
}

/// What no rule of the sale refuses: the store does, or what reads the request.
const BESIDE_RULES: [(&str, &str); 6] = [
    ("close-case", "vehicle-held"),
    ("correct-customer", "email-of-another"),
    ("correct-customer", "too-many-corrections"),
    ("record-documents", "too-many-documents"),
    ("receive-factory-update", "vehicle-held"),
    ("receive-payment-update", "amount-mismatch"),
];

#[test]
fn an_operation_is_described_with_what_the_rules_refuse() {
    let (met, described) = (refusals(), described());
    let mut wrong = Vec::new();
    for (operation, _) in OPERATIONS {
        let (met, described) = (&met[operation], &described[operation]);
        wrong.extend(met.difference(described).map(|uri| format!("{operation} lacks {uri}")));
        let beside = described.difference(met).filter(|uri| {
            let slug = uri.trim_start_matches(TYPE_BASE);
            !["sale-not-found", "invalid-request", "idempotency-key-reused"].contains(&slug)
                && !BESIDE_RULES.contains(&(operation, slug))
        });
        wrong.extend(beside.map(|uri| format!("{operation} never answers {uri}")));
    }
    assert_eq!(wrong, [""; 0]);
}
