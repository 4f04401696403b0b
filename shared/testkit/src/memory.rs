//! The world in memory: table, stream, queues, gateway, factory, registries, mail, behind the
//! domain's ports.
//!
//! A [`World`] is what there is; [`Ports`] is one process's connection to it. Every call goes
//! through one gate, which counts it, lets virtual time pass and injects the planned fault.

use crate::faults::{Fault, Plan, Site};
use crate::rng::Rng;
use domain::contact::{
    Channel, ChannelSet, Contact, Device, DeviceToken, MAX_DEVICES, Platform, Preferences,
};
use domain::ids::{GatewayPaymentId, RefundId, ShortDigest};
use domain::ports::{
    Charge, CommitFault, ContactStore, CredentialsState, CustomerStore, DeliverySubsystem, Details,
    DeviceFault, ErasureStore, Factory, FactoryFault, MOST_SALES_LISTED, MailContent, Mailer,
    Message, NewSale, NoAnswer, NotDelivered, NotificationLog, OpenCases, OrderReport,
    OrderRequest, PaymentGateway, PlanStore, PushFault, PushService, Queues, Recipient, Registered,
    RegistrationRequest, Registry, RegistryFault, RequestKey, SALES_PAGE, STOCK_PAGE, SaleFilter,
    SaleIndex, SalePlace, SaleStore, StoreFault, StoredCredentials, TaskToken, TextMessages,
    TooManyUnpaid, UnpaidReservations, UnsettledSales, VehicleStore, Workflow,
};
use domain::sale::{
    Answer, Decline, FactKind, HandOver, Milestone, Notification, Order, PaymentKind,
    PaymentOutcome, Registration, Sale, Stage, Status, Wait,
};
use domain::use_cases::relay::Change;
use domain::vehicle::{
    NotInStock, StockPlace, StockVehicle, VehicleChange, VehicleRecord, VehicleStatus, build,
};
use domain::{
    AttemptId, BasePlatform, CommercialPlan, CustomerId, CustomerKey, DealershipId, EmailAddress,
    EmployeeId, OrderId, PhoneNumber, Plan as SalePlan, PlanCode, Plate, RegistrationId, SaleId,
    Sold, Vin,
};
use jiff::Timestamp;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::task::Poll;

/// How long the gateway knows an idempotency key, in milliseconds.
const KEY_LIFETIME: i64 = 24 * 60 * 60 * 1_000;

/// Which running process a wake-up is for.
pub type TaskId = u64;

/// A sale's item.
#[derive(Debug, Clone)]
pub struct Row {
    /// The sale as it was last committed.
    pub sale: Sale,
    /// The state machine's token.
    pub task_token: Option<TaskToken>,
    /// What was captured with it.
    pub details: Details,
}

/// A customer's item.
#[derive(Debug, Clone)]
pub struct CustomerRow {
    /// The internal id, which an account keeps.
    pub id: CustomerId,
    /// Whom mails go to.
    pub recipient: Recipient,
    /// The last pair stored.
    pub credentials: Option<StoredCredentials>,
    /// Whether it was sent.
    pub issued: bool,
    /// The attempt to erase the customer that goes on, if any.
    pub erasing: Option<AttemptId>,
    /// How the customer can be reached.
    pub contact: Contact,
}

/// A vehicle's item.
#[derive(Debug, Clone)]
pub struct VehicleRow {
    /// Who holds it.
    pub holder: Option<SaleId>,
    /// Whether a sale holds it, and is registered for it.
    pub status: VehicleStatus,
    /// Where it is.
    pub dealership: DealershipId,
    /// What it is and since when, while it is stock.
    pub stock: Option<(SalePlan, Timestamp)>,
    /// The plate that an authority gave it, if one did.
    pub plate: Option<Plate>,
    /// The sales that held it.
    pub sales: Vec<SaleId>,
}

/// A payment as the gateway knows it.
#[derive(Debug, Clone)]
pub struct GatewayPayment {
    /// The gateway's id.
    pub id: GatewayPaymentId,
    /// What it was told: whose.
    pub sale: SaleId,
    /// What it was told: which attempt.
    pub attempt: AttemptId,
    /// What it was told: for what.
    pub kind: PaymentKind,
    /// The amount in minor units (cents).
    pub amount: u64,
    /// What became of it.
    pub outcome: PaymentOutcome,
    /// Whether the bank took it back: a dispute that isn't won, or a debit that was returned.
    pub reversed: bool,
    /// When it was made, in milliseconds since the epoch.
    pub at: i64,
    /// Whether it is a debit that was returned after it had succeeded.
    pub returned: bool,
    /// The refunds that were made of it, oldest first.
    pub refunds: Vec<RefundId>,
    /// Whether the sale's item held the attempt when the call came.
    pub intent_stored: bool,
}

impl GatewayPayment {
    /// What the gateway says of it.
    pub fn told(&self) -> PaymentOutcome {
        if self.returned {
            PaymentOutcome::Declined(Decline::Declined)
        } else {
            self.outcome.clone()
        }
    }
}

/// An order as the factory knows it.
#[derive(Debug, Clone)]
pub struct FactoryOrder {
    /// The factory's id.
    pub id: OrderId,
    /// The key that it came under.
    pub reference: SaleId,
    /// The vehicle that the factory builds for it.
    pub vehicle: Vin,
    /// How far it is.
    pub milestone: Option<Milestone>,
    /// Whether the sale's item held the intent when the call came.
    pub intent_stored: bool,
}

/// A registration as the authority knows it.
#[derive(Debug, Clone)]
pub struct RegistryEntry {
    /// The sale that it was asked for.
    pub sale: SaleId,
    /// The vehicle that it gave a plate.
    pub vehicle: Vin,
    /// In whose name.
    pub dealership: domain::DealershipId,
    /// What was answered.
    pub registration: Registration,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// What had been captured, and not given back, of that sale's balance when the call came.
    pub balance_captured: bool,
}

