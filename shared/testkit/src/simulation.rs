//! A deterministic run of whole lifecycles: employees, customers, the factory, the gateway, the
//! authorities and an operator act on the real use cases and the real relay, over the world in
//! memory and in virtual time. The workflow is the deployed definition, interpreted. One seed, one
//! run.

use crate::asl::{Machine, Next, State as AslState, Task, Work, matches};
use crate::faults::Plan;
use crate::memory::{GatewayPayment, Ports, TaskId, World, has, short};
use crate::rng::Rng;
use domain::contact::{Channel, ChannelSet, Contact, Device, Preferences, Topic};
use domain::country::DocumentKind;
use domain::customer::{AddressLine, PostalCode};
use domain::ids::{DisputeId, FileDigest, PaymentMethodToken, ShortDigest};
use domain::money::{Currency, Money, Terms};
use domain::ports::{Message, RequestKey, StoredCredentials, TaskToken, UnpaidLimits};
use domain::sale::{
    Answer, CaseKind, CheckKind, Closure, Decline, DeliveryPlace, DisputeNews, FactKind, Milestone,
    PaymentKind, PaymentMethod, PaymentOutcome, Rejection,
};
use domain::task_errors::{self, TaskError};
use domain::use_cases::{
    Failure, cancel_sale, close_case, extend_deadline, follow_factory, issue_credentials, pay,
    place_order, prepare_delivery, reconcile, record_documents, refund, register_sale,
    register_vehicle, relay, resubmit_registration, send_notification, time_out,
};
use domain::{
    Address, AttemptId, BasePlatform, CountryCode, Customer, CustomerId, DealershipId, Delivery,
    EmailAddress, EmployeeId, FullName, Language, PhoneNumber, Plan as SalePlan, PlanCode, Reason,
    SaleId, Sold, Vin,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Windows and time-outs of a run; the deployed ones are parameters of the template.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(72);
/// How long before the deadline of the balance the customer is reminded of it.
pub const REMINDER_LEAD: SignedDuration = SignedDuration::from_hours(24);
/// How far a manager may extend the deadline of the balance.
pub const MAX_EXTENSION: SignedDuration = SignedDuration::from_hours(240);
/// When payments and refunds are asked for, and when they are a case.
pub const PATIENCE: reconcile::Patience = reconcile::Patience {
    ask_after: SignedDuration::from_mins(15),
    case_after: SignedDuration::from_hours(12),
};
/// How long a milestone's notification waits for the next one.
pub const BURST: SignedDuration = SignedDuration::from_mins(5);
/// How far a process's clock may be off, in milliseconds.
pub const MAX_SKEW: i64 = 10 * MINUTE;
/// When a run begins.
pub const EPOCH: i64 = 1_790_000_000;
/// After this long everything must have come to its end.
const HORIZON: i64 = 400 * DAY;
/// Vehicles are sold again until then, so that the last of those sales comes to its end as well.
const RESALES: i64 = 150 * DAY;
/// How often an operator starts a failed execution again.
const MAX_REDRIVES: u32 = 1_000;
/// How often the gateway sends a webhook that isn't taken, at an hour's distance at last: three
/// days, as Stripe does (<https://docs.stripe.com/webhooks#retries>).
const GATEWAY_TELLS: u32 = 82;
/// A run that has more events than this a sale is going round in circles.
const MAX_EVENTS: u64 = 50_000;

/// What to run.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// How many customers buy.
    pub sales: u64,
    /// What goes wrong.
    pub plan: Plan,
    /// What customers and factory do; `None`: left to chance.
    pub script: Option<Script>,
    /// Whether processes' clocks are off now and then.
    pub skewed: bool,
    /// Whether every call is kept for the story.
    pub story: bool,
}

/// What one customer and the factory do, where it isn't left to chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Pays both by card.
    PaysByCard,
    /// Pays both by bank.
    PaysByBank,
    /// Pays the señal, never the balance.
    NeverPaysBalance,
    /// Never pays the señal.
    NeverPaysSignal,
    /// Orders what the factory refuses.
    Unbuildable,
}

impl Script {
    /// Every script, from which a random run chooses.
    pub const ALL: [Self; 5] = [
        Self::PaysByCard,
        Self::PaysByBank,
        Self::NeverPaysBalance,
        Self::NeverPaysSignal,
        Self::Unbuildable,
    ];
}

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    /// The world at its end.
    pub world: World,
    /// What clients were told.
    pub answers: Vec<ClientAnswer>,
    /// What was put before an operator: dead letters, failed executions.
    pub alarms: Vec<Alarm>,
    /// State machine transitions, by sale.
    pub transitions: BTreeMap<SaleId, u32>,
    /// Executions that did not end.
    pub unfinished: Vec<(SaleId, String)>,
    /// How many lifecycles were begun.
    pub sales: u64,
    /// Whether clocks were off now and then.
    pub skewed: bool,
    /// Whether it had events enough to come to its end.
    pub at_rest: bool,
    /// Sales in which something was still to happen at the end of time.
    pub restless: BTreeSet<SaleId>,
    /// When a manager first asked to close a case about a reversed payment, in milliseconds, by
    /// sale.
    pub closures: BTreeMap<SaleId, i64>,
}

/// What a client was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAnswer {
    /// 201 for a sale.
    Registered {
        /// The request's key.
        key: u64,
        /// The sale that the answer named.
        sale: SaleId,
    },
    /// An answer to a payment.
    Paid {
        /// The request's key.
        key: u64,
        /// The sale that the request was about.
        sale: SaleId,
        /// Whether it was the señal or the balance.
        kind: PaymentKind,
        /// What the answer said of the payment.
        answer: Answer,
    },
    /// 200 to a cancellation.
    Cancelled {
        /// The sale that the request was about.
        sale: SaleId,
    },
    /// 200 to a later deadline.
    Extended {
        /// The sale that the request was about.
        sale: SaleId,
        /// The deadline, in milliseconds.
        pay_by: i64,
    },
    /// 200 to a case's closure.
    CaseClosed {
        /// The sale that the request was about.
        sale: SaleId,
        /// The kind of the case that was closed.
        kind: CaseKind,
    },
}

/// Something that people have to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// A message ended in its dead-letter queue.
    DeadMessage(Message),
    /// A change of this sale could not be relayed.
    DeadChange(SaleId),
    /// The sale's execution failed in this state.
    FailedExecution(SaleId, String),
}

type Process<'w> = Pin<Box<dyn Future<Output = Outcome> + 'w>>;

