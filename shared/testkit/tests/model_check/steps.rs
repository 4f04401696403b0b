//! What can happen next, and what it makes of the world. Every decision is the domain's own.

use crate::world::{
    Dispute, Operation, Payment, Phase, Process, Registrar, Said, Stored, Try, World, order,
    registration, row, stock_sale, time, token, vehicle,
};
use domain::ids::{DisputeId, RefundId, ShortDigest};
use domain::sale::{
    Attempt, AttemptState, CaseKind, Closure, Command, Decline, Effect, Event, FactKind, Milestone,
    PaymentKind, PaymentMethod, PaymentOutcome, Sale, Stage, Status, Wait, decide, effects, evolve,
    vehicle_change,
};
use domain::vehicle::VehicleChange;
use domain::{EmployeeId, Reason};
use jiff::SignedDuration;

/// What the store forgets to check, to see that the properties see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// A commit needs the version that was read, and the vehicle's holder as it should be.
    Sound,
    /// It takes any version.
    AnyVersion,
    /// It takes any holder.
    AnyHolder,
}

/// One step of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The deadline that is awaited passes.
    Pass,
    /// The bank decides.
    Settle(Try, Said),
    /// The bank takes money back, or a dispute about that ends.
    Dispute(Try, Dispute),
    /// A process starts: it reads the sale.
    Begin(u8, Operation),
    /// Somebody buys the vehicle from stock.
    Resell,
    /// The process at this place commits.
    Commit(usize),
    /// The process at this place calls its partner, who says this.
    Call(usize, Said),
    /// The process at this place is gone.
    Crash(usize),
}

/// How much happens: enough for every race of its kind, little enough to look at all of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    /// How many processes run at once.
    pub(crate) processes: usize,
    /// How often deadlines pass. One that is set at one tick has passed at the next.
    pub(crate) ticks: u8,
    /// How many requests to pay, each with a key of its own, there are for a payment.
    pub(crate) requests: u8,
    /// How the customer's bank is.
    pub(crate) bank: Bank,
    /// What the factory reports.
    pub(crate) milestones: &'static [Milestone],
    /// What else is done.
    pub(crate) acts: &'static [Act],
}

/// What people do to a sale beside paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// A manager cancels it.
    Cancel,
    /// A manager gives more time for the balance, once.
    Extend,
    /// The customer disputes a payment of this kind; if the bank keeps it, a manager may answer for
    /// it.
    Dispute(PaymentKind),
    /// Another customer buys the vehicle from stock, once.
    Resell,
}

/// How a customer's bank is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bank {
    /// It says yes or no at once, and stands by it.
    Prompt,
    /// It may say yes or no later.
    Slow,
    /// It may let through after all what it declined.
    Fickle,
}

/// What can happen in the world.
pub(crate) fn possible(world: &World, scope: Scope, actions: &mut Vec<Action>) {
    if world.tick < scope.ticks {
        actions.push(Action::Pass);
    }
    if scope.acts.contains(&Act::Resell) && world.sales.len() < 2 {
        actions.push(Action::Resell);
    }
    for (tried, payment) in &world.payments {
        let may: &[Said] = match payment.news.last() {
            Some(Said::Later) => &[Said::Yes, Said::No],
            Some(Said::No) if scope.bank == Bank::Fickle => &[Said::Yes],
            _ => &[],
        };
        actions.extend(may.iter().map(|said| Action::Settle(*tried, *said)));
        let may: &[Dispute] = match payment.disputed.last() {
            None if scope.acts.contains(&Act::Dispute(tried.kind)) && payment.is_kept() => {
                &[Dispute::Opened]
            }
            Some(Dispute::Opened) => &[Dispute::Won, Dispute::Lost],
            _ => &[],
        };
        actions.extend(may.iter().map(|dispute| Action::Dispute(*tried, *dispute)));
    }
    for (place, process) in world.processes.iter().enumerate() {
        actions.push(Action::Crash(place));
        match process.phase {
            Phase::Call => actions.extend(
                answers(world, process, scope).iter().map(|said| Action::Call(place, *said)),
            ),
            _ => actions.push(Action::Commit(place)),
        }
    }
    if world.processes.len() < scope.processes {
        for sale in (0..).take(world.sales.len()) {
            let begins = operations(world, sale, scope)
                .into_iter()
                .filter(|operation| begin(world, sale, *operation).is_some());
            actions.extend(begins.map(|operation| Action::Begin(sale, operation)));
        }
    }
}