/// What a mail was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MailKind {
    /// A new customer's initial password and activation link.
    Credentials,
    /// A forgotten password's link.
    PasswordReset,
    /// A step, by its place in [`NOTIFICATIONS`].
    Notification(usize),
    /// The same, shown on a device.
    Push(usize),
    /// The same, as a text message.
    Text(usize),
}

/// Every notification, to name a mail's kind by its place.
pub const NOTIFICATIONS: [Notification; 18] = [
    Notification::OrderPlaced,
    Notification::ManufacturingStarted,
    Notification::QualityCheckCompleted,
    Notification::ReadyForShipment,
    Notification::InTransit,
    Notification::AtDealership,
    Notification::FinalPaymentDue,
    Notification::FinalPaymentReceived,
    Notification::PaymentFailed,
    Notification::VehicleRegistered,
    Notification::ReadyForDelivery,
    Notification::DeliveryArranged,
    Notification::OrderRejected,
    Notification::SaleLapsed,
    Notification::SaleCancelled,
    Notification::DeadlineExtended,
    Notification::DeadlineReminder,
    Notification::PaymentRefunded,
];

/// One line of a run's story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// The process or person that did it, by name.
    pub who: &'static str,
    /// What it did, or what was noted of it.
    pub what: Happening,
}

/// What a line of the story tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A process called something outside itself.
    Called {
        /// The call's number.
        number: u64,
        /// The port's method that was called.
        site: Site,
        /// What went wrong.
        fault: Option<Fault>,
    },
    /// Something else, in words.
    Noted(String),
}

/// A mail that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address that it was sent to.
    pub to: EmailAddress,
    /// What it was.
    pub kind: MailKind,
    /// When, in milliseconds since the epoch.
    pub at: i64,
}

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
    plan: Plan,
    /// The plan's own chance, so that the same faults can be scripted and everything else stays as
    /// it was.
    plan_rng: Rng,
    latency: bool,
    task: TaskId,
    wakes: Vec<(i64, TaskId)>,
    crashed: Vec<TaskId>,
}

impl State {
    /// Whether the gateway gives no answer now.
    pub fn is_gateway_down(&self) -> bool {
        (self.gateway_down.0..self.gateway_down.1).contains(&self.now)
    }

    fn arrived(&mut self, to: &Recipient, kind: Option<MailKind>) {
        self.mails.extend(kind.map(|kind| Mail { to: to.email.clone(), kind, at: self.now }));
    }

    /// Adds a line to the story, if it is kept.
    pub fn note(&mut self, who: &'static str, what: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(Line { at: self.now, who, what: Happening::Noted(what()) });
        }
    }
}

/// See the module.
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
    async fn sleep(&self, millis: i64) {
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
    async fn crash(&self) {
        {
            let mut state = self.state.borrow_mut();
            let task = state.task;
            state.crashed.push(task);
        }
        std::future::pending::<()>().await;
    }
}

/// One process's connection to the world.
#[derive(Debug)]
pub struct Ports<'w> {
    world: &'w World,
    process: &'static str,
    calls: Cell<u32>,
}

impl<'w> Ports<'w> {
    /// A connection for a process of this name.
    pub fn new(world: &'w World, process: &'static str) -> Self {
        Self { world, process, calls: Cell::new(0) }
    }

    /// How many calls this process made.
    pub fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// The gate of every call. `lost` is what the caller sees when no answer comes.
    async fn call<T>(&self, site: Site, lost: T, mut act: impl FnMut(&mut State) -> T) -> T {
        self.calls.set(self.calls.get().saturating_add(1));
        let (fault, latency) = self.world.with(|state| {
            let number = state.calls;
            state.calls = number.saturating_add(1);
            let fault = state.plan.fault(number, &mut state.plan_rng);
            state.faults.extend(fault.map(|fault| (number, fault)));
            if let Some(story) = &mut state.story {
                story.push(Line {
                    at: state.now,
                    who: self.process,
                    what: Happening::Called { number, site, fault },
                });
            }
            let usual = 1 + i64::try_from(state.rng.below(40)).unwrap_or(0);
            let latency = match fault {
                Some(Fault::Delayed) => Some(usual.saturating_mul(10_000)),
                Some(Fault::LostRequest | Fault::LostAnswer) => Some(4_000),
                _ => Some(usual),
            };
            (fault, latency.filter(|_| state.latency))
        });
        if let Some(millis) = latency {
            self.world.sleep(millis).await;
        }
        match fault {
            None | Some(Fault::Delayed) => self.world.with(act),
            Some(Fault::LostRequest | Fault::Throttled | Fault::ServerError) => lost,
            Some(Fault::LostAnswer) => {
                self.world.with(act);
                lost
            }
            Some(Fault::Twice) => {
                self.world.with(&mut act);
                self.world.with(act)
            }
            Some(Fault::CrashBefore) => {
                self.world.crash().await;
                lost
            }
            Some(Fault::CrashAfter) => {
                self.world.with(act);
                self.world.crash().await;
                lost
            }
        }
    }

    /// The state machine's own call: stores a token while the sale awaits this. `false`: it doesn't
    /// any more.
    pub async fn store_token(
        &self,
        sale: SaleId,
        awaited: &str,
        token: &TaskToken,
    ) -> Result<bool, StoreFault> {
        self.call(Site::TokenStore, Err(StoreFault::Unavailable), |state| {
            let row = state.sales.get_mut(&sale).ok_or(StoreFault::Corrupt)?;
            let waits = row.sale.awaits().map(Wait::as_str) == Some(awaited);
            if waits {
                row.task_token = Some(token.clone());
            }
            Ok(waits)
        })
        .await
    }
}

