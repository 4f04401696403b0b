//! What there is at a moment of virtual time, and the processes that wait or died in it.

use super::books::{FactoryOrder, GatewayPayment, RegistryEntry};
use super::inbox::Mail;
use super::story::{Happening, Line};
use super::table::{CustomerRow, Row, VehicleRow};
use crate::faults::{Fault, Plan};
use crate::rng::Rng;
use domain::contact::{Channel, Contact, Device};
use domain::ids::{RefundId, ShortDigest};
use domain::ports::{Message, TaskToken};
use domain::sale::HandOver;
use domain::use_cases::relay::Change;
use domain::{AttemptId, CommercialPlan, DealershipId, EmployeeId, PlanCode, SaleId, Sold, Vin};
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::task::Poll;

/// Which running process a wake-up is for.
pub type TaskId = u64;

/// All that there is.
#[derive(Debug)]
pub struct State {
    /// Virtual time in milliseconds since the epoch.
    pub now: i64,
    /// What every random choice of the run is taken from.
    pub rng: Rng,
    /// The table's sales.
    pub sales: BTreeMap<SaleId, Row>,
    /// The table's customers.
    pub customers: BTreeMap<String, CustomerRow>,
    /// The table's vehicles.
    pub vehicles: BTreeMap<Vin, VehicleRow>,
    /// The table's answered requests.
    pub requests: BTreeMap<String, (ShortDigest, SaleId, Sold)>,
    /// The table's sales that wait for their señal, with the employee.
    pub unpaid: BTreeMap<SaleId, (DealershipId, EmployeeId)>,
    /// Reservations that were let go of while they waited.
    pub released_early: Vec<SaleId>,
    /// The table's plans.
    pub plans: BTreeMap<PlanCode, CommercialPlan>,
    /// The table's sent notifications, and by which channels.
    pub told: BTreeMap<(SaleId, usize), BTreeSet<Channel>>,
    /// Changes that the stream has still to deliver.
    pub stream: Vec<Change>,
    /// Messages that the queues have still to deliver.
    pub messages: Vec<Message>,
    /// Executions that were asked for.
    pub started: Vec<SaleId>,
    /// Tokens that were answered.
    pub resumed: Vec<TaskToken>,
    /// The gateway's books, one entry for each idempotency key.
    pub payments: BTreeMap<String, GatewayPayment>,
    /// Payments whose outcome the bank still owes.
    pub settling: Vec<AttemptId>,
    /// Refunds that were made, until the engine takes them.
    pub refunding: Vec<(AttemptId, RefundId)>,
    /// Payments that wait for their customer, since the simulation looked last.
    pub awaiting: Vec<AttemptId>,
    /// Payments that the gateway has news of, for its webhooks.
    pub gateway_news: Vec<AttemptId>,
    /// While the gateway gives no answer, in milliseconds since the epoch: it may take what it is
    /// sent, all the same.
    pub gateway_down: (i64, i64),
    /// The factory's books, one entry for each idempotency key.
    pub orders: BTreeMap<String, FactoryOrder>,
    /// Orders that the factory began since it was last asked.
    pub begun: Vec<SaleId>,
    /// The authorities' books.
    pub registrations: BTreeMap<String, RegistryEntry>,
    /// The keys under which the authorities refused.
    pub refused: BTreeMap<SaleId, String>,
    /// How often each registration was asked for.
    pub registration_calls: BTreeMap<SaleId, u32>,
    /// What the delivery subsystem was told.
    pub taken_over: Vec<HandOver>,
    /// How new customers can be reached.
    pub contact: Contact,
    /// Devices that are gone.
    pub gone: BTreeSet<Device>,
    /// Mails, and messages on devices and phones, that arrived.
    pub mails: Vec<Mail>,
    /// Commits that took a status back.
    pub regressions: Vec<SaleId>,
    /// Calls so far.
    pub calls: u64,
    /// Faults so far, with the numbers of their calls.
    pub faults: Vec<(u64, Fault)>,
    /// The story, when it is kept.
    pub story: Option<Vec<Line>>,
    pub(super) plan: Plan,
    /// The plan's own chance, so that the same faults can be scripted and everything else stays as
    /// it was.
    pub(super) plan_rng: Rng,
    pub(super) latency: bool,
    task: TaskId,
    wakes: Vec<(i64, TaskId)>,
    crashed: Vec<TaskId>,
}