/// The world after a step; `None` where it changes nothing.
pub(crate) fn next(world: &World, action: Action, store: Store) -> Option<World> {
    let mut next = world.clone();
    match action {
        Action::Pass => next.tick += 1,
        Action::Settle(tried, said) => next.payments.get_mut(&tried)?.news.push(said),
        Action::Dispute(tried, dispute) => next.payments.get_mut(&tried)?.disputed.push(dispute),
        Action::Resell => {
            let in_stock = world.holder.is_none()
                && world.sales.iter().all(|row| row.stored.status().is_lost());
            if !in_stock && store != Store::AnyHolder {
                return None;
            }
            let sale = u8::try_from(world.sales.len()).ok()?;
            next.sales.push(row(stock_sale(sale, world.tick)));
            next.holder = Some(sale);
        }
        Action::Begin(sale, operation) => next.processes.push(begin(world, sale, operation)?),
        Action::Crash(place) => drop(next.processes.remove(place)),
        Action::Call(place, said) => {
            let process = next.processes.remove(place);
            let process = call(&mut next, process, said);
            next.processes.extend(go_on(process));
        }
        Action::Commit(place) => {
            let process = next.processes.remove(place);
            let process = commit(&mut next, &process, store);
            next.processes.extend(process.and_then(go_on));
        }
    }
    next.processes.sort_unstable();
    Some(next)
}

/// What may be begun for a sale: by its dealership, by webhooks of what a partner said, by the
/// workflow, by the queue.
fn operations(world: &World, sale: u8, scope: Scope) -> Vec<Operation> {
    let row = world.row(sale);
    let mut all = Vec::new();
    for kind in PaymentKind::ALL {
        let requests = (0..scope.requests).map(|request| Try { sale, kind, request, copy: false });
        // The second request comes after the first, finished or not: which is the first makes no
        // difference.
        all.extend(
            requests
                .filter(|tried| tried.request == 0 || is_made(world, Try { request: 0, ..*tried }))
                .map(Operation::Pay),
        );
        all.push(Operation::TimeOut(kind));
    }
    for (tried, payment) in world.payments.iter().filter(|(tried, _)| tried.sale == sale) {
        all.extend(payment.news.iter().map(|said| Operation::PaymentUpdate(*tried, *said)));
        all.extend(
            payment.disputed.iter().map(|dispute| Operation::DisputeUpdate(*tried, *dispute)),
        );
        all.extend(row.refund_asked.then_some(Operation::Refund(*tried)));
    }
    all.extend(scope.acts.iter().filter_map(|act| match act {
        Act::Cancel => Some(Operation::Cancel),
        Act::Extend => Some(Operation::Extend),
        Act::Dispute(_) => Some(Operation::CloseCase),
        Act::Resell => None,
    }));
    all.extend(row.woken.contains(Wait::SignalPayment.as_str()).then_some(Operation::PlaceOrder));
    all.extend(
        scope
            .milestones
            .iter()
            .copied()
            .filter(|_| row.order == Some(Said::Yes))
            .map(Operation::FactoryUpdate),
    );
    all.extend(row.woken.contains(Wait::FinalPayment.as_str()).then_some(Operation::Register));
    all
}

/// Whether a request to pay was ever sent.
fn is_made(world: &World, tried: Try) -> bool {
    stored_attempt(&world.row(tried.sale).stored, tried).is_some()
        || world.processes.iter().any(|process| process.operation == Operation::Pay(tried))
}

/// The attempt that a request made.
fn stored_attempt(sale: &Sale, tried: Try) -> Option<&Attempt> {
    sale.attempt_by_key(tried.kind, &tried.key())
}