/// What a process came to.
enum Outcome {
    Registered(Result<SaleId, register_sale::Failure>),
    Paid(Result<Answer, pay::PayFailure>),
    Managed(Result<(), Failure>),
    Reconciled,
    /// Whether the sender may stop sending.
    Webhook {
        taken: bool,
    },
    /// How many of the changes were relayed.
    Relayed {
        done: usize,
    },
    Consumed {
        done: bool,
    },
    Task(Result<Option<time_out::Next>, &'static str>),
    TokenStored(Result<bool, ()>),
    /// The process died.
    Died,
}

/// Who waits for a process.
#[derive(Clone)]
enum Caller {
    Employee { customer: u64, vehicle: Option<Vin>, tries: u32 },
    Payer(Payment),
    Manager { act: Act, tries: u32 },
    Factory { order: SaleId, milestone: Milestone, tries: u32 },
    Gateway { attempt: AttemptId, tries: u32 },
    Dispute { attempt: AttemptId, news: DisputeNews, tries: u32 },
    Schedule,
    Stream { changes: Vec<relay::Change>, tries: u32 },
    Queue { message: Message, tries: u32 },
    Workflow { execution: SaleId, visit: u64 },
}

#[derive(Clone, Copy)]
struct Payment {
    sale: SaleId,
    kind: PaymentKind,
    key: u64,
    token: &'static str,
    method: PaymentMethod,
    tries: u32,
    cards: u32,
}

/// What a manager does to a sale.
#[derive(Clone, Copy)]
enum Act {
    Cancel(SaleId),
    /// A later deadline, in milliseconds.
    Extend(SaleId, i64),
    Close(SaleId, CaseKind),
    /// Puts what the authority wants on file.
    Record(SaleId),
    /// Has the authority asked again.
    Resubmit(SaleId),
    /// Arranges the delivery so many days from now, with so many lines of the checklist done.
    Prepare(SaleId, i8, usize),
}

enum Event {
    Poll(TaskId),
    Manage {
        act: Act,
        tries: u32,
    },
    /// A sale; of this stock vehicle, where there is one.
    Register {
        customer: u64,
        vehicle: Option<Vin>,
        tries: u32,
    },
    Pay(Payment),
    PollForBalance {
        sale: SaleId,
        looks: u32,
    },
    FactoryMoves {
        order: SaleId,
        milestone: Milestone,
    },
    FactoryTells {
        order: SaleId,
        milestone: Milestone,
        tries: u32,
    },
    BankSettles(AttemptId),
    GatewayTells {
        attempt: AttemptId,
        tries: u32,
    },
    DebitReturned(AttemptId),
    DisputeMoves {
        attempt: AttemptId,
        news: DisputeNews,
    },
    DisputeTells {
        attempt: AttemptId,
        news: DisputeNews,
        tries: u32,
    },
    Reconcile,
    OperatorLooks(SaleId),
    ManagerLooks {
        sale: SaleId,
        looks: u32,
    },
    RelayChanges {
        changes: Vec<relay::Change>,
        tries: u32,
    },
    Deliver {
        message: Message,
        tries: u32,
    },
    Enter {
        execution: SaleId,
        visit: u64,
    },
    TimesOut {
        execution: SaleId,
        visit: u64,
    },
}

/// One execution of the state machine.
struct Execution {
    state: String,
    /// Counts entries and retries: what belongs to an earlier one is stale.
    visit: u64,
    attempts: Vec<u32>,
    waiting: bool,
    done: bool,
    token: Option<TaskToken>,
    transitions: u32,
    redrives: u32,
}

struct Simulation<'w> {
    world: &'w World,
    machine: &'w Machine,
    script: Option<Script>,
    rng: Rng,
    queue: BinaryHeap<Reverse<(i64, u64)>>,
    events: BTreeMap<u64, Event>,
    next_event: u64,
    processes: BTreeMap<TaskId, (Process<'w>, Caller)>,
    next_task: TaskId,
    executions: BTreeMap<SaleId, Execution>,
    answers: Vec<ClientAnswer>,
    alarms: Vec<Alarm>,
    closures: BTreeMap<SaleId, i64>,
    /// How many customers there were so far.
    customers: u64,
    skewed: bool,
    /// When the schedule runs next, where that changes anything.
    reconciliation: Option<i64>,
    salt: u64,
}

/// Runs a scenario to its end.
pub fn run(machine: &Machine, scenario: &Scenario) -> Run {
    let start = Timestamp::from_second(EPOCH).unwrap_or(Timestamp::UNIX_EPOCH);
    let world = World::new(scenario.seed ^ 0xA5A5, start, scenario.plan.clone(), true);
    if scenario.story {
        world.with(|state| state.story = Some(Vec::new()));
    }
    if scenario.script.is_none() && scenario.seed.is_multiple_of(3) {
        world.with(|state| state.contact = all_ears());
    }
    let (answers, alarms, transitions, unfinished, at_rest, restless, closures, sales) = {
        let mut simulation = Simulation {
            world: &world,
            machine,
            script: scenario.script,
            rng: Rng::new(scenario.seed),
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            next_event: 0,
            processes: BTreeMap::new(),
            next_task: 1,
            executions: BTreeMap::new(),
            answers: Vec::new(),
            alarms: Vec::new(),
            closures: BTreeMap::new(),
            customers: scenario.sales,
            skewed: scenario.skewed,
            reconciliation: None,
            salt: scenario.seed,
        };
        if scenario.script.is_none() && simulation.rng.percent(10) {
            let from = EPOCH.saturating_mul(SECOND).saturating_add(simulation.chance(30 * DAY));
            let until = from.saturating_add(simulation.chance(48 * HOUR));
            world.with(|state| state.gateway_down = (from, until));
        }
        for customer in 0..scenario.sales {
            let after = simulation.chance(HOUR);
            simulation.after(after, Event::Register { customer, vehicle: None, tries: 0 });
        }
        let at_rest = simulation.play(MAX_EVENTS.saturating_mul(scenario.sales));
        let transitions = simulation
            .executions
            .iter()
            .map(|(sale, execution)| (*sale, execution.transitions))
            .collect();
        let open = simulation.executions.iter().filter(|(_, execution)| !execution.done);
        let unfinished = open.map(|(sale, execution)| (*sale, execution.state.clone())).collect();
        let restless = simulation.restless();
        let (closures, sales) = (simulation.closures, simulation.customers);
        (
            simulation.answers,
            simulation.alarms,
            transitions,
            unfinished,
            at_rest,
            restless,
            closures,
            sales,
        )
    };
    Run {
        world,
        answers,
        alarms,
        transitions,
        unfinished,
        sales,
        skewed: scenario.skewed,
        at_rest,
        restless,
        closures,
    }
}

impl<'w> Simulation<'w> {
    fn chance(&mut self, below: i64) -> i64 {
        i64::try_from(self.rng.below(below.unsigned_abs())).unwrap_or(0)
    }

    fn after(&mut self, millis: i64, event: Event) {
        let at = self.world.with(|state| state.now).saturating_add(millis);
        self.at(at, event);
    }

    fn at(&mut self, at: i64, event: Event) {
        let number = self.next_event;
        self.next_event = number.saturating_add(1);
        self.events.insert(number, event);
        self.queue.push(Reverse((at, number)));
    }

    /// Lets everything happen until nothing is left to, or time ends; `false` if that takes too
    /// many events.
    fn play(&mut self, max_events: u64) -> bool {
        let end = EPOCH.saturating_mul(SECOND).saturating_add(HORIZON);
        while let Some(Reverse((at, number))) = self.queue.pop() {
            if self.next_event > max_events {
                return false;
            }
            if at > end {
                self.queue.push(Reverse((at, number)));
                break;
            }
            self.world.with(|state| state.now = state.now.max(at));
            if let Some(event) = self.events.remove(&number) {
                self.happen(event);
                self.collect();
            }
        }
        true
    }

    /// The sales that still have something before them.
    fn restless(&self) -> BTreeSet<SaleId> {
        let open = |sale: &domain::Sale| {
            sale.unsettled_since().is_some() || sale.open_cases().next().is_some()
        };
        self.world.with(|state| {
            let running = self
                .executions
                .iter()
                .filter(|(_, execution)| !execution.done)
                .map(|(sale, _)| *sale);
            state
                .sales
                .values()
                .map(|row| &row.sale)
                .filter(|sale| open(sale))
                .map(|sale| sale.id)
                .chain(running)
                .collect()
        })
    }

    fn note(&self, who: &'static str, what: impl FnOnce() -> String) {
        self.world.with(|state| state.note(who, what));
    }