impl SaleStore for Ports<'_> {
    async fn register(&self, new: NewSale<'_>) -> Result<Registered, StoreFault> {
        self.call(Site::StoreRegister, Err(StoreFault::Unavailable), |state| {
            if let Some(answer) = new.request.and_then(|request| answered(state, request)) {
                return Ok(answer);
            }
            if state.sales.contains_key(&new.sale.id) {
                // The transport repeated its own request: the first one's answer.
                return Ok(Registered::Stored);
            }
            if let Some(whose) = too_many_unpaid(state, &new) {
                return Ok(Registered::TooManyUnpaid(whose));
            }
            if let Some(why) =
                new.sale.stock.as_ref().and_then(|claim| not_in_stock(state, &new, &claim.vehicle))
            {
                return Ok(Registered::NotInStock(why));
            }
            let key = new.sale.customer.to_string();
            match state.customers.get_mut(&key) {
                Some(known) if !new.known_customer => {
                    return Ok(Registered::KnownCustomer(known.id));
                }
                Some(known) => known.erasing = None,
                None => {
                    let customer = &new.details.customer;
                    let (full_name, email) = (customer.full_name.clone(), customer.email.clone());
                    let recipient = Recipient { full_name, email, language: customer.language };
                    let contact = state.contact.clone();
                    let row = CustomerRow {
                        id: customer.id,
                        recipient,
                        credentials: None,
                        issued: false,
                        erasing: None,
                        contact,
                    };
                    state.customers.insert(key, row);
                }
            }
            if let Some(request) = new.request {
                let sold = Sold { plan: new.details.plan.clone(), terms: new.sale.terms };
                state.requests.insert(
                    request.key.to_string(),
                    (request.fingerprint.clone(), new.sale.id, sold),
                );
            }
            state.note("table", || {
                format!(
                    "{}: registered for {}",
                    short(new.sale.id),
                    new.details.customer.email.as_str()
                )
            });
            if let Some(claim) = &new.sale.stock {
                change_vehicle(
                    state,
                    new.sale,
                    &VehicleChange::Assign { vehicle: claim.vehicle.clone() },
                );
            }
            state
                .unpaid
                .insert(new.sale.id, (new.sale.dealership.clone(), new.sale.registered_by.clone()));
            let row =
                Row { sale: new.sale.clone(), task_token: None, details: new.details.clone() };
            state.sales.insert(new.sale.id, row);
            state.stream.push(Change { old: None, new: new.sale.clone(), task_token: None });
            Ok(Registered::Stored)
        })
        .await
    }

    async fn answered(&self, request: &RequestKey) -> Result<Option<Registered>, StoreFault> {
        self.call(Site::StoreAnswered, Err(StoreFault::Unavailable), |state| {
            Ok(answered(state, request))
        })
        .await
    }

    async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreFault> {
        let lost = Err(StoreFault::Unavailable);
        self.call(Site::StoreRead, lost, |state| {
            Ok(state.sales.get(&id).map(|row| row.sale.clone()))
        })
        .await
    }

    async fn sale_with_details(&self, id: SaleId) -> Result<Option<(Sale, Details)>, StoreFault> {
        let lost = Err(StoreFault::Unavailable);
        let read = |state: &mut State| {
            Ok(state.sales.get(&id).map(|row| (row.sale.clone(), row.details.clone())))
        };
        self.call(Site::StoreReadDetails, lost, read).await
    }

    async fn sales_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreFault> {
        let list = |state: &mut State| {
            let theirs = state
                .sales
                .values()
                .rev()
                .map(|row| &row.sale)
                .filter(|sale| sale.customer == *customer);
            Ok(theirs.map(|sale| sale.id).take(MOST_SALES_LISTED.into()).collect())
        };
        self.call(Site::StoreList, Err(StoreFault::Unavailable), list).await
    }

    async fn commit_with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitFault> {
        self.with_details(next, details).await
    }

    async fn commit_with_customer(
        &self,
        next: &Sale,
        details: &Details,
    ) -> Result<(), CommitFault> {
        self.with_details(next, details).await?;
        self.world.with(|state| {
            if let Some(row) = state.customers.get_mut(&next.customer.to_string()) {
                row.recipient.full_name = details.customer.full_name.clone();
                row.recipient.language = details.customer.language;
            }
        });
        Ok(())
    }

    async fn commit(
        &self,
        next: &Sale,
        vehicle: Option<&VehicleChange>,
    ) -> Result<(), CommitFault> {
        self.call(Site::StoreCommit, Err(StoreFault::Unavailable.into()), |state| {
            let Some(row) = state.sales.get_mut(&next.id) else {
                return Err(CommitFault::Conflict);
            };
            if row.sale == *next {
                // The transport repeated its own request.
                return Ok(());
            }
            if row.sale.version.checked_add(1) != Some(next.version) {
                return Err(CommitFault::Conflict);
            }
            if let Some(change) = vehicle {
                let holder = state.vehicles.get(change.vehicle()).and_then(|held| held.holder);
                let allowed = match change {
                    VehicleChange::Assign { .. } => holder.is_none_or(|holder| holder == next.id),
                    VehicleChange::Release { .. } | VehicleChange::Register { .. } => {
                        holder == Some(next.id)
                    }
                };
                if !allowed {
                    return Err(CommitFault::VehicleHeld);
                }
                change_vehicle(state, next, change);
            }
            replace_sale(state, next);
            Ok(())
        })
        .await
    }
}