/// A process that reads the sale and goes on as its function does; `None` if it would end at once.
fn begin(world: &World, sale: u8, operation: Operation) -> Option<Process> {
    let row = world.row(sale);
    let mut process = Process {
        operation,
        sale,
        tick: world.tick,
        phase: Phase::Intent,
        read: row.stored.clone(),
    };
    match operation {
        Operation::Pay(tried) => {
            match stored_attempt(&row.stored, tried) {
                Some(attempt) if attempt.answer.is_some() => return None,
                Some(attempt) => {
                    process.phase = settled(attempt).map_or(Phase::Call, Phase::Outcome);
                }
                None => {
                    // A second copy of the request, at once with the first, has a fresh id of its
                    // own.
                    let copy = world.processes.iter().any(|process| process.operation == operation);
                    let operation = Operation::Pay(Try { copy, ..tried });
                    if copy && world.processes.iter().any(|process| process.operation == operation)
                    {
                        return None;
                    }
                    process.operation = operation;
                }
            }
        }
        Operation::PaymentUpdate(_, said) => process.phase = Phase::Outcome(said),
        Operation::FactoryUpdate(_)
        | Operation::Cancel
        | Operation::Extend
        | Operation::DisputeUpdate(..)
        | Operation::CloseCase => process.phase = Phase::Outcome(Said::Yes),
        Operation::TimeOut(kind) => {
            let (Stage::SaleRegistered { pay_signal_by: deadline }
            | Stage::FinalPaymentPending { pay_by: deadline, .. }) = row.stored.stage
            else {
                return None;
            };
            let due =
                (kind == PaymentKind::Signal) == (row.stored.status() == Status::SaleRegistered);
            if !due || time(world.tick) <= deadline {
                return None;
            }
            process.phase =
                row.stored.open_attempt(kind).map_or(Phase::Outcome(Said::Yes), |_| Phase::Call);
        }
        Operation::Refund(tried) => {
            let due = |(_, attempt): (_, &Attempt)| {
                attempt.id == tried.id() && matches!(attempt.state, AttemptState::RefundDue(_))
            };
            if !row.stored.all_attempts().any(due) {
                return None;
            }
            process.phase = Phase::Call;
        }
        Operation::PlaceOrder | Operation::Register => {}
    }
    go_on(process)
}

/// On to the next step that has an effect; `None` at the end.
fn go_on(mut process: Process) -> Option<Process> {
    while process.phase != Phase::Call {
        // Refused: the function ends.
        let events = decided(&process).ok()?;
        if !events.is_empty() {
            return Some(process);
        }
        process = after(process)?;
    }
    let waits = match process.operation {
        Operation::Pay(tried) => {
            let attempt = stored_attempt(&process.read, tried)?;
            let settled = settled(attempt);
            if let Some(said) = settled {
                process.phase = Phase::Outcome(said);
                return go_on(process);
            }
            attempt.answer.is_none()
        }
        Operation::PlaceOrder => matches!(process.read.stage, Stage::ReservationPaid { .. }),
        Operation::Register => matches!(process.read.stage, Stage::PaymentReceived { .. }),
        _ => true,
    };
    waits.then_some(process)
}

/// The phase after a commit that was made, or had nothing to make.
fn after(process: Process) -> Option<Process> {
    let phase = match process.phase {
        Phase::Intent => Phase::Call,
        Phase::Settle(..) => Phase::Outcome(Said::Yes),
        Phase::Call | Phase::Outcome(_) => return None,
    };
    Some(Process { phase, ..process })
}

fn decided(process: &Process) -> Result<Vec<Event>, domain::sale::Rejection> {
    decide(&process.read, command(process), time(process.tick))
}