    /// Starts a process. Its clock is off now and then.
    fn spawn(&mut self, caller: Caller, process: impl FnOnce(&'w World, Timestamp) -> Process<'w>) {
        let skew = if self.skewed && self.rng.percent(5) {
            self.chance(2 * MAX_SKEW).saturating_sub(MAX_SKEW)
        } else {
            0
        };
        let task = self.next_task;
        self.next_task = task.saturating_add(1);
        let process = process(self.world, self.world.time(skew));
        self.processes.insert(task, (process, caller));
        self.poll(task);
    }

    fn poll(&mut self, task: TaskId) {
        let Some((mut process, caller)) = self.processes.remove(&task) else { return };
        self.world.enter(task);
        let polled = process.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        for (at, woken) in self.world.take_wakes() {
            self.at(at, Event::Poll(woken));
        }
        match polled {
            Poll::Ready(outcome) => self.answer(caller, outcome),
            Poll::Pending if self.world.take_crash(task) => self.answer(caller, Outcome::Died),
            Poll::Pending => {
                self.processes.insert(task, (process, caller));
            }
        }
    }

    /// Takes what the processes left for others: the stream, the queues, the partners' own news.
    fn collect(&mut self) {
        let (stream, messages, started, resumed, news, settling, begun) =
            self.world.with(|state| {
                let stream = std::mem::take(&mut state.stream);
                let messages = std::mem::take(&mut state.messages);
                let started = std::mem::take(&mut state.started);
                let resumed = std::mem::take(&mut state.resumed);
                let news = std::mem::take(&mut state.gateway_news);
                (
                    stream,
                    messages,
                    started,
                    resumed,
                    news,
                    std::mem::take(&mut state.settling),
                    std::mem::take(&mut state.begun),
                )
            });
        if !stream.is_empty() {
            self.plan_reconciliation();
            for change in stream.iter().filter(|change| change.opened_cases() > 0) {
                let days = DAY + self.chance(30 * DAY);
                self.after(days, Event::ManagerLooks { sale: change.new.id, looks: 0 });
            }
            for change in &stream {
                self.offer_stock(change);
                self.prepare_delivery(change);
            }
            let wait = 20 + self.chance(200);
            self.after(wait, Event::RelayChanges { changes: stream, tries: 0 });
        }
        for message in messages {
            let burst =
                if message.may_wait() { i64::try_from(BURST.as_millis()).unwrap_or(0) } else { 0 };
            let wait = burst + 20 + self.chance(500);
            if self.rng.percent(2) {
                let again = wait + self.chance(MINUTE);
                self.after(again, Event::Deliver { message: message.clone(), tries: 0 });
            }
            self.after(wait, Event::Deliver { message, tries: 0 });
        }
        for sale in started {
            if !self.executions.contains_key(&sale) {
                let state = self.machine.start_at.clone();
                let execution = Execution {
                    state,
                    visit: 0,
                    attempts: Vec::new(),
                    waiting: false,
                    done: false,
                    token: None,
                    transitions: 1,
                    redrives: 0,
                };
                self.executions.insert(sale, execution);
                self.after(50, Event::Enter { execution: sale, visit: 0 });
            }
        }
        for token in resumed {
            let woken = self.executions.iter().find(|(_, execution)| {
                execution.waiting && execution.token.as_ref() == Some(&token)
            });
            if let Some((sale, _)) = woken.map(|(sale, execution)| (*sale, execution.visit)) {
                self.task_ended(sale, Ok(None));
            }
        }
        let silent = self.world.with(|state| {
            if state.is_gateway_down() { state.gateway_down.1.saturating_sub(state.now) } else { 0 }
        });
        for attempt in news {
            let wait = silent + SECOND + self.chance(5 * SECOND);
            self.after(wait, Event::GatewayTells { attempt, tries: 0 });
        }
        for attempt in settling {
            let days = DAY + self.chance(4 * DAY);
            self.after(days, Event::BankSettles(attempt));
        }
        for order in begun {
            // A factory may fall silent: then the workflow has to ask.
            let silent = self.script.is_none() && self.rng.percent(4);
            let mut wait = 0;
            for milestone in Milestone::ALL {
                wait += HOUR + self.chance(6 * DAY);
                self.after(wait, Event::FactoryMoves { order, milestone });
                if !silent {
                    let delay = if self.script.is_none() { self.chance(12 * HOUR) } else { SECOND };
                    self.after(wait + delay, Event::FactoryTells { order, milestone, tries: 0 });
                    if self.rng.percent(10) {
                        let copy = self.chance(10 * DAY);
                        self.after(
                            wait + delay + copy,
                            Event::FactoryTells { order, milestone, tries: 0 },
                        );
                    }
                }
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Poll(task) => self.poll(task),
            Event::Register { customer, vehicle, tries } => self.register(customer, vehicle, tries),
            Event::Pay(payment) => self.pay(payment),
            Event::Manage { act, tries } => self.manage(act, tries),
            Event::PollForBalance { sale, looks } => self.consider_balance(sale, looks),
            Event::FactoryMoves { order, milestone } => self.world.with(|state| {
                state.note("factory", || format!("{}: {milestone:?}", short(order)));
                if let Some(known) = state.orders.get_mut(&order.to_string()) {
                    known.milestone = known.milestone.max(Some(milestone));
                }
            }),
            Event::FactoryTells { order, milestone, tries } => {
                self.factory_tells(order, milestone, tries);
            }
            Event::BankSettles(attempt) => {
                let paid = self.world.with(|state| {
                    let token = state
                        .sales
                        .values()
                        .flat_map(|row| row.sale.all_attempts())
                        .find(|(_, known)| known.id == attempt);
                    let fails =
                        token.is_some_and(|(_, known)| known.token.as_str() == "pm_bank_fails");
                    state.payments.get_mut(&attempt.to_string()).map(|known| {
                        let done = PaymentOutcome::Captured(known.id.clone());
                        known.outcome =
                            if fails { PaymentOutcome::Declined(Decline::Declined) } else { done };
                    })
                });
                if paid.is_some() && (self.script.is_some() || !self.rng.percent(5)) {
                    self.after(SECOND, Event::GatewayTells { attempt, tries: 0 });
                }
            }
            Event::GatewayTells { attempt, tries } => self.gateway_tells(attempt, tries),
            Event::DebitReturned(attempt) => {
                let taken_back = self.take_back(attempt, true);
                if taken_back {
                    self.after(SECOND, Event::GatewayTells { attempt, tries: 1 });
                }
            }
            Event::DisputeMoves { attempt, news } => self.dispute_moves(attempt, news),
            Event::DisputeTells { attempt, news, tries } => {
                self.dispute_tells(attempt, news, tries);
            }
            Event::OperatorLooks(sale) => self.failed_again(sale),
            Event::ManagerLooks { sale, looks } => self.manager_looks(sale, looks),
            Event::Reconcile => {
                if self
                    .reconciliation
                    .is_none_or(|planned| self.world.with(|state| state.now) < planned)
                {
                    return;
                }
                self.reconciliation = None;
                self.spawn(Caller::Schedule, |world, now| {
                    Box::pin(async move {
                        let ports = Ports::new(world, "reconcile-payments");
                        let _ = reconcile::reconcile_payments(&ports, &ports, PATIENCE, now).await;
                        Outcome::Reconciled
                    })
                });
            }
            Event::RelayChanges { changes, tries } => {
                let caller = Caller::Stream { changes: changes.clone(), tries };
                self.spawn(caller, |world, _| {
                    Box::pin(async move {
                        let ports = Ports::new(world, "relay-events");
                        for (done, change) in changes.iter().enumerate() {
                            if relay::relay(&ports, &ports, &ports, &ports, change).await.is_err() {
                                return Outcome::Relayed { done };
                            }
                        }
                        Outcome::Relayed { done: changes.len() }
                    })
                });
            }
            Event::Deliver { message, tries } => self.deliver(message, tries),
            Event::Enter { execution, visit } => self.enter(execution, visit),
            Event::TimesOut { execution, visit } => {
                let waits = self
                    .executions
                    .get(&execution)
                    .is_some_and(|known| known.visit == visit && !known.done);
                if waits {
                    self.task_ended(execution, Err("States.Timeout"));
                }
            }
        }
    }

    /// The dealership prepares a vehicle within days of its registration: by and by, and most of
    /// them to the end.
    fn prepare_delivery(&mut self, change: &relay::Change) {
        let has = |sale: &domain::Sale| has(sale, FactKind::ReadyForDelivery);
        if !has(&change.new) || change.old.as_ref().is_some_and(has) {
            return;
        }
        let sale = change.new.id;
        let arranged = self.chance(5 * DAY);
        self.after(
            arranged,
            Event::Manage { act: Act::Prepare(sale, 9, CheckKind::ALL.len() / 2), tries: 0 },
        );
        if self.rng.percent(90) {
            let done = arranged + self.chance(DAY);
            self.after(
                done,
                Event::Manage { act: Act::Prepare(sale, 9, CheckKind::ALL.len()), tries: 0 },
            );
        }
    }

    /// A vehicle that a sale lets go of is wanted by some, at the same moment or weeks later; now
    /// and then somebody wants one that a sale has.
    fn offer_stock(&mut self, change: &relay::Change) {
        let had =
            |sale: &domain::Sale| sale.vehicle().filter(|_| !sale.status().is_lost()).cloned();
        let (before, now) = (change.old.as_ref().and_then(had), had(&change.new));
        let now_at = self.world.with(|state| state.now);
        let late = now_at > EPOCH.saturating_mul(SECOND).saturating_add(RESALES);
        if self.script.is_some() || late {
            return;
        }
        let (vehicle, wanted) = match (before, now) {
            (Some(lost), None) => (lost, self.rng.below(4)),
            (None, Some(taken)) => (taken, u64::from(self.rng.percent(10))),
            _ => return,
        };
        let moment = self.chance(HOUR);
        for _ in 0..wanted {
            let customer = self.customers;
            self.customers = customer.saturating_add(1);
            let wait = if self.rng.percent(70) {
                moment.saturating_add(self.chance(SECOND))
            } else {
                self.chance(20 * DAY)
            };
            self.after(
                wait,
                Event::Register { customer, vehicle: Some(vehicle.clone()), tries: 0 },
            );
        }
    }

    fn register(&mut self, customer: u64, vehicle: Option<Vin>, tries: u32) {
        // The same for one customer at every try.
        let mut own = Rng::new(customer.wrapping_mul(7919) ^ self.salt);
        let (sale, customer_id) = (SaleId::new(self.rng.uuid()), CustomerId::new(self.rng.uuid()));
        let unbuildable = match self.script {
            Some(script) => script == Script::Unbuildable,
            None => own.percent(5),
        };
        let wanted = vehicle.clone();
        let input = move || {
            let built =
                register_input(sale, customer_id, customer, unbuildable && wanted.is_none())?;
            Some(register_sale::Input { vehicle: wanted, ..built })
        };
        self.spawn(Caller::Employee { customer, vehicle, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "register-sale");
                let Some(input) = input() else { return Outcome::Died };
                Outcome::Registered(
                    register_sale::register_sale(&ports, input, now).await.map(|done| done.sale),
                )
            })
        });
    }