/// The sale is `next` from now on, and the stream tells of it.
fn replace_sale(state: &mut State, next: &Sale) {
    let Some(row) = state.sales.get_mut(&next.id) else { return };
    if next.status() < row.sale.status() || next.milestone() < row.sale.milestone() {
        state.regressions.push(next.id);
    }
    let task_token = row.task_token.clone();
    let old = std::mem::replace(&mut row.sale, next.clone());
    let news: Vec<_> = next.facts.iter().skip(old.facts.len()).map(|fact| fact.0).collect();
    if !news.is_empty() {
        state.note("table", || format!("{}: {news:?}", short(next.id)));
    }
    state.stream.push(Change { old: Some(old), new: next.clone(), task_token });
}

fn answered(state: &State, request: &RequestKey) -> Option<Registered> {
    let (fingerprint, sale, sold) = state.requests.get(&request.key.to_string())?;
    let repeats = *fingerprint == request.fingerprint;
    Some(if repeats {
        Registered::Repeated(*sale, Box::new(sold.clone()))
    } else {
        Registered::KeyReused
    })
}

/// Whose sales that wait for their señal are too many for another one, if they are.
fn too_many_unpaid(
    state: &State,
    NewSale { sale, limits, .. }: &NewSale<'_>,
) -> Option<TooManyUnpaid> {
    let ours = || state.unpaid.values().filter(|(dealership, _)| *dealership == sale.dealership);
    let own = ours().filter(|(_, employee)| *employee == sale.registered_by).count();
    if own >= usize::from(limits.employee) {
        Some(TooManyUnpaid::Employee)
    } else {
        (ours().count() >= usize::from(limits.dealership)).then_some(TooManyUnpaid::Dealership)
    }
}

/// Why the sale can't take the vehicle, if it can't.
fn not_in_stock(state: &State, new: &NewSale<'_>, vehicle: &Vin) -> Option<NotInStock> {
    let Some(row) = state.vehicles.get(vehicle).filter(|row| row.dealership == new.sale.dealership)
    else {
        return Some(NotInStock::Unknown);
    };
    match &row.stock {
        None => Some(NotInStock::Held),
        Some((plan, _)) => {
            (build(plan) != build(&new.details.plan)).then_some(NotInStock::OtherBuild)
        }
    }
}

fn change_vehicle(state: &mut State, sale: &Sale, change: &VehicleChange) {
    let built = state.sales.get(&sale.id).map(|row| row.details.plan.clone());
    let row = state.vehicles.entry(change.vehicle().clone()).or_insert_with(|| VehicleRow {
        holder: None,
        status: VehicleStatus::Asignado,
        dealership: sale.dealership.clone(),
        stock: None,
        plate: None,
        sales: Vec::new(),
    });
    match change {
        VehicleChange::Assign { .. } => {
            (row.holder, row.status, row.stock) = (Some(sale.id), VehicleStatus::Asignado, None);
            row.sales.push(sale.id);
        }
        VehicleChange::Release { since, .. } => {
            (row.holder, row.status, row.stock) =
                (None, VehicleStatus::SinAsignar, built.map(|plan| (plan, *since)));
        }
        VehicleChange::Register { plate, .. } => {
            (row.status, row.plate) = (VehicleStatus::Matriculado, Some(plate.clone()));
        }
    }
}

impl Ports<'_> {
    /// What became of a commit of a sale with its details.
    async fn with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitFault> {
        self.call(Site::StoreCommit, Err(StoreFault::Unavailable.into()), |state| {
            let Some(row) = state.sales.get_mut(&next.id) else {
                return Err(CommitFault::Conflict);
            };
            if row.sale == *next {
                return Ok(());
            }
            if row.sale.version != next.version.saturating_sub(1) {
                return Err(CommitFault::Conflict);
            }
            row.details = details.clone();
            replace_sale(state, next);
            Ok(())
        })
        .await
    }
}

impl ErasureStore for Ports<'_> {
    async fn begin_erasure(
        &self,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), StoreFault> {
        self.call(Site::ErasureBegin, Err(StoreFault::Unavailable), |state| {
            let row = state.customers.get_mut(&customer.to_string()).ok_or(StoreFault::Corrupt)?;
            row.erasing = Some(attempt);
            Ok(())
        })
        .await
    }

    async fn every_sale_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreFault> {
        let list = |state: &mut State| {
            let theirs = state.sales.values().filter(|row| row.sale.customer == *customer);
            Ok(theirs.map(|row| row.sale.id).collect())
        };
        self.call(Site::StoreList, Err(StoreFault::Unavailable), list).await
    }

    async fn erase(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        last: Option<AttemptId>,
    ) -> Result<(), CommitFault> {
        self.call(Site::Erase, Err(StoreFault::Unavailable.into()), |state| {
            let key = customer.to_string();
            let marked =
                last.is_none() || state.customers.get(&key).is_some_and(|row| row.erasing == last);
            let Some(row) = state.sales.get_mut(&next.id) else {
                return Err(CommitFault::Conflict);
            };
            if row.sale == *next {
                return Ok(());
            }
            if !marked || row.sale.version != next.version.saturating_sub(1) {
                return Err(CommitFault::Conflict);
            }
            row.details = details.clone();
            replace_sale(state, next);
            if last.is_some() {
                state.customers.remove(&key);
            }
            Ok(())
        })
        .await
    }
}

impl UnpaidReservations for Ports<'_> {
    async fn release(&self, sale: &Sale) -> Result<(), StoreFault> {
        self.call(Site::ReservationRelease, Err(StoreFault::Unavailable), |state| {
            if state
                .sales
                .get(&sale.id)
                .is_some_and(|row| row.sale.status() == Status::SaleRegistered)
            {
                state.released_early.push(sale.id);
            }
            state.unpaid.remove(&sale.id);
            Ok(())
        })
        .await
    }
}