impl State {
    /// Whether the gateway gives no answer now.
    pub fn is_gateway_down(&self) -> bool {
        (self.gateway_down.0..self.gateway_down.1).contains(&self.now)
    }

    /// Adds a line to the story, if it is kept.
    pub fn note(&mut self, who: &'static str, what: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(Line { at: self.now, who, what: Happening::Noted(what()) });
        }
    }
}

/// All that there is, behind the one place where it is changed.
#[derive(Debug)]
pub struct World {
    state: RefCell<State>,
}

impl World {
    /// An empty world. With `latency`, calls take time and other processes run meanwhile; without,
    /// they answer at once.
    pub fn new(seed: u64, now: Timestamp, plan: Plan, latency: bool) -> Self {
        let state = State {
            now: now.as_millisecond(),
            rng: Rng::new(seed),
            sales: BTreeMap::new(),
            customers: BTreeMap::new(),
            vehicles: BTreeMap::new(),
            requests: BTreeMap::new(),
            unpaid: BTreeMap::new(),
            released_early: Vec::new(),
            plans: BTreeMap::new(),
            told: BTreeMap::new(),
            stream: Vec::new(),
            messages: Vec::new(),
            started: Vec::new(),
            resumed: Vec::new(),
            payments: BTreeMap::new(),
            settling: Vec::new(),
            refunding: Vec::new(),
            awaiting: Vec::new(),
            gateway_news: Vec::new(),
            gateway_down: (i64::MAX, i64::MAX),
            orders: BTreeMap::new(),
            begun: Vec::new(),
            registrations: BTreeMap::new(),
            refused: BTreeMap::new(),
            registration_calls: BTreeMap::new(),
            taken_over: Vec::new(),
            contact: Contact::default(),
            gone: BTreeSet::new(),
            mails: Vec::new(),
            regressions: Vec::new(),
            calls: 0,
            faults: Vec::new(),
            story: None,
            plan,
            plan_rng: Rng::new(!seed),
            latency,
            task: 0,
            wakes: Vec::new(),
            crashed: Vec::new(),
        };
        Self { state: RefCell::new(state) }
    }

    /// Looks at, or changes, what there is. INVARIANT: never held across an await.
    pub fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.borrow_mut())
    }

    /// Virtual time, as a process whose clock is off by `skew` milliseconds reads it.
    pub fn time(&self, skew: i64) -> Timestamp {
        let now = self.state.borrow().now.saturating_add(skew);
        Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX)
    }

    /// Names the process that is about to run.
    pub fn enter(&self, task: TaskId) {
        self.state.borrow_mut().task = task;
    }

    /// Takes the wake-ups that processes asked for.
    pub fn take_wakes(&self) -> Vec<(i64, TaskId)> {
        std::mem::take(&mut self.state.borrow_mut().wakes)
    }

    /// Whether the process died; asking forgets it.
    pub fn take_crash(&self, task: TaskId) -> bool {
        let mut state = self.state.borrow_mut();
        let before = state.crashed.len();
        state.crashed.retain(|crashed| *crashed != task);
        state.crashed.len() < before
    }

    /// Lets `millis` of virtual time pass for the running process; others run meanwhile.
    pub(super) async fn sleep(&self, millis: i64) {
        let mut asked = false;
        poll_fn(|_| {
            if asked {
                return Poll::Ready(());
            }
            asked = true;
            let mut state = self.state.borrow_mut();
            let wake = (state.now.saturating_add(millis), state.task);
            state.wakes.push(wake);
            Poll::Pending
        })
        .await;
    }

    /// The running process dies here: it never goes on.
    pub(super) async fn crash(&self) {
        {
            let mut state = self.state.borrow_mut();
            let task = state.task;
            state.crashed.push(task);
        }
        std::future::pending::<()>().await;
    }
}
