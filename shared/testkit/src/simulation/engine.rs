//! A run's clock and its processes: what happens next, who takes it on, and who is answered.

use super::events::Event;
use super::processes::{Caller, Outcome, Process};
use super::record::{Alarm, ClientAnswer, GivenUp};
use super::scenario::{Scenario, Script};
use super::settings::{DAY, EPOCH, HOUR, MAX_SKEW, SECOND};
use super::standstill::Standstill;
use crate::asl::{Machine, Way};
use crate::memory::{TaskId, World};
use crate::rng::Rng;
use crate::runbook::Runbook;
use domain::SaleId;
use domain::ports::TaskToken;
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::task::{Context, Poll, Waker};

/// After this long everything must have come to its end.
const HORIZON: i64 = 400 * DAY;

/// A run under way: the world, what is still to happen, and what is kept of it.
pub(super) struct Simulation<'w> {
    pub(super) world: &'w World,
    pub(super) machine: &'w Machine,
    pub(super) script: Option<Script>,
    pub(super) rng: Rng,
    queue: BinaryHeap<Reverse<(i64, u64)>>,
    events: BTreeMap<u64, Event>,
    next_event: u64,
    processes: BTreeMap<TaskId, (Process<'w>, Caller)>,
    next_task: TaskId,
    pub(super) executions: BTreeMap<SaleId, Execution>,
    pub(super) answers: Vec<ClientAnswer>,
    pub(super) alarms: Vec<Alarm>,
    pub(super) given_up: GivenUp,
    pub(super) runbook: Runbook,
    pub(super) standstill: Option<Standstill>,
    pub(super) closures: BTreeMap<SaleId, i64>,
    /// How many customers there were so far.
    pub(super) customers: u64,
    skewed: bool,
    /// When the schedule runs next, where that changes anything.
    pub(super) reconciliation: Option<i64>,
    pub(super) salt: u64,
}

/// One execution of the state machine.
pub(super) struct Execution {
    pub(super) state: String,
    /// How far it has gone round.
    pub(super) way: Way,
    /// Counts entries and retries: what belongs to an earlier one is stale.
    pub(super) visit: u64,
    pub(super) attempts: Vec<u32>,
    pub(super) waiting: bool,
    pub(super) done: bool,
    pub(super) token: Option<TaskToken>,
    pub(super) transitions: u32,
    pub(super) redrives: u32,
}

impl<'w> Simulation<'w> {
    /// A run of this scenario in which nothing is planned yet.
    pub(super) fn new(world: &'w World, machine: &'w Machine, scenario: &Scenario) -> Self {
        Self {
            world,
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
            given_up: GivenUp::default(),
            runbook: scenario.runbook.clone(),
            standstill: None,
            closures: BTreeMap::new(),
            customers: scenario.sales,
            skewed: scenario.skewed,
            reconciliation: None,
            salt: scenario.seed,
        }
    }

    pub(super) fn chance(&mut self, below: i64) -> i64 {
        i64::try_from(self.rng.below(below.unsigned_abs())).unwrap_or(0)
    }

    pub(super) fn after(&mut self, millis: i64, event: Event) {
        let at = self.world.with(|state| state.now).saturating_add(millis);
        self.at(at, event);
    }

    pub(super) fn at(&mut self, at: i64, event: Event) {
        let number = self.next_event;
        self.next_event = number.saturating_add(1);
        self.events.insert(number, event);
        self.queue.push(Reverse((at, number)));
    }

    /// Lets everything happen until nothing is left to, or time ends; `false` if that takes too
    /// many events.
    pub(super) fn play(&mut self, max_events: u64) -> bool {
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
    pub(super) fn restless(&self) -> BTreeSet<SaleId> {
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

    pub(super) fn note(&self, who: &'static str, what: impl FnOnce() -> String) {
        self.world.with(|state| state.note(who, what));
    }

    /// Starts a process. Its clock is off now and then.
    pub(super) fn spawn(
        &mut self,
        caller: Caller,
        process: impl FnOnce(&'w World, Timestamp) -> Process<'w>,
    ) {
        if self.is_turned_away(&caller) {
            return self.answer(caller, Outcome::Died);
        }
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
        let (stream, messages, started, resumed, news, settling, refunding, awaiting, begun) =
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
                    std::mem::take(&mut state.refunding),
                    std::mem::take(&mut state.awaiting),
                    std::mem::take(&mut state.begun),
                )
            });
        if !stream.is_empty() {
            self.plan_reconciliation();
            self.changes_come(stream);
        }
        for message in messages {
            self.message_comes(message);
        }
        for sale in started {
            self.execution_starts(sale);
        }
        for token in resumed {
            self.execution_resumes(&token);
        }
        self.gateway_has_news(news);
        for attempt in settling {
            self.bank_works_on(attempt);
        }
        for (attempt, refund) in refunding {
            self.refund_is_made(attempt, refund);
        }
        for attempt in awaiting {
            self.payer_considers(attempt);
        }
        for order in begun {
            self.factory_begins(order);
        }
    }