impl VehicleStore for Ports<'_> {
    async fn stock(
        &self,
        dealership: &DealershipId,
        platform: Option<&BasePlatform>,
        after: Option<&StockPlace>,
    ) -> Result<Vec<StockVehicle>, StoreFault> {
        self.call(Site::StockRead, Err(StoreFault::Unavailable), |state| {
            let ours = state.vehicles.iter().filter(|(_, row)| row.dealership == *dealership);
            let found = ours.filter_map(|(vehicle, row)| {
                let (plan, since) = row.stock.clone()?;
                Some(StockVehicle { vehicle: vehicle.clone(), plan, since })
            });
            let order =
                |place: &StockPlace| (place.platform.clone(), place.since, place.vehicle.clone());
            let mut found: Vec<StockVehicle> = found
                .filter(|found| {
                    platform.is_none_or(|platform| found.plan.base_platform == *platform)
                })
                .filter(|found| after.is_none_or(|after| order(&found.place()) > order(after)))
                .collect();
            found.sort_by_key(|found| order(&found.place()));
            found.truncate(usize::from(STOCK_PAGE));
            Ok(found)
        })
        .await
    }

    async fn vehicle(
        &self,
        dealership: &DealershipId,
        vehicle: &Vin,
    ) -> Result<Option<VehicleRecord>, StoreFault> {
        self.call(Site::VehicleRead, Err(StoreFault::Unavailable), |state| {
            let row = state.vehicles.get(vehicle).filter(|row| row.dealership == *dealership);
            Ok(row.map(|row| {
                let (status, plate, sales) = (row.status, row.plate.clone(), row.sales.clone());
                VehicleRecord { vehicle: vehicle.clone(), status, plate, sales }
            }))
        })
        .await
    }
}

impl SaleIndex for Ports<'_> {
    async fn list(
        &self,
        dealership: &DealershipId,
        filter: &SaleFilter,
        after: Option<SalePlace>,
    ) -> Result<Vec<SalePlace>, StoreFault> {
        self.call(Site::IndexRead, Err(StoreFault::Unavailable), |state| {
            let ours = state
                .sales
                .values()
                .map(|row| &row.sale)
                .filter(|sale| sale.dealership == *dealership);
            let mut places: Vec<SalePlace> = match filter {
                SaleFilter::Registered { by, from, to } => {
                    let between = SaleId::least_at(*from)..SaleId::least_at(*to);
                    let ours = ours.filter(|sale| between.contains(&sale.id));
                    let ours =
                        ours.filter(|sale| by.as_ref().is_none_or(|by| sale.registered_by == *by));
                    ours.map(|sale| SalePlace { at: sale.id.made_at(), sale: sale.id })
                        .rev()
                        .collect()
                }
                SaleFilter::Status(status) => {
                    ours.filter(|sale| sale.status() == *status).map(SalePlace::of).collect()
                }
                SaleFilter::Overdue(before) => ours
                    .filter(|sale| sale.due_at().is_some_and(|due| due < *before))
                    .map(SalePlace::of)
                    .collect(),
            };
            match filter {
                SaleFilter::Registered { .. } => {
                    places.retain(|place| after.is_none_or(|after| place.sale < after.sale));
                }
                SaleFilter::Status(_) | SaleFilter::Overdue(_) => {
                    places.retain(|place| after.is_none_or(|after| *place > after));
                    places.sort_unstable();
                }
            }
            places.truncate(usize::from(SALES_PAGE));
            Ok(places)
        })
        .await
    }

    async fn sales(&self, ids: &[SaleId]) -> Result<Vec<(Sale, Details)>, StoreFault> {
        let read = |state: &mut State| {
            let rows = ids.iter().filter_map(|id| state.sales.get(id));
            Ok(rows.map(|row| (row.sale.clone(), row.details.clone())).collect())
        };
        self.call(Site::SalesRead, Err(StoreFault::Unavailable), read).await
    }

    async fn with_order(&self, order: &OrderId) -> Result<Vec<SaleId>, StoreFault> {
        let find = |state: &mut State| {
            let sales = state.sales.values().map(|row| &row.sale);
            Ok(sales
                .filter(|sale| sale.order().is_some_and(|known| known.id == *order))
                .map(|sale| sale.id)
                .collect())
        };
        self.call(Site::IndexRead, Err(StoreFault::Unavailable), find).await
    }

    async fn with_plate(&self, plate: &Plate) -> Result<Vec<Vin>, StoreFault> {
        let plate = plate.normalized();
        let find = |state: &mut State| {
            let has = |row: &VehicleRow| {
                row.plate.as_ref().is_some_and(|known| known.normalized() == plate)
            };
            Ok(state
                .vehicles
                .iter()
                .filter(|(_, row)| has(row))
                .map(|(vehicle, _)| vehicle.clone())
                .collect())
        };
        self.call(Site::IndexRead, Err(StoreFault::Unavailable), find).await
    }
}

impl PlanStore for Ports<'_> {
    async fn plan(&self, code: &PlanCode) -> Result<Option<CommercialPlan>, StoreFault> {
        self.call(Site::PlanRead, Err(StoreFault::Unavailable), |state| {
            Ok(state.plans.get(code).cloned())
        })
        .await
    }

    async fn plans(&self) -> Result<Vec<CommercialPlan>, StoreFault> {
        self.call(Site::PlanRead, Err(StoreFault::Unavailable), |state| {
            Ok(state.plans.values().cloned().collect())
        })
        .await
    }

    async fn put_plan(&self, plan: &CommercialPlan) -> Result<(), StoreFault> {
        self.call(Site::PlanPut, Err(StoreFault::Unavailable), |state| {
            state.plans.insert(plan.code.clone(), plan.clone());
            Ok(())
        })
        .await
    }
}