    fn pay(&mut self, payment: Payment) {
        let attempt = AttemptId::new(self.rng.uuid());
        let caller = Caller::Payer(payment);
        self.spawn(caller, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "pay");
                let (Ok(dealership), Ok(token)) =
                    (DealershipId::parse("MAD-01"), PaymentMethodToken::parse(payment.token))
                else {
                    return Outcome::Died;
                };
                let request = RequestKey {
                    key: ShortDigest::of(&[&payment.key.to_be_bytes()]),
                    fingerprint: ShortDigest::of(&[payment.token.as_bytes()]),
                };
                let (sale, kind, method) = (payment.sale, payment.kind, payment.method);
                let input = pay::Input {
                    sale,
                    asker: pay::Asker::Dealership(dealership),
                    kind,
                    attempt,
                    request,
                    method,
                    token,
                };
                Outcome::Paid(
                    pay::pay(&ports, &ports, input, now).await.map(|(_, _, answer)| answer),
                )
            })
        });
    }

    /// A manager's request.
    fn manage(&mut self, act: Act, tries: u32) {
        if let Act::Close(sale, CaseKind::PaymentReversed) = act {
            let now = self.world.with(|state| state.now);
            self.closures.entry(sale).or_insert(now);
        }
        self.spawn(Caller::Manager { act, tries }, |world, now| {
            Box::pin(async move {
                let (Ok(dealership), Ok(by), Ok(reason)) = (
                    DealershipId::parse("MAD-01"),
                    EmployeeId::parse("manager-1"),
                    Reason::parse("as the customer asked"),
                ) else {
                    return Outcome::Died;
                };
                let done = match act {
                    Act::Record(sale) => {
                        let ports = Ports::new(world, "record-documents");
                        let input = record_documents::Input {
                            sale,
                            dealership,
                            by,
                            documents: documents(),
                        };
                        match record_documents::record_documents(&ports, input, now).await {
                            Ok((sale, _)) => Ok(sale),
                            Err(record_documents::RecordFailure::Failed(failure)) => Err(failure),
                            Err(record_documents::RecordFailure::TooMany) => {
                                Err(Failure::Contended)
                            }
                        }
                    }
                    Act::Resubmit(sale) => {
                        let ports = Ports::new(world, "resubmit-registration");
                        let input = resubmit_registration::Input {
                            sale,
                            dealership,
                            closure: Closure { by, reason },
                        };
                        resubmit_registration::resubmit_registration(&ports, input, now).await
                    }
                    Act::Prepare(sale, days, done) => {
                        let ports = Ports::new(world, "prepare-delivery");
                        let checks = CheckKind::ALL.into_iter().take(done).collect();
                        let date = now
                            .to_zoned(TimeZone::UTC)
                            .date()
                            .saturating_add(jiff::Span::new().days(days));
                        let appointment = Some((date, DeliveryPlace::Dealership));
                        let input =
                            prepare_delivery::Input { sale, dealership, by, checks, appointment };
                        prepare_delivery::prepare_delivery(&ports, input, now).await
                    }
                    Act::Cancel(sale) => {
                        let ports = Ports::new(world, "cancel-sale");
                        cancel_sale::cancel_sale(
                            &ports,
                            cancel_sale::Input { sale, dealership, by, reason },
                            now,
                        )
                        .await
                    }
                    Act::Extend(sale, pay_by) => {
                        let ports = Ports::new(world, "extend-deadline");
                        let pay_by = Timestamp::from_millisecond(pay_by).unwrap_or(now);
                        let max_extension = MAX_EXTENSION;
                        let input = extend_deadline::Input {
                            sale,
                            dealership,
                            by,
                            reason,
                            pay_by,
                            max_extension,
                        };
                        extend_deadline::extend_deadline(&ports, input, now).await
                    }
                    Act::Close(sale, kind) => {
                        let ports = Ports::new(world, "close-case");
                        let closure = Closure { by, reason };
                        close_case::close_case(
                            &ports,
                            close_case::Input { sale, dealership, kind, closure },
                            now,
                        )
                        .await
                    }
                };
                Outcome::Managed(done.map(drop))
            })
        });
    }

    /// A customer who knows that the balance is due decides when to pay it, if ever.
    fn consider_balance(&mut self, sale: SaleId, looks: u32) {
        let stage =
            self.world.with(|state| state.sales.get(&sale).map(|row| row.sale.stage.clone()));
        let Some(stage) = stage else { return };
        let domain::sale::Stage::FinalPaymentPending { pay_by, .. } = stage else {
            if looks < 400 {
                self.after(DAY / 4, Event::PollForBalance { sale, looks: looks.saturating_add(1) });
            }
            return;
        };
        if self.script.is_none() && self.rng.percent(15) {
            // A manager gives more time, now or at the last second, and the customer thinks again.
            let now = self.world.with(|state| state.now);
            let wait = if self.rng.percent(50) {
                0
            } else {
                pay_by.as_millisecond().saturating_sub(now + 2 * SECOND).max(0)
            };
            let later = pay_by.as_millisecond().saturating_add(DAY + self.chance(8 * DAY));
            self.after(wait, Event::Manage { act: Act::Extend(sale, later), tries: 0 });
            self.after(
                wait.saturating_add(HOUR),
                Event::PollForBalance { sale, looks: looks.saturating_add(100) },
            );
            return;
        }
        let mut payment = self.first_payment(sale, PaymentKind::Balance);
        let left =
            pay_by.as_millisecond().saturating_sub(self.world.with(|state| state.now)).max(1);
        let wait = match self.script {
            Some(Script::NeverPaysBalance) => return,
            Some(_) => MINUTE,
            None => match self.rng.below(10) {
                0..=5 => self.chance(left),
                6 | 7 => {
                    payment.tries = 0;
                    left.saturating_sub(3 * SECOND).saturating_add(self.chance(6 * SECOND))
                }
                _ => return,
            },
        };
        self.after(wait, Event::Pay(payment));
    }

    fn first_payment(&mut self, sale: SaleId, kind: PaymentKind) -> Payment {
        let (token, method) = match self.script {
            Some(Script::PaysByBank) => ("pm_bank", PaymentMethod::BankTransfer),
            Some(_) => ("pm_card", PaymentMethod::Card),
            None => match self.rng.below(100) {
                0..=64 => ("pm_card", PaymentMethod::Card),
                65..=79 => ("pm_declined", PaymentMethod::Card),
                80..=91 => ("pm_bank", PaymentMethod::BankTransfer),
                _ => ("pm_bank_fails", PaymentMethod::BankTransfer),
            },
        };
        Payment { sale, kind, key: self.rng.bits(), token, method, tries: 0, cards: 0 }
    }

    fn factory_tells(&mut self, order: SaleId, milestone: Milestone, tries: u32) {
        let known = self.world.with(|state| state.orders.get(&order.to_string()).cloned());
        let Some(known) = known else { return };
        self.spawn(Caller::Factory { order, milestone, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-factory-update");
                let vehicle = (milestone >= Milestone::AtDealership).then(|| known.vehicle.clone());
                let update = follow_factory::Update {
                    sale: order,
                    order: known.id,
                    milestone,
                    vehicle,
                    estimated_delivery: None,
                };
                let taken = follow_factory::take_factory_update(&ports, update, WINDOW, now).await;
                Outcome::Webhook { taken: taken.is_ok() }
            })
        });
    }

    /// The schedule runs day and night; here only while something is open that it could settle, and
    /// rarely once people know.
    fn plan_reconciliation(&mut self) {
        let (open, known) = self.world.with(|state| {
            let sales = || {
                state
                    .sales
                    .values()
                    .map(|row| &row.sale)
                    .filter(|sale| sale.unsettled_since().is_some())
            };
            (
                sales().filter_map(domain::Sale::unsettled_since).min(),
                sales().all(|sale| {
                    sale.open_cases().any(|case| case.kind != CaseKind::PaymentReversed)
                }),
            )
        });
        let Some(since) = open else { return };
        let due = since
            .as_millisecond()
            .saturating_add(i64::try_from(PATIENCE.ask_after.as_millis()).unwrap_or(HOUR));
        let pause = if known { DAY } else { 15 * MINUTE };
        let next = due.max(self.world.with(|state| state.now).saturating_add(pause));
        if self.reconciliation.is_none_or(|planned| next < planned) {
            self.reconciliation = Some(next);
            self.at(next, Event::Reconcile);
        }
    }

    /// The bank takes a payment back that was captured and not refunded.
    fn take_back(&self, attempt: AttemptId, returned: bool) -> bool {
        self.world.with(|state| {
            let known = state.payments.get_mut(&attempt.to_string());
            let captured = |known: &&mut GatewayPayment| {
                matches!(known.outcome, PaymentOutcome::Captured(_)) && !known.reversed
            };
            let Some(known) = known.filter(captured).filter(|known| known.refunds.is_empty())
            else {
                return false;
            };
            known.reversed = true;
            known.returned = returned;
            true
        })
    }

    fn dispute_moves(&mut self, attempt: AttemptId, news: DisputeNews) {
        if news == DisputeNews::Opened {
            if !self.take_back(attempt, false) {
                return;
            }
            let end = if self.rng.percent(60) { DisputeNews::Won } else { DisputeNews::Lost };
            let days = DAY + self.chance(20 * DAY);
            self.after(days, Event::DisputeMoves { attempt, news: end });
        } else if news == DisputeNews::Won {
            self.world.with(|state| {
                if let Some(known) = state.payments.get_mut(&attempt.to_string()) {
                    known.reversed = false;
                }
            });
        }
        // Now, or so late that later news overtakes it, or both.
        let soon = self.chance(HOUR);
        let late = self.chance(25 * DAY);
        if self.rng.percent(90) {
            self.after(soon, Event::DisputeTells { attempt, news, tries: 0 });
        }
        if self.rng.percent(20) || news != DisputeNews::Opened {
            self.after(late, Event::DisputeTells { attempt, news, tries: 0 });
        }
    }

    fn dispute_tells(&mut self, attempt: AttemptId, news: DisputeNews, tries: u32) {
        let Some(payment) = self
            .world
            .with(|state| state.payments.get(&attempt.to_string()).map(|known| known.id.clone()))
        else {
            return;
        };
        self.spawn(Caller::Dispute { attempt, news, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-payment-update");
                let Ok(dispute) = DisputeId::parse(&format!("dp_{payment}")) else {
                    return Outcome::Died;
                };
                let update = pay::DisputeUpdate { payment, dispute, news };
                Outcome::Webhook {
                    taken: pay::take_dispute_update(&ports, &ports, update, now).await.is_ok(),
                }
            })
        });
    }

    fn gateway_tells(&mut self, attempt: AttemptId, tries: u32) {
        let known = self.world.with(|state| state.payments.get(&attempt.to_string()).cloned());
        let Some(known) = known else { return };
        let kept = matches!(known.outcome, PaymentOutcome::Captured(_)) && tries == 0;
        if kept && self.script.is_none() && self.rng.percent(6) {
            let later = self.chance(30 * DAY);
            let bank = self.rng.percent(30);
            let event = if bank {
                Event::DebitReturned(attempt)
            } else {
                Event::DisputeMoves { attempt, news: DisputeNews::Opened }
            };
            self.after(later, event);
        }
        let Ok(amount) = Money::new(known.amount, Currency::Eur) else { return };
        self.spawn(Caller::Gateway { attempt, tries }, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "receive-payment-update");
                let update = pay::Update {
                    sale: known.sale,
                    attempt: known.attempt,
                    outcome: known.told(),
                    amount,
                };
                Outcome::Webhook {
                    taken: pay::take_payment_update(&ports, &ports, update, now).await.is_ok(),
                }
            })
        });
    }

    fn deliver(&mut self, message: Message, tries: u32) {
        let caller = Caller::Queue { message: message.clone(), tries };
        let (secret, salt) = (self.rng.bits(), self.rng.bits());
        self.spawn(caller, |world, now| {
            Box::pin(async move {
                let done = match message {
                    Message::IssueCredentials { customer } => {
                        let ports = Ports::new(world, "issue-credentials");
                        let fresh = || issue_credentials::FreshCredentials {
                            initial_password: format!("{secret:x}"),
                            activation_token: format!("{salt:x}"),
                            stored: StoredCredentials {
                                password_hash: format!("hash of {secret:x}"),
                                activation_token_digest: format!("digest of {salt:x}"),
                                expires_at: now,
                            },
                        };
                        issue_credentials::issue_credentials(&ports, &ports, &customer, fresh)
                            .await
                            .is_ok()
                    }
                    // Nobody in a simulation forgets a password.
                    Message::ResetPassword { .. } => true,
                    Message::Notify { sale, fact, notification } => {
                        let ports = Ports::new(world, "send-notification");
                        send_notification::send_notification(
                            &ports,
                            (&ports, &ports, &ports),
                            (sale, fact, notification),
                            BURST,
                            now,
                        )
                        .await
                        .is_ok()
                    }
                    Message::Refund { sale } => {
                        let ports = Ports::new(world, "refund-payment");
                        refund::refund_payments(&ports, &ports, sale, now).await.is_ok()
                    }
                };
                Outcome::Consumed { done }
            })
        });
    }

    /// The execution enters its state, or tries it again.
    fn enter(&mut self, sale: SaleId, visit: u64) {
        let Some(execution) =
            self.executions.get_mut(&sale).filter(|known| known.visit == visit && !known.done)
        else {
            return;
        };
        let name = execution.state.clone();
        let machine = self.machine;
        match machine.states.get(&name) {
            Some(AslState::Succeed) => execution.done = true,
            Some(AslState::Fail) | None => {
                execution.done = true;
                self.failed(sale, name);
            }
            Some(AslState::Wait { seconds, next }) => {
                let wait = seconds.saturating_mul(SECOND);
                self.go(sale, next, wait);
            }
            // A choice is made where its task's answer is at hand: in `task_ended`.
            Some(AslState::Choice { .. }) => self.failed(sale, name),
            Some(AslState::Task(task)) => {
                self.note("workflow", || format!("{}: enters {name}", short(sale)));
                if let Some(seconds) = task.timeout_seconds {
                    self.after(
                        seconds.saturating_mul(SECOND),
                        Event::TimesOut { execution: sale, visit },
                    );
                }
                self.work(sale, visit, task);
            }
        }
    }

    fn work(&mut self, sale: SaleId, visit: u64, task: &'w Task) {
        let caller = Caller::Workflow { execution: sale, visit };
        match &task.work {
            Work::Await(awaited) => {
                let token = TaskToken(format!("{sale}/{visit}"));
                if let Some(execution) = self.executions.get_mut(&sale) {
                    execution.token = Some(token.clone());
                    execution.waiting = true;
                }
                let awaited = awaited.clone();
                self.spawn(caller, |world, _| {
                    Box::pin(async move {
                        let ports = Ports::new(world, "state machine");
                        Outcome::TokenStored(
                            ports.store_token(sale, &awaited, &token).await.map_err(|_| ()),
                        )
                    })
                });
            }
            Work::Function(function) => {
                let function = function.as_str();
                self.spawn(caller, move |world, now| {
                    Box::pin(async move { Outcome::Task(invoke(world, function, sale, now).await) })
                });
            }
        }
    }

    fn awaits(&self, sale: SaleId) -> bool {
        self.executions.get(&sale).is_some_and(|execution| execution.waiting)
    }

    fn go(&mut self, sale: SaleId, next: &Next, wait: i64) {
        let Some(execution) = self.executions.get_mut(&sale) else { return };
        execution.visit = execution.visit.saturating_add(1);
        execution.waiting = false;
        execution.attempts.clear();
        match next {
            Next::End => execution.done = true,
            Next::State(name) => {
                execution.state.clone_from(name);
                execution.transitions = execution.transitions.saturating_add(1);
                let visit = execution.visit;
                self.after(wait.saturating_add(30), Event::Enter { execution: sale, visit });
            }
        }
    }

    /// The current task of an execution ended: go on, retry, catch or fail, as its definition says.
    fn task_ended(&mut self, sale: SaleId, result: Result<Option<time_out::Next>, &'static str>) {
        let machine = self.machine;
        let Some(execution) = self.executions.get_mut(&sale) else { return };
        let name = execution.state.clone();
        let Some(AslState::Task(task)) = machine.states.get(&name) else { return };
        let error = match result {
            Ok(answer) => return self.go_on(sale, &task.next, answer),
            Err(error) => error,
        };
        self.world.with(|state| {
            state.note("workflow", || format!("{}: {name} failed with {error}", short(sale)));
        });
        execution.attempts.resize(task.retry.len(), 0);
        let retrier =
            task.retry.iter().enumerate().find(|(_, retrier)| matches(&retrier.errors, error));
        if let Some((place, retrier)) = retrier
            && let Some(made) = execution.attempts.get_mut(place)
            && *made < retrier.max_attempts
        {
            let pause = retrier.interval_seconds
                * retrier.backoff_rate.powi(i32::try_from(*made).unwrap_or(i32::MAX));
            *made = made.saturating_add(1);
            execution.visit = execution.visit.saturating_add(1);
            execution.waiting = false;
            execution.transitions = execution.transitions.saturating_add(1);
            let visit = execution.visit;
            let millis = i64::try_from(
                std::time::Duration::from_secs_f64(pause.min(retrier.max_delay_seconds))
                    .as_millis(),
            )
            .unwrap_or(DAY);
            self.after(millis, Event::Enter { execution: sale, visit });
            return;
        }
        if let Some((_, target)) = task.catch.iter().find(|(names, _)| matches(names, error)) {
            self.go_on(sale, &Next::State(target.clone()), None);
        } else {
            execution.done = true;
            self.failed(sale, name);
        }
    }

    /// Follows a transition, through a choice if there is one.
    fn go_on(&mut self, sale: SaleId, next: &Next, answer: Option<time_out::Next>) {
        let machine = self.machine;
        if let Next::State(name) = next
            && let Some(AslState::Choice { targets, default }) = machine.states.get(name)
        {
            if let Some(execution) = self.executions.get_mut(&sale) {
                execution.transitions = execution.transitions.saturating_add(1);
            }
            let said = match answer {
                Some(time_out::Next::Proceed) => "proceed",
                Some(time_out::Next::Wait) => "wait",
                Some(time_out::Next::WaitForDeadline) => "wait_for_deadline",
                Some(time_out::Next::End) => "end",
                None => "",
            };
            let target = targets
                .iter()
                .find(|(value, _)| value == said)
                .map(|(_, target)| target)
                .or(default.as_ref());
            return match target {
                Some(target) => self.go(sale, &Next::State(target.clone()), 0),
                None => self.failed(sale, name.clone()),
            };
        }
        self.go(sale, next, 0);
    }

    /// An operator looks at a failed execution an hour later and starts its state again.
    fn failed(&mut self, sale: SaleId, state: String) {
        self.note("operator", || format!("{}: alarm, the workflow failed in {state}", short(sale)));
        self.alarms.push(Alarm::FailedExecution(sale, state));
        self.failed_again(sale);
    }

    /// Money that the bank took back is the dealership's to settle: until then a redrive would only
    /// wait again.
    fn failed_again(&mut self, sale: SaleId) {
        if self.world.with(|state| state.sales.get(&sale).is_some_and(|row| row.sale.is_on_hold()))
        {
            self.after(10 * DAY, Event::OperatorLooks(sale));
        } else {
            self.redrive(sale);
        }
    }

    /// A manager looks at what lies open, and closes it or waits for better news; at last it is
    /// closed.
    fn manager_looks(&mut self, sale: SaleId, looks: u32) {
        let open: Vec<CaseKind> = self.world.with(|state| {
            let sale = state.sales.get(&sale).map(|row| &row.sale);
            sale.map(|sale| sale.open_cases().map(|case| case.kind).collect()).unwrap_or_default()
        });
        if open.is_empty() {
            return;
        }
        for kind in open {
            if looks > 4 || self.rng.percent(40) {
                let act = match kind {
                    CaseKind::DocumentsMissing => Act::Record(sale),
                    CaseKind::RegistrationRefused => Act::Resubmit(sale),
                    _ => Act::Close(sale, kind),
                };
                self.after(0, Event::Manage { act, tries: 0 });
            }
        }
        self.after(5 * DAY, Event::ManagerLooks { sale, looks: looks.saturating_add(1) });
    }

    fn redrive(&mut self, sale: SaleId) {
        let Some(execution) =
            self.executions.get_mut(&sale).filter(|known| known.redrives < MAX_REDRIVES)
        else {
            return;
        };
        // A `Fail` state is redriven at the task that led to it: the last one that can be entered.
        let work = matches!(self.machine.states.get(&execution.state), Some(AslState::Task(_)));
        if work {
            execution.redrives = execution.redrives.saturating_add(1);
            execution.done = false;
            let state = execution.state.clone();
            self.go(sale, &Next::State(state), HOUR);
        }
    }

    fn answer(&mut self, caller: Caller, outcome: Outcome) {
        match (caller, outcome) {
            (Caller::Employee { customer, .. }, Outcome::Registered(Ok(sale))) => {
                self.note("employee", || {
                    format!("{}: is answered 201 for customer {customer}", short(sale))
                });
                self.answers.push(ClientAnswer::Registered { key: customer, sale });
                self.customer_begins(sale);
            }
            (
                Caller::Employee { vehicle: Some(vehicle), customer, .. },
                Outcome::Registered(Err(register_sale::Failure::NotInStock(why))),
            ) => {
                self.note("employee", || {
                    format!("customer {customer} can't have {vehicle}: {why}")
                });
            }
            (Caller::Employee { customer, vehicle, tries }, _) => {
                if tries < 10 {
                    let wait = SECOND + self.chance(30 * SECOND);
                    self.after(
                        wait,
                        Event::Register { customer, vehicle, tries: tries.saturating_add(1) },
                    );
                }
            }
            (Caller::Payer(payment), outcome) => self.payer_reads(payment, &outcome),
            (Caller::Manager { act, .. }, Outcome::Managed(Ok(()))) => {
                self.answers.extend(match act {
                    Act::Cancel(sale) => Some(ClientAnswer::Cancelled { sale }),
                    Act::Extend(sale, pay_by) => Some(ClientAnswer::Extended { sale, pay_by }),
                    Act::Close(sale, kind) => Some(ClientAnswer::CaseClosed { sale, kind }),
                    Act::Record(_) | Act::Resubmit(_) | Act::Prepare(..) => None,
                });
            }
            (Caller::Manager { act, tries }, outcome) => {
                let refused = matches!(outcome, Outcome::Managed(Err(Failure::Rejected(_))));
                if !refused && tries < 5 {
                    let wait = SECOND + self.chance(30 * SECOND);
                    self.after(wait, Event::Manage { act, tries: tries.saturating_add(1) });
                }
            }
            (Caller::Factory { order, milestone, tries }, outcome) => {
                if !matches!(outcome, Outcome::Webhook { taken: true }) && tries < 40 {
                    let wait = backoff(tries) + self.chance(SECOND);
                    self.after(
                        wait,
                        Event::FactoryTells { order, milestone, tries: tries.saturating_add(1) },
                    );
                }
            }
            (Caller::Gateway { attempt, tries }, outcome) => {
                if !matches!(outcome, Outcome::Webhook { taken: true }) && tries < GATEWAY_TELLS {
                    let wait = backoff(tries) + self.chance(SECOND);
                    self.after(
                        wait,
                        Event::GatewayTells { attempt, tries: tries.saturating_add(1) },
                    );
                }
            }
            (Caller::Dispute { attempt, news, tries }, outcome) => {
                if !matches!(outcome, Outcome::Webhook { taken: true }) && tries < GATEWAY_TELLS {
                    let wait = backoff(tries) + self.chance(SECOND);
                    self.after(
                        wait,
                        Event::DisputeTells { attempt, news, tries: tries.saturating_add(1) },
                    );
                }
            }
            (Caller::Schedule, _) => self.plan_reconciliation(),
            (Caller::Stream { mut changes, tries }, outcome) => {
                let done = match outcome {
                    Outcome::Relayed { done } => done,
                    _ => 0,
                };
                changes.drain(..done.min(changes.len()));
                let tries = if done > 0 { 0 } else { tries.saturating_add(1) };
                if tries > 10 && !changes.is_empty() {
                    self.note("operator", || "alarm: a change can't be relayed".to_owned());
                    // Out of tries: the first goes to the undeliverable queue, whose alarm brings
                    // an operator.
                    let dead = changes.remove(0);
                    self.alarms.push(Alarm::DeadChange(dead.new.id));
                    self.after(HOUR, Event::RelayChanges { changes: vec![dead], tries: 0 });
                }
                if !changes.is_empty() {
                    let wait = SECOND + self.chance(5 * SECOND);
                    self.after(wait, Event::RelayChanges { changes, tries });
                }
            }
            (Caller::Queue { .. }, Outcome::Consumed { done: true }) => {}
            (Caller::Queue { message, tries }, _) => {
                let tries = tries.saturating_add(1);
                if tries < 5 {
                    let wait = 30 * SECOND + self.chance(SECOND);
                    self.after(wait, Event::Deliver { message, tries });
                } else {
                    self.note("operator", || format!("alarm: {message:?} can't be handled"));
                    self.alarms.push(Alarm::DeadMessage(message.clone()));
                    self.after(HOUR, Event::Deliver { message, tries: 0 });
                }
            }
            (Caller::Workflow { execution, visit }, outcome) => {
                let current = self
                    .executions
                    .get(&execution)
                    .is_some_and(|known| known.visit == visit && !known.done);
                if !current {
                    return;
                }
                match outcome {
                    Outcome::TokenStored(Ok(true)) => {}
                    Outcome::TokenStored(Ok(false)) => {
                        self.task_ended(execution, Err("DynamoDb.ConditionalCheckFailedException"));
                    }
                    Outcome::TokenStored(Err(())) => {
                        self.task_ended(
                            execution,
                            Err("DynamoDb.ProvisionedThroughputExceededException"),
                        );
                    }
                    Outcome::Task(result) => self.task_ended(execution, result),
                    // The engine itself doesn't die: a call of its own that came to nothing is a
                    // client's fault.
                    _ if self.awaits(execution) => {
                        self.task_ended(execution, Err("DynamoDb.SdkClientException"));
                    }
                    _ => self.task_ended(execution, Err("Lambda.Unknown")),
                }
            }
        }
    }

    fn customer_begins(&mut self, sale: SaleId) {
        let payment = self.first_payment(sale, PaymentKind::Signal);
        let window = i64::try_from(WINDOW.as_millis()).unwrap_or(DAY);
        let wait = match self.script {
            Some(Script::NeverPaysSignal) => return,
            Some(_) => MINUTE,
            None => match self.rng.below(10) {
                0..=6 => self.chance(window / 2),
                7 | 8 => window.saturating_sub(3 * SECOND).saturating_add(self.chance(6 * SECOND)),
                _ => return,
            },
        };
        if self.script.is_none() && self.rng.percent(15) {
            // Whenever, at the moment of the payment, or while a bank works on it.
            let cancelled = match self.rng.below(3) {
                0 => self.chance(3 * DAY),
                1 => wait.saturating_sub(SECOND).saturating_add(self.chance(3 * SECOND)),
                _ => wait.saturating_add(self.chance(2 * DAY)),
            };
            self.after(cancelled, Event::Manage { act: Act::Cancel(sale), tries: 0 });
        }
        self.after(wait, Event::Pay(payment));
        self.after(wait + DAY, Event::PollForBalance { sale, looks: 0 });
    }

    fn payer_reads(&mut self, payment: Payment, outcome: &Outcome) {
        let Payment { sale, kind, key, tries, cards, .. } = payment;
        let patient = |this: &mut Self, payment: Payment| {
            if tries < 8 && !this.rng.percent(10) {
                let wait = 2 * SECOND + this.chance(MINUTE);
                this.after(wait, Event::Pay(Payment { tries: tries.saturating_add(1), ..payment }));
            }
        };
        match outcome {
            Outcome::Paid(Ok(answer)) => {
                self.note("employee", || {
                    format!("{}: {} is answered {answer:?}", short(sale), kind.as_str())
                });
                self.answers.push(ClientAnswer::Paid { key, sale, kind, answer: *answer });
                if matches!(answer, Answer::Declined(_)) && cards < 3 {
                    let next = Payment {
                        key: self.rng.bits(),
                        token: "pm_card",
                        method: PaymentMethod::Card,
                        tries: 0,
                        cards: cards.saturating_add(1),
                        ..payment
                    };
                    let wait = MINUTE + self.chance(HOUR);
                    self.after(wait, Event::Pay(next));
                } else if self.rng.percent(10) {
                    // The desk's client repeats a request that was answered: the answer must be the
                    // same.
                    let wait = self.chance(HOUR);
                    self.after(wait, Event::Pay(Payment { tries: 99, ..payment }));
                }
            }
            // Nothing is known: the same request again, under the same key.
            Outcome::Died
            | Outcome::Paid(Err(
                pay::PayFailure::OutcomeUnknown
                | pay::PayFailure::Failed(
                    Failure::Rejected(Rejection::PaymentInProgress)
                    | Failure::Store(_)
                    | Failure::Contended,
                ),
            )) => patient(self, payment),
            _ => {}
        }
    }
}