/// What the process asks of the sale in its phase.
fn command(process: &Process) -> Command {
    match (process.operation, process.phase) {
        (_, Phase::Settle(tried, said)) | (Operation::PaymentUpdate(tried, said), _) => {
            record(tried.id(), tried, said, false)
        }
        (Operation::Pay(tried), Phase::Outcome(said)) => {
            let made =
                stored_attempt(&process.read, tried).map_or(tried.id(), |attempt| attempt.id);
            record(made, Try::of(made), said, true)
        }
        (Operation::Pay(tried), _) => Command::StartPayment {
            kind: tried.kind,
            attempt: tried.id(),
            key: tried.key(),
            fingerprint: ShortDigest::of(&[b"content"]),
            method: PaymentMethod::Card,
            token: token(),
        },
        (Operation::PlaceOrder, Phase::Outcome(Said::Yes)) => {
            Command::ConfirmOrder(order(process.sale))
        }
        (Operation::PlaceOrder, Phase::Outcome(_)) => {
            Command::RefuseOrder { reason: String::new() }
        }
        (Operation::PlaceOrder, _) => Command::RequestOrder,
        (Operation::FactoryUpdate(milestone), _) => Command::ReportMilestone {
            order: order(process.sale).id,
            milestone,
            vehicle: Some(vehicle()),
            estimated_delivery: None,
            final_payment_window: SignedDuration::from_hours(1),
        },
        (Operation::Cancel, _) => {
            let Closure { by, reason } = manager();
            Command::Cancel { by, reason }
        }
        (Operation::Extend, _) => {
            let Closure { by, reason } = manager();
            let pay_by = match process.read.stage {
                Stage::FinalPaymentPending { pay_by, .. } => pay_by.checked_add(EXTENSION).unwrap(),
                _ => time(0),
            };
            Command::ExtendDeadline { by, reason, pay_by, max_extension: EXTENSION }
        }
        (Operation::DisputeUpdate(tried, dispute), _) => {
            let id = DisputeId::parse(&format!("dp_{}", tried.id())).unwrap();
            Command::RecordDispute { attempt: tried.id(), dispute: id, news: dispute.news() }
        }
        (Operation::CloseCase, _) => {
            Command::CloseCase { kind: CaseKind::PaymentReversed, closure: manager() }
        }
        (Operation::TimeOut(PaymentKind::Signal), _) => Command::Lapse,
        (Operation::TimeOut(PaymentKind::Balance), _) => Command::Unassign,
        (Operation::Register, Phase::Outcome(_)) => Command::ConfirmRegistration(registration()),
        (Operation::Register, _) => Command::RequestRegistration,
        (Operation::Refund(tried), _) => Command::RecordRefund {
            attempt: tried.id(),
            refund: RefundId::parse(&format!("re_{}", tried.id())).unwrap(),
        },
    }
}

/// One extension, from one tick's deadlines to the next one's.
const EXTENSION: SignedDuration = SignedDuration::from_hours(2);

fn manager() -> Closure {
    Closure { by: EmployeeId::parse("m-1").unwrap(), reason: Reason::parse("as asked").unwrap() }
}

fn record(attempt: domain::AttemptId, tried: Try, said: Said, answers_request: bool) -> Command {
    let outcome = match said {
        Said::Yes => PaymentOutcome::Captured(tried.payment()),
        Said::Later => PaymentOutcome::Processing(tried.payment()),
        Said::No => PaymentOutcome::Declined(Decline::Declined),
    };
    Command::RecordPayment { attempt, outcome, answers_request }
}

/// What is known of an attempt for good, as the use case `pay` sees it.
fn settled(attempt: &Attempt) -> Option<Said> {
    match attempt.state {
        AttemptState::Unknown | AttemptState::Processing(_) => None,
        AttemptState::Declined(_) => Some(Said::No),
        AttemptState::Captured(_)
        | AttemptState::RefundDue(_)
        | AttemptState::Refunded(..)
        | AttemptState::Reversed(_) => Some(Said::Yes),
    }
}

/// The attempt whose outcome the process asks the gateway for.
fn asked(process: &Process) -> Option<Try> {
    match process.operation {
        Operation::Pay(tried) => {
            stored_attempt(&process.read, tried).map(|attempt| Try::of(attempt.id))
        }
        Operation::TimeOut(kind) => {
            process.read.open_attempt(kind).map(|attempt| Try::of(attempt.id))
        }
        _ => None,
    }
}

/// What the partner may say: anything at first, the same again under the same key.
fn answers(world: &World, process: &Process, scope: Scope) -> Vec<Said> {
    let (said, first): (_, &[Said]) = match process.operation {
        Operation::PlaceOrder => (world.row(process.sale).order, &[Said::Yes, Said::No]),
        // What the bank has nobody can give back: no answer.
        Operation::Refund(tried)
            if world.payments.get(&tried).is_some_and(Payment::is_taken_back) =>
        {
            (None, &[])
        }
        Operation::Register | Operation::Refund(_) => (Some(Said::Yes), &[]),
        _ => {
            let payment = asked(process).and_then(|tried| world.payments.get(&tried));
            let first: &[Said] = if scope.bank == Bank::Slow {
                &[Said::Yes, Said::No, Said::Later]
            } else {
                &[Said::Yes, Said::No]
            };
            (payment.and_then(|payment| payment.news.last().copied()), first)
        }
    };
    said.map_or_else(|| first.to_vec(), |said| vec![said])
}