impl UnsettledSales for Ports<'_> {
    async fn unsettled(&self, before: Timestamp) -> Result<Vec<SaleId>, StoreFault> {
        self.call(Site::StoreUnsettled, Err(StoreFault::Unavailable), |state| {
            let due = |row: &&Row| row.sale.unsettled_since().is_some_and(|since| since <= before);
            Ok(state.sales.values().filter(due).map(|row| row.sale.id).collect())
        })
        .await
    }
}

impl OpenCases for Ports<'_> {
    async fn with_open_cases(&self, dealership: &DealershipId) -> Result<Vec<Sale>, StoreFault> {
        self.call(Site::StoreCases, Err(StoreFault::Unavailable), |state| {
            let ours = |row: &&Row| {
                row.sale.dealership == *dealership && row.sale.open_cases().next().is_some()
            };
            let mut found: Vec<Sale> =
                state.sales.values().filter(ours).map(|row| row.sale.clone()).collect();
            found.sort_by_key(|sale| sale.open_cases().map(|case| case.opened_at).min());
            Ok(found)
        })
        .await
    }
}

impl CustomerStore for Ports<'_> {
    async fn credentials(
        &self,
        customer: &CustomerKey,
    ) -> Result<Option<CredentialsState>, StoreFault> {
        self.call(Site::CredentialsRead, Err(StoreFault::Unavailable), |state| {
            Ok(state.customers.get(&customer.to_string()).map(|row| {
                let recipient = row.recipient.clone();
                let username = recipient.email.clone();
                if row.issued {
                    CredentialsState::Issued
                } else {
                    CredentialsState::Owed { recipient, username }
                }
            }))
        })
        .await
    }

    async fn store_credentials(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<bool, StoreFault> {
        self.call(Site::CredentialsStore, Err(StoreFault::Unavailable), |state| {
            let owed = state.customers.get_mut(&customer.to_string()).filter(|row| !row.issued);
            Ok(owed.map(|row| row.credentials = Some(credentials.clone())).is_some())
        })
        .await
    }

    async fn credentials_sent(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<(), StoreFault> {
        self.call(Site::CredentialsSent, Err(StoreFault::Unavailable), |state| {
            let row = state.customers.get_mut(&customer.to_string());
            if let Some(row) = row.filter(|row| row.credentials.as_ref() == Some(credentials)) {
                row.issued = true;
            }
            Ok(())
        })
        .await
    }
}

impl NotificationLog for Ports<'_> {
    async fn told(&self, sale: SaleId, fact: usize) -> Result<ChannelSet, StoreFault> {
        let told = |state: &mut State| {
            state.told.get(&(sale, fact)).into_iter().flatten().copied().collect()
        };
        self.call(Site::NotificationRead, Err(StoreFault::Unavailable), |state| Ok(told(state)))
            .await
    }

    async fn record_told(
        &self,
        sale: SaleId,
        fact: usize,
        channel: Channel,
        _at: Timestamp,
    ) -> Result<(), StoreFault> {
        self.call(Site::NotificationRecord, Err(StoreFault::Unavailable), |state| {
            state.told.entry((sale, fact)).or_default().insert(channel);
            Ok(())
        })
        .await
    }
}

impl Ports<'_> {
    /// Changes how a customer can be reached, if there is such a customer.
    async fn change_contact<T, E: From<StoreFault>>(
        &self,
        customer: &CustomerKey,
        change: impl Fn(&mut Contact) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        self.call(Site::ContactChange, Err(StoreFault::Unavailable.into()), |state| {
            state
                .customers
                .get_mut(&customer.to_string())
                .map(|row| change(&mut row.contact))
                .transpose()
        })
        .await
    }
}

impl ContactStore for Ports<'_> {
    async fn contact(&self, customer: &CustomerKey) -> Result<Option<Contact>, StoreFault> {
        self.call(Site::ContactRead, Err(StoreFault::Unavailable), |state| {
            Ok(state.customers.get(&customer.to_string()).map(|row| row.contact.clone()))
        })
        .await
    }

    async fn set_preferences(
        &self,
        customer: &CustomerKey,
        preferences: Preferences,
    ) -> Result<(), StoreFault> {
        let set = |contact: &mut Contact| {
            contact.preferences = preferences;
            Ok(())
        };
        self.change_contact(customer, set).await.map(drop)
    }

    async fn add_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), DeviceFault> {
        self.change_contact(customer, |contact| add_device(contact, device)).await.map(drop)
    }

    async fn forget_device(
        &self,
        customer: &CustomerKey,
        device: &Device,
    ) -> Result<(), StoreFault> {
        let forget = |contact: &mut Contact| {
            contact.devices.retain(|known| known != device);
            Ok(())
        };
        self.change_contact(customer, forget).await.map(drop)
    }
}

/// Adds a device, once, if there are not too many.
pub(crate) fn add_device(contact: &mut Contact, device: &Device) -> Result<(), DeviceFault> {
    if contact.devices.contains(device) {
        return Ok(());
    }
    if contact.devices.len() >= usize::from(MAX_DEVICES) {
        return Err(DeviceFault::TooMany);
    }
    contact.devices.push(device.clone());
    Ok(())
}

/// A step's place in [`NOTIFICATIONS`].
fn place(content: &MailContent) -> Option<usize> {
    let MailContent::Notification { notification, .. } = content else { return None };
    NOTIFICATIONS.iter().position(|known| known == notification)
}