fn backoff(tries: u32) -> i64 {
    (5 * SECOND).saturating_mul(1 << tries.min(10)).min(HOUR)
}

/// A customer who wants to hear of everything, by everything.
fn all_ears() -> Contact {
    let every = ChannelSet::from_iter(Channel::ALL);
    let preferences =
        Topic::ALL.into_iter().fold(Preferences::default(), |all, topic| all.with(topic, every));
    Contact { preferences, devices: vec![Device("device".to_owned())] }
}

/// A task function, by its deployed name.
async fn invoke(
    world: &World,
    function: &str,
    sale: SaleId,
    now: Timestamp,
) -> Result<Option<time_out::Next>, &'static str> {
    let ports = Ports::new(world, "task");
    match function {
        "place-factory-order" => place_order::place_factory_order(&ports, &ports, sale, now)
            .await
            .map(|_| None)
            .map_err(|failure| failure.task_error()),
        "check-factory-order" => {
            let checked =
                follow_factory::check_factory_order(&ports, &ports, sale, WINDOW, now).await;
            checked.map(|_| None).map_err(|failure| failure.task_error())
        }
        "register-vehicle" => {
            register_vehicle::register_vehicle(&ports, &ports, sale, PATIENCE.case_after, now)
                .await
                .map(|_| None)
                .map_err(|failure| failure.task_error())
        }
        "lapse-sale" => time_out::lapse_sale(&ports, &ports, sale, now)
            .await
            .map(Some)
            .map_err(|failure| failure.task_error()),
        "unassign-vehicle" => {
            let next = time_out::unassign_vehicle(&ports, &ports, sale, REMINDER_LEAD, now).await;
            next.map(Some).map_err(|failure| failure.task_error())
        }
        _ => Err(task_errors::NEEDS_ATTENTION),
    }
}