/// The partner acts and answers. An answer that is lost is a crash after this.
fn call(world: &mut World, process: Process, said: Said) -> Process {
    let sale = process.sale;
    let phase = match process.operation {
        Operation::PlaceOrder => {
            world.row_mut(sale).order = Some(said);
            Phase::Outcome(said)
        }
        Operation::Register => {
            let paid_in_full = PaymentKind::ALL.into_iter().all(|kind| world.has(sale, kind));
            let held = world.holder == Some(sale);
            world.row_mut(sale).registrar.get_or_insert(Registrar { paid_in_full, held });
            Phase::Outcome(said)
        }
        Operation::Refund(tried) => {
            if let Some(payment) = world.payments.get_mut(&tried) {
                payment.refunded = true;
            }
            Phase::Outcome(said)
        }
        _ => match asked(&process) {
            Some(tried) => {
                world.payments.entry(tried).or_insert_with(|| Payment::new(said));
                if matches!(process.operation, Operation::Pay(_)) {
                    Phase::Outcome(said)
                } else {
                    Phase::Settle(tried, said)
                }
            }
            None => Phase::Outcome(said),
        },
    };
    Process { phase, ..process }
}

/// One conditional write; after a conflict the process reads the sale and decides again.
fn commit(world: &mut World, process: &Process, store: Store) -> Option<Process> {
    let (sale, read) = (process.sale, &process.read);
    let events = decided(process).ok()?;
    let made = Stored::new(evolve(read, &events, time(process.tick)));
    let stored = world.row(sale).stored.clone();
    if store != Store::AnyVersion && stored.version != read.version {
        return Some(Process { read: stored, ..process.clone() });
    }
    if let Some(change) = vehicle_change(read, &made) {
        let free = match change {
            VehicleChange::Assign { .. } => world.holder.is_none_or(|holder| holder == sale),
            VehicleChange::Release { .. } | VehicleChange::Register { .. } => {
                world.holder == Some(sale)
            }
        };
        if !free && store != Store::AnyHolder {
            return None;
        }
        world.holder =
            if matches!(change, VehicleChange::Release { .. }) { None } else { Some(sale) };
    }
    world.went_back |= !is_forward(&stored, &made, world.tick);
    let ahead = |event: &Event| {
        matches!(
            event,
            Event::OrderRequested | Event::RegistrationRequested | Event::PreparedForDelivery
        )
    };
    world.went_ahead |= stored.is_on_hold() && events.iter().any(ahead);
    let row = world.row_mut(sale);
    for effect in effects(Some(&stored), &made) {
        match effect {
            Effect::ResumeWorkflow(wait) => drop(row.woken.insert(wait.as_str())),
            Effect::Refund => row.refund_asked = true,
            Effect::StartWorkflow
            | Effect::IssueCredentials
            | Effect::ReleaseReservation
            | Effect::Notify { .. }
            | Effect::HandOver => {}
        }
    }
    row.stored = made.clone();
    after(Process { read: made, ..process.clone() })
}

/// Whether a commit takes the sale forward: its history only grows, its status follows the diagram,
/// and only a deadline that has passed ends it unpaid.
fn is_forward(old: &Sale, new: &Sale, tick: u8) -> bool {
    let kinds = |sale: &Sale| sale.facts.iter().map(|fact| fact.0).collect::<Vec<FactKind>>();
    let lost_in_time = match (&old.stage, new.status()) {
        (Stage::SaleRegistered { pay_signal_by: deadline }, Status::Lapsed)
        | (Stage::FinalPaymentPending { pay_by: deadline, .. }, Status::SinAsignar) => {
            time(tick) <= *deadline
        }
        _ => false,
    };
    let follows = match (old.status(), new.status()) {
        (old, new) if old == new => true,
        (Status::SaleRegistered, Status::Lapsed | Status::Cancelled)
        | (Status::ReservationPaid, Status::OrderRejected | Status::Cancelled)
        | (Status::FinalPaymentPending, Status::SinAsignar) => true,
        (old, new) => !old.is_lost() && !new.is_lost() && old < new,
    };
    kinds(new).starts_with(&kinds(old))
        && old.milestone() <= new.milestone()
        && follows
        && !lost_in_time
}