impl PushService for Ports<'_> {
    async fn register(&self, _: Platform, token: &DeviceToken) -> Result<Device, PushFault> {
        self.call(Site::PushRegister, Err(NotDelivered.into()), |_| {
            Ok(Device(format!("device/{}", token.as_str())))
        })
        .await
    }

    async fn push(
        &self,
        device: &Device,
        _: SaleId,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), PushFault> {
        self.call(Site::PushSend, Err(NotDelivered.into()), |state| {
            if state.gone.contains(device) {
                return Err(PushFault::Gone);
            }
            state.arrived(to, place(content).map(MailKind::Push));
            Ok(())
        })
        .await
    }
}

impl TextMessages for Ports<'_> {
    async fn send_text(
        &self,
        _: &PhoneNumber,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), NotDelivered> {
        self.call(Site::TextSend, Err(NotDelivered), |state| {
            state.arrived(to, place(content).map(MailKind::Text));
            Ok(())
        })
        .await
    }
}

impl PaymentGateway for Ports<'_> {
    /// The token says what the gateway does: `pm_card`, `pm_declined`, `pm_bank`, `pm_bank_fails`.
    async fn charge(&self, charge: &Charge) -> Result<PaymentOutcome, NoAnswer> {
        self.call(Site::GatewayCharge, Err(NoAnswer), |state| {
            let key = charge.attempt.to_string();
            let lost = state.is_gateway_down() && state.rng.percent(50);
            if lost {
                return Err(NoAnswer);
            }
            let known = state
                .payments
                .get(&key)
                .filter(|known| state.now.saturating_sub(known.at) <= KEY_LIFETIME);
            if let Some(outcome) = known.map(|known| known.outcome.clone()) {
                return if state.is_gateway_down() { Err(NoAnswer) } else { Ok(outcome) };
            }
            let id = GatewayPaymentId::parse(&format!("pi_{}", state.payments.len()))
                .map_err(|_| NoAnswer)?;
            let outcome = match charge.token.as_str() {
                "pm_declined" => PaymentOutcome::Declined(Decline::InsufficientFunds),
                "pm_bank" | "pm_bank_fails" => PaymentOutcome::Processing(id.clone()),
                _ => PaymentOutcome::Captured(id.clone()),
            };
            if matches!(outcome, PaymentOutcome::Processing(_)) {
                state.settling.push(charge.attempt);
            }
            state.gateway_news.push(charge.attempt);
            state.note("gateway", || {
                format!(
                    "{}: {} {:?}",
                    short(charge.sale),
                    charge.kind.as_str(),
                    Answer::of(&outcome)
                )
            });
            let stored = state.sales.get(&charge.sale);
            let intent_stored = stored.is_some_and(|row| {
                row.sale.all_attempts().any(|(_, known)| known.id == charge.attempt)
            });
            let payment = GatewayPayment {
                id,
                sale: charge.sale,
                attempt: charge.attempt,
                kind: charge.kind,
                amount: charge.amount.minor(),
                outcome: outcome.clone(),
                reversed: false,
                at: state.now,
                returned: false,
                refunds: Vec::new(),
                intent_stored,
            };
            // A key that is forgotten charges again.
            let again =
                if state.payments.contains_key(&key) { format!("{key} again") } else { key };
            state.payments.insert(again, payment);
            if state.is_gateway_down() { Err(NoAnswer) } else { Ok(outcome) }
        })
        .await
    }

    async fn look_up(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, NoAnswer> {
        let find = |state: &mut State| {
            let known = state
                .payments
                .values()
                .find(|known| known.id == *payment && !state.is_gateway_down());
            known.map(GatewayPayment::told).ok_or(NoAnswer)
        };
        self.call(Site::GatewayLookUp, Err(NoAnswer), find).await
    }

    async fn owner(
        &self,
        payment: &GatewayPaymentId,
    ) -> Result<Option<(SaleId, AttemptId)>, NoAnswer> {
        let find = |state: &mut State| {
            if state.is_gateway_down() {
                return Err(NoAnswer);
            }
            let known = state.payments.values().find(|known| known.id == *payment);
            Ok(known.map(|known| (known.sale, known.attempt)))
        };
        self.call(Site::GatewayOwner, Err(NoAnswer), find).await
    }

    async fn refund(
        &self,
        attempt: AttemptId,
        payment: &GatewayPaymentId,
    ) -> Result<RefundId, NoAnswer> {
        self.call(Site::GatewayRefund, Err(NoAnswer), |state| {
            if state.is_gateway_down() {
                return Err(NoAnswer);
            }
            let known = state
                .payments
                .get_mut(&attempt.to_string())
                .filter(|known| known.id == *payment)
                .ok_or(NoAnswer)?;
            if let Some(refund) = known.refunds.first() {
                return Ok(refund.clone());
            }
            if known.reversed {
                return Err(NoAnswer);
            }
            let refund = RefundId::parse(&format!("re_{}", known.id)).map_err(|_| NoAnswer)?;
            known.refunds.push(refund.clone());
            let sale = known.sale;
            state.note("gateway", || format!("{}: gave {} back", short(sale), payment));
            Ok(refund)
        })
        .await
    }
}