    fn happen(&mut self, event: Event) {
        let Some(event) = self.held(event) else { return };
        match event {
            Event::OutageBegins(outage) => self.outage_begins(outage),
            Event::OutageIsSeen(outage) => self.outage_is_seen(outage),
            Event::Poll(task) => self.poll(task),
            Event::Register { customer, vehicle, tries } => self.register(customer, vehicle, tries),
            Event::Pay(payment) => self.pay(payment),
            Event::Manage { act, tries } => self.manage(act, tries),
            Event::PollForBalance { sale, looks } => self.consider_balance(sale, looks),
            Event::FactoryMoves { order, milestone } => self.factory_moves(order, milestone),
            Event::FactoryCancels(order) => self.factory_cancels(order),
            Event::FactoryReplaces(order) => self.factory_replaces(order),
            Event::FactoryTells { order, says, tries } => self.factory_tells(order, says, tries),
            Event::BankSettles(attempt) => self.bank_settles(attempt),
            Event::PayerActs { attempt, acts } => self.payer_acts(attempt, acts),
            Event::PageExpires(attempt) => self.page_expires(attempt),
            Event::FundsTell { attempt, tries } => self.funds_tell(attempt, tries),
            Event::GatewayTells { attempt, tries } => self.gateway_tells(attempt, tries),
            Event::DebitReturned(attempt) => self.debit_returns(attempt),
            Event::DisputeMoves { attempt, to } => self.dispute_moves(attempt, to),
            Event::RefundedByHand { attempt, whole } => self.refunded_by_hand(attempt, whole),
            Event::RefundSettles { attempt, refund } => self.refund_settles(attempt, &refund),
            Event::MoneyNews { attempt, tries } => self.money_news_comes(attempt, tries),
            Event::OperatorLooks(sale) => self.failed_again(sale),
            Event::OperatorReads(alarm) => self.repair(&alarm),
            Event::ManagerLooks { sale, looks } => self.manager_looks(sale, looks),
            Event::Reconcile => self.reconcile(),
            Event::RelayChanges { changes, tries } => self.relay(changes, tries),
            Event::Deliver { message, tries } => self.deliver(message, tries),
            Event::Enter { execution, visit } => self.enter(execution, visit),
            Event::TimesOut { execution, visit } => self.times_out(execution, visit),
        }
    }

    fn answer(&mut self, caller: Caller, outcome: Outcome) {
        match caller {
            Caller::Employee { customer, vehicle, tries } => {
                self.employee_reads(customer, vehicle, tries, outcome);
            }
            Caller::Payer(payment) => self.payer_reads(payment, &outcome),
            Caller::Manager { act, tries } => self.manager_reads(act, tries, &outcome),
            Caller::Factory { order, says, tries } => {
                self.factory_reads(order, says, tries, &outcome);
            }
            Caller::Gateway { attempt, tries } => self.gateway_reads(attempt, tries, &outcome),
            Caller::Funds { attempt, tries } => self.funds_read(attempt, tries, &outcome),
            Caller::MoneyNews { attempt, tries } => {
                self.money_news_read(attempt, tries, &outcome);
            }
            Caller::Schedule => self.plan_reconciliation(),
            Caller::Stream { changes, tries } => self.relayed(changes, tries, &outcome),
            Caller::Queue { message, tries } => self.consumed(message, tries, &outcome),
            Caller::Workflow { execution, visit } => self.worked(execution, visit, &outcome),
        }
    }

    /// Has the sender of a webhook that isn't taken send it again, so many times at most, at longer
    /// and longer distances.
    pub(super) fn send_again(&mut self, outcome: &Outcome, tries: u32, most: u32, event: Event) {
        if !matches!(outcome, Outcome::Webhook { taken: true }) && tries < most {
            let wait = backoff(tries) + self.chance(SECOND);
            self.after(wait, event);
        }
    }
}

fn backoff(tries: u32) -> i64 {
    (5 * SECOND).saturating_mul(1 << tries.min(10)).min(HOUR)
}