/// A customer's purchase. Every fifth customer shares an e-mail address with the one before:
/// somebody who buys twice.
pub fn register_input(
    id: SaleId,
    customer_id: CustomerId,
    customer: u64,
    unbuildable: bool,
) -> Option<register_sale::Input> {
    let mailbox = if customer % 5 == 4 { customer.saturating_sub(1) } else { customer };
    let address = Address {
        street: AddressLine::parse("Calle Mayor 1").ok()?,
        postal_code: PostalCode::parse("28013").ok()?,
        city: AddressLine::parse("Madrid").ok()?,
        country: CountryCode::parse("ES").ok()?,
    };
    let buyer = Customer {
        id: customer_id,
        full_name: FullName::parse("A. Customer").ok()?,
        email: EmailAddress::parse(&format!("customer{mailbox}@example.com")).ok()?,
        phone: PhoneNumber::parse("+34600000000").ok()?,
        address,
        language: Language::Es,
    };
    let platform = if unbuildable { "UNBUILDABLE" } else { "CAAS-C1" };
    let terms = Terms::new(
        Money::new(3_250_000, Currency::Eur).ok()?,
        Money::new(100_000, Currency::Eur).ok()?,
    )
    .ok()?;
    let code = PlanCode::parse("CAAS-C1").ok()?;
    let plan =
        SalePlan { code, base_platform: BasePlatform::parse(platform).ok()?, options: vec![] };
    let request = RequestKey {
        key: ShortDigest::of(&[b"register", &customer.to_be_bytes()]),
        fingerprint: ShortDigest::of(&[&customer.to_be_bytes()]),
    };
    Some(register_sale::Input {
        id,
        dealership: DealershipId::parse("MAD-01").ok()?,
        country: CountryCode::parse("ES").ok()?,
        employee: EmployeeId::parse("employee-1").ok()?,
        customer: buyer,
        sold: Sold { plan, terms },
        delivery: Delivery::Dealership,
        // Some customers bring them later.
        documents: if customer % 4 == 3 { Vec::new() } else { documents() },
        vehicle: None,
        signal_payment_window: WINDOW,
        final_payment_window: WINDOW,
        limits: UnpaidLimits { employee: u16::MAX, dealership: u16::MAX },
        request: Some(request),
    })
}

/// What every authority wants.
fn documents() -> Vec<(DocumentKind, FileDigest)> {
    let digest = FileDigest::parse(&"0123456789abcdef".repeat(4));
    digest
        .into_iter()
        .flat_map(|digest| DocumentKind::ALL.map(|kind| (kind, digest.clone())))
        .collect()
}

/// Whether a sale's end is one that customers and dealership can live with.
pub fn ended(sale: &domain::Sale) -> bool {
    has(sale, FactKind::ReadyForDelivery) || sale.status().is_lost()
}