impl Factory for Ports<'_> {
    /// The factory refuses the platform `UNBUILDABLE`.
    async fn place(&self, order: &OrderRequest) -> Result<Order, FactoryFault> {
        self.call(Site::FactoryPlace, Err(NoAnswer.into()), |state| {
            if order.base_platform.as_str() == "UNBUILDABLE" {
                return Err(FactoryFault::Refused(
                    "this platform is not built any more".to_owned(),
                ));
            }
            let estimated_delivery = Some(jiff::civil::date(2027, 1, 15));
            let key = order.sale.to_string();
            if let Some(known) = state.orders.get(&key) {
                return Ok(Order { id: known.id.clone(), estimated_delivery });
            }
            let number = state.orders.len();
            let id = OrderId::parse(&format!("F-{number}")).map_err(|_| NoAnswer)?;
            let vehicle = Vin::parse(&format!("VSS{number:014}")).map_err(|_| NoAnswer)?;
            let stage = state.sales.get(&order.sale).map(|row| &row.sale.stage);
            let intent_stored =
                matches!(stage, Some(Stage::ReservationPaid { order_requested_at: Some(_) }));
            let known = FactoryOrder {
                id: id.clone(),
                reference: order.sale,
                vehicle,
                milestone: None,
                intent_stored,
            };
            state.orders.insert(key, known);
            state.begun.push(order.sale);
            state.note("factory", || format!("{}: took the order", short(order.sale)));
            Ok(Order { id, estimated_delivery })
        })
        .await
    }

    async fn report(&self, order: &OrderId) -> Result<OrderReport, NoAnswer> {
        self.call(Site::FactoryReport, Err(NoAnswer), |state| {
            let known = state.orders.values().find(|known| known.id == *order).ok_or(NoAnswer)?;
            Ok(OrderReport {
                milestone: known.milestone,
                vehicle: Some(known.vehicle.clone()),
                estimated_delivery: None,
            })
        })
        .await
    }
}

impl Registry for Ports<'_> {
    /// Every third sale's registration takes two more questions; the country `XX` has no registry.
    async fn register(&self, request: &RegistrationRequest) -> Result<Registration, RegistryFault> {
        self.call(Site::RegistryRegister, Err(NoAnswer.into()), |state| {
            if request.country.to_string() == "XX" {
                return Err(RegistryFault::Refused("unknown country".to_owned()));
            }
            // Every fifth sale's first request is refused: a key gets the same answer each time.
            let key = request.key();
            let of_sale =
                state.sales.keys().position(|known| *known == request.sale).unwrap_or_default();
            if of_sale % 5 == 3 {
                state.refused.entry(request.sale).or_insert_with(|| key.clone());
            }
            if state.refused.get(&request.sale) == Some(&key) {
                return Err(RegistryFault::Refused("a document can't be read".to_owned()));
            }
            if let Some(known) = state.registrations.get(&key) {
                return Ok(known.registration.clone());
            }
            let number = state.registrations.len();
            let calls = state.registration_calls.entry(request.sale).or_default();
            *calls = calls.saturating_add(1);
            if number % 3 == 1 && *calls < 3 {
                return Err(RegistryFault::Pending);
            }
            let id = RegistrationId::parse(&format!("R-{number}")).map_err(|_| NoAnswer)?;
            let plate = Plate::parse(&format!("{number:04} BCD")).map_err(|_| NoAnswer)?;
            let balance_captured = state.payments.values().any(|payment| {
                payment.sale == request.sale
                    && payment.kind == PaymentKind::Balance
                    && payment.refunds.is_empty()
                    && matches!(payment.outcome, PaymentOutcome::Captured(_))
            });
            let registration = Registration { id, plate };
            let (vehicle, dealership) = (request.vehicle.clone(), request.dealership.clone());
            let entry = RegistryEntry {
                sale: request.sale,
                at: state.now,
                vehicle,
                dealership,
                registration: registration.clone(),
                balance_captured,
            };
            state.registrations.insert(key, entry);
            state.note("registry", || {
                format!("{}: registered {}", short(request.sale), request.vehicle)
            });
            Ok(registration)
        })
        .await
    }
}

impl Workflow for Ports<'_> {
    async fn start(&self, sale: SaleId) -> Result<(), NotDelivered> {
        self.call(Site::WorkflowStart, Err(NotDelivered), |state| {
            state.started.push(sale);
            Ok(())
        })
        .await
    }

    async fn resume(&self, token: &TaskToken) -> Result<(), NotDelivered> {
        self.call(Site::WorkflowResume, Err(NotDelivered), |state| {
            state.resumed.push(token.clone());
            Ok(())
        })
        .await
    }
}

impl DeliverySubsystem for Ports<'_> {
    async fn take_over(&self, sale: &HandOver) -> Result<(), NotDelivered> {
        self.call(Site::DeliveryTakeOver, Err(NotDelivered), |state| {
            state.note("delivery", || {
                format!("{}: takes over {}", short(sale.sale_id), sale.vehicle_id)
            });
            state.taken_over.push(sale.clone());
            Ok(())
        })
        .await
    }
}

impl Queues for Ports<'_> {
    async fn send(&self, message: &Message) -> Result<(), NotDelivered> {
        self.call(Site::QueueSend, Err(NotDelivered), |state| {
            state.messages.push(message.clone());
            Ok(())
        })
        .await
    }
}

impl Mailer for Ports<'_> {
    async fn send(&self, to: &Recipient, content: &MailContent) -> Result<(), NotDelivered> {
        self.call(Site::MailSend, Err(NotDelivered), |state| {
            let kind = match content {
                MailContent::Credentials { .. } => Some(MailKind::Credentials),
                MailContent::PasswordReset { .. } => Some(MailKind::PasswordReset),
                MailContent::Notification { .. } => place(content).map(MailKind::Notification),
            };
            state.note("mail", || match content {
                MailContent::Credentials { .. } => format!("credentials to {}", to.email.as_str()),
                MailContent::PasswordReset { .. } => {
                    format!("a new password's link to {}", to.email.as_str())
                }
                MailContent::Notification { notification, .. } => {
                    format!("{notification:?} to {}", to.email.as_str())
                }
            });
            state.arrived(to, kind);
            Ok(())
        })
        .await
    }
}

/// The part of a sale's id that tells it from the others of a run.
pub fn short(sale: SaleId) -> String {
    let mut id = sale.to_string();
    id.truncate(8);
    id
}

/// Whether the sale's history has this fact.
pub fn has(sale: &Sale, kind: FactKind) -> bool {
    sale.facts.iter().any(|fact| fact.0 == kind)
}
