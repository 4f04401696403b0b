//! What the use cases need from outside. Each port has a real adapter (`adapters`), an in-memory
//! one (`testkit`), and one contract suite that both pass.

use crate::contact::{Channel, ChannelSet, Contact, Device, DeviceToken, Platform, Preferences};
use crate::country::DocumentKind;
use crate::customer::Iban;
use crate::ids::{FileDigest, GatewayPaymentId, PaymentMethodToken, RefundId, ShortDigest};
use crate::sale::{
    DeliveryPlace, HandOver, Notification, Order, PaymentKind, PaymentMethod, PaymentOutcome,
    Registration, Status,
};
use crate::vehicle::{NotInStock, StockPlace, StockVehicle, VehicleChange, VehicleRecord};
use crate::{
    Address, AttemptId, BasePlatform, CommercialPlan, CountryCode, Customer, CustomerId,
    CustomerKey, DealershipId, Delivery, EmailAddress, EmployeeId, FullName, Language, Money,
    OptionCode, OrderId, PhoneNumber, Plan, PlanCode, Plate, Reason, Sale, SaleId, Sold, Vin,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The store could not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// Throttled, unreachable or timed out: whether a write happened is not known. Trying again is
    /// safe.
    #[error("the store is unavailable")]
    Unavailable,
    /// An item is not what this code writes: people must look.
    #[error("a stored item can't be read")]
    Corrupt,
}

/// A commit did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitFault {
    /// Somebody committed first: load again and decide again.
    #[error("the sale changed meanwhile")]
    Conflict,
    /// Another sale holds the vehicle.
    #[error("the vehicle is held by another sale")]
    VehicleHeld,
    /// The store gave no answer that can be used; see [`StoreFault`].
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// What an employee captured, written once beside the sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Who bought, as captured at this sale.
    pub customer: Customer,
    /// The platform and options that were sold, and under which plan comercial.
    pub plan: Plan,
    /// Where it goes.
    pub delivery: Delivery,
    /// When the sale was registered.
    #[serde(with = "crate::time::millis")]
    pub registered_at: Timestamp,
    /// What was put on file for the authority, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// How the customer's data were corrected, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

/// The customer's data were corrected: who, when, why, and what; not what stood there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The employee, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// The employee's own words, up to 200 characters; they may name the customer.
    pub reason: Reason,
    /// When it was committed, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// The names of the fields.
    pub fields: Vec<String>,
}

/// A document on file: which, without the document itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// The file's digest.
    pub sha256: FileDigest,
    /// Who put it on file.
    pub by: EmployeeId,
    /// When it was committed, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
}

impl Details {
    /// What stays when the customer's personal data are erased: what was bought, and in which
    /// country.
    #[must_use]
    pub fn erased(&self) -> Self {
        let delivery = match &self.delivery {
            Delivery::Dealership => Delivery::Dealership,
            Delivery::CustomerAddress { address } => {
                Delivery::CustomerAddress { address: address.erased() }
            }
        };
        let (customer, plan, registered_at) =
            (self.customer.erased(), self.plan.clone(), self.registered_at);
        Self {
            customer,
            plan,
            delivery,
            registered_at,
            documents: Vec::new(),
            corrections: Vec::new(),
        }
    }
}

/// A repeatable request: the digest of its key (with who sent it) and of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Digest of sender and `Idempotency-Key`.
    pub key: ShortDigest,
    /// Digest of the content.
    pub fingerprint: ShortDigest,
}

/// What [`SaleStore::register`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// The sale is stored.
    Stored,
    /// The same request was answered before, with this sale, sold like this.
    Repeated(SaleId, Box<Sold>),
    /// The key was used with another content.
    KeyReused,
    /// The stock vehicle can't be taken.
    NotInStock(NotInStock),
    /// Too many sales wait for their señal.
    TooManyUnpaid(TooManyUnpaid),
    /// The e-mail address is a known customer's: try again under this id.
    KnownCustomer(CustomerId),
}

/// How many sales may wait for their señal at once: a sale costs the dealership's stock, and mails
/// to a stranger, before anybody has paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpaidLimits {
    /// Of one employee's.
    pub employee: u16,
    /// Of one dealership's.
    pub dealership: u16,
}

/// Whose sales that wait for their señal are as many as [`UnpaidLimits`] has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooManyUnpaid {
    /// The employee who registers has [`UnpaidLimits::employee`] of them.
    #[error("the employee has as many unpaid reservations as one may have")]
    Employee,
    /// The employee's dealership has [`UnpaidLimits::dealership`] of them.
    #[error("the dealership has as many unpaid reservations as one may have")]
    Dealership,
}

/// A sale to store, with all that goes with it, in one transaction.
#[derive(Debug, Clone)]
pub struct NewSale<'a> {
    /// The sale at its first version.
    pub sale: &'a Sale,
    /// What was captured.
    pub details: &'a Details,
    /// Whether the customer's record exists already.
    pub known_customer: bool,
    /// How many may wait for their señal, with it.
    pub limits: UnpaidLimits,
    /// The request, if it can be repeated.
    pub request: Option<&'a RequestKey>,
}

/// How many sales [`SaleStore::sales_of`] names: more than any household buys; one small page of
/// the table.
pub const MOST_SALES_LISTED: u8 = 50;

/// Sales, their details, and the vehicles that they hold.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait SaleStore {
    /// Stores a new sale, its details, its place among the customer's, the customer (if new) and
    /// the request's answer, all or nothing.
    async fn register(&self, new: NewSale<'_>) -> Result<Registered, StoreFault>;
    /// What became of an earlier request with this key, if any: [`Registered::Repeated`] or
    /// [`Registered::KeyReused`].
    async fn answered(&self, request: &RequestKey) -> Result<Option<Registered>, StoreFault>;
    /// The sale as last committed.
    async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreFault>;
    /// The sale and its details.
    async fn sale_with_details(&self, id: SaleId) -> Result<Option<(Sale, Details)>, StoreFault>;
    /// A customer's sales, newest first, the last [`MOST_SALES_LISTED`] of them.
    async fn sales_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreFault>;
    /// Commits `next` (and the vehicle's change), only if the sale is still at the version before
    /// it.
    async fn commit(&self, next: &Sale, vehicle: Option<&VehicleChange>)
    -> Result<(), CommitFault>;
    /// As [`Self::commit`], with the sale's details in the place of those that are stored.
    async fn commit_with_details(&self, next: &Sale, details: &Details) -> Result<(), CommitFault>;
    /// As [`Self::commit_with_details`], with the customer's name and language in the customer's
    /// record, too.
    async fn commit_with_customer(&self, next: &Sale, details: &Details)
    -> Result<(), CommitFault>;
}

/// The reservations that wait for their señal, as [`SaleStore::register`] counts them.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait UnpaidReservations {
    /// The sale waits no more. Nothing happens if it is known already.
    async fn release(&self, sale: &Sale) -> Result<(), StoreFault>;
}

/// Where customers' personal data are, to be erased.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait ErasureStore {
    /// Marks the customer: a sale that is registered from here on takes the mark away.
    async fn begin_erasure(
        &self,
        customer: &CustomerKey,
        attempt: AttemptId,
    ) -> Result<(), StoreFault>;
    /// All the customer's sales.
    async fn every_sale_of(&self, customer: &CustomerKey) -> Result<Vec<SaleId>, StoreFault>;
    /// Commits `next`, which is nobody's any more, with what stays of its details, and takes it
    /// from its customer's sales; with `last` the customer's account goes too, if that attempt's
    /// mark is still there.
    async fn erase(
        &self,
        next: &Sale,
        details: &Details,
        customer: &CustomerKey,
        last: Option<AttemptId>,
    ) -> Result<(), CommitFault>;
}

/// How many vehicles a page of the stock has.
pub const STOCK_PAGE: u16 = 50;

/// Vehicles as they are on their own.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait VehicleStore {
    /// A page of the dealership's stock, by platform, then the oldest first; one platform's where
    /// it is given.
    async fn stock(
        &self,
        dealership: &DealershipId,
        platform: Option<&BasePlatform>,
        after: Option<&StockPlace>,
    ) -> Result<Vec<StockVehicle>, StoreFault>;
    /// The record of a vehicle that is, or was last, at this dealership.
    async fn vehicle(
        &self,
        dealership: &DealershipId,
        vehicle: &Vin,
    ) -> Result<Option<VehicleRecord>, StoreFault>;
}

/// The plans comerciales.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait PlanStore {
    /// A plan, as it was put within the time that the store may keep it in memory.
    async fn plan(&self, code: &PlanCode) -> Result<Option<CommercialPlan>, StoreFault>;
    /// Every plan as it was put last, by code.
    async fn plans(&self) -> Result<Vec<CommercialPlan>, StoreFault>;
    /// Puts a plan in the place of the one with its code.
    async fn put_plan(&self, plan: &CommercialPlan) -> Result<(), StoreFault>;
}

/// Sales in which something is open at the gateway.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait UnsettledSales {
    /// Every sale that is unsettled since `before` or longer ([`Sale::unsettled_since`]), in any
    /// order.
    async fn unsettled(&self, before: Timestamp) -> Result<Vec<SaleId>, StoreFault>;
}

/// What a dealership's people have to look at.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait OpenCases {
    /// The dealership's sales with an open case, the oldest case first.
    async fn with_open_cases(&self, dealership: &DealershipId) -> Result<Vec<Sale>, StoreFault>;
}

/// How many sales a page has: with their details a hundred items, as many as one read of the table
/// takes.
pub const SALES_PAGE: u16 = 50;

/// Which of a dealership's sales, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaleFilter {
    /// All, or one employee's, that were registered from the one moment to before the other; the
    /// newest first.
    Registered {
        /// The employee who registered them; `None` for everybody's.
        by: Option<EmployeeId>,
        /// From this moment on.
        from: Timestamp,
        /// Until before this one.
        to: Timestamp,
    },
    /// Those with this status: what is due first comes first, and without a date the oldest.
    Status(Status),
    /// Those in which what is awaited was due before this moment; the longest overdue first.
    Overdue(Timestamp),
}

/// A place in a list of sales, from which it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SalePlace {
    /// By what the list is ordered: when the sale is due, or was registered.
    pub at: Timestamp,
    /// Tells two sales of one moment apart: ids are in the order of their moments.
    pub sale: SaleId,
}

impl SalePlace {
    /// Where a sale is among those of its status.
    pub fn of(sale: &Sale) -> Self {
        Self { at: sale.due_at().unwrap_or_else(|| sale.registered_at()), sale: sale.id }
    }

    /// Parses what [`std::fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, sale) = text.split_once('.')?;
        Some(Self {
            at: Timestamp::from_millisecond(at.parse().ok()?).ok()?,
            sale: SaleId::parse(sale).ok()?,
        })
    }
}

impl std::fmt::Display for SalePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.as_millisecond(), self.sale)
    }
}

/// Sales by what the back office looks for. Each answer comes from an index that follows a commit
/// within a moment.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait SaleIndex {
    /// A page of the dealership's sales, [`SALES_PAGE`] of them while there are more.
    async fn list(
        &self,
        dealership: &DealershipId,
        filter: &SaleFilter,
        after: Option<SalePlace>,
    ) -> Result<Vec<SalePlace>, StoreFault>;
    /// These sales and their details, [`SALES_PAGE`] at most, in this order. One that isn't there
    /// is left out.
    async fn sales(&self, ids: &[SaleId]) -> Result<Vec<(Sale, Details)>, StoreFault>;
    /// The sales of the factory's order: one at most, unless the factory gave an id twice.
    async fn with_order(&self, order: &OrderId) -> Result<Vec<SaleId>, StoreFault>;
    /// The vehicles with this plate: one at most, unless authorities of two countries gave it.
    async fn with_plate(&self, plate: &Plate) -> Result<Vec<Vin>, StoreFault>;
}

/// What is stored of a customer's credentials. No plain text is ever in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCredentials {
    /// argon2id hash of the initial password, in PHC form.
    pub password_hash: String,
    /// SHA-256 of the activation link's token, in hex.
    pub activation_token_digest: String,
    /// When link and password stop working.
    pub expires_at: Timestamp,
}

/// How far a customer's credentials are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialsState {
    /// None were sent yet; a pair may be stored that nobody got.
    Owed {
        /// Whom they are mailed to, as the customer's record has it.
        recipient: Recipient,
        /// The customer's user name.
        username: EmailAddress,
    },
    /// They were sent, or the account is active.
    Issued,
}

/// The credentials of customers' accounts, as far as sending them goes. What opens an account is
/// [`crate::account::AccountStore`].
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait CustomerStore {
    /// How far the credentials are; `None` for an unknown customer.
    async fn credentials(
        &self,
        customer: &CustomerKey,
    ) -> Result<Option<CredentialsState>, StoreFault>;
    /// Replaces the pair, unless they were sent already. `false`: they were.
    async fn store_credentials(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<bool, StoreFault>;
    /// Marks this pair as sent.
    async fn credentials_sent(
        &self,
        customer: &CustomerKey,
        credentials: &StoredCredentials,
    ) -> Result<(), StoreFault>;
}

/// Which notifications were sent.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait NotificationLog {
    /// By which channels this fact was told.
    async fn told(&self, sale: SaleId, fact: usize) -> Result<ChannelSet, StoreFault>;
    /// Records that it was, by this channel.
    async fn record_told(
        &self,
        sale: SaleId,
        fact: usize,
        channel: Channel,
        at: Timestamp,
    ) -> Result<(), StoreFault>;
}

/// A customer has as many devices as one may have ([`crate::contact::MAX_DEVICES`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceFault {
    /// Enough is enough.
    #[error("the customer has as many devices as one may have")]
    TooMany,
    /// The store gave no answer that can be used; see [`StoreFault`].
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// How customers can be reached.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete store"
)]
pub trait ContactStore {
    /// How the customer can be; `None` for nobody.
    async fn contact(&self, customer: &CustomerKey) -> Result<Option<Contact>, StoreFault>;
    /// Replaces the preferences. Nothing happens for nobody.
    async fn set_preferences(
        &self,
        customer: &CustomerKey,
        preferences: Preferences,
    ) -> Result<(), StoreFault>;
    /// Adds a device, once. Nothing happens for nobody.
    async fn add_device(&self, customer: &CustomerKey, device: &Device) -> Result<(), DeviceFault>;
    /// Takes a device away.
    async fn forget_device(
        &self,
        customer: &CustomerKey,
        device: &Device,
    ) -> Result<(), StoreFault>;
}

/// A call to charge a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The attempt, which is the call's idempotency key.
    pub attempt: AttemptId,
    /// The sale, told to the gateway so that it can say later whose payment it is.
    pub sale: SaleId,
    /// Which of the sale's payments.
    pub kind: PaymentKind,
    /// What the sale's terms ask for: the whole señal, or the whole balance.
    pub amount: Money,
    /// Card or bank; the token has to be of that kind.
    pub method: PaymentMethod,
    /// The gateway's token of the card or account; no number of either comes here.
    pub token: PaymentMethodToken,
}

/// A partner gave no answer that can be relied on; whether it acted is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the partner gave no clear answer")]
pub struct NoAnswer;

/// The payment gateway.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete gateway"
)]
pub trait PaymentGateway {
    /// Charges, or repeats the answer of the same attempt.
    async fn charge(&self, charge: &Charge) -> Result<PaymentOutcome, NoAnswer>;
    /// What became of a payment that the gateway knows.
    async fn look_up(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, NoAnswer>;
    /// Whose payment this is, as it was told at the charge; `None` for a payment that isn't ours.
    async fn owner(
        &self,
        payment: &GatewayPaymentId,
    ) -> Result<Option<(SaleId, AttemptId)>, NoAnswer>;
    /// Gives the whole payment back, once per attempt.
    async fn refund(
        &self,
        attempt: AttemptId,
        payment: &GatewayPaymentId,
    ) -> Result<RefundId, NoAnswer>;
}

/// Trades a bank account for a token that the gateway charges. A card's number never comes to us:
/// who takes it has other duties (PCI DSS); an account's number does not.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete gateway"
)]
pub trait BankAccounts {
    /// The token of the account with this owner. `None`: the gateway doesn't take the account.
    async fn bank_account(
        &self,
        iban: &Iban,
        owner: &Recipient,
    ) -> Result<Option<PaymentMethodToken>, NoAnswer>;
}

/// An order for the factory (R-19 of `docs/requirements.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRequest {
    /// The sale, which is the call's idempotency key and the webhooks' `reference`.
    pub sale: SaleId,
    /// Our internal id of the customer: the factory learns no name.
    pub customer: CustomerId,
    /// The vehicle platform to build, by the plan's code for it.
    pub base_platform: BasePlatform,
    /// The options to build in, each once.
    pub options: Vec<OptionCode>,
    /// Where it goes.
    pub delivery: DeliveryLocation,
    /// When the order was made.
    pub order_date: Timestamp,
}

/// Where the factory delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryLocation {
    /// To a dealership.
    Dealership(DealershipId),
    /// To a customer's address, by way of the dealership.
    Customer(DealershipId, Address),
}

/// The factory did not take the order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactoryFault {
    /// It can't or won't build this.
    #[error("the factory refused: {0}")]
    Refused(String),
    /// It may have acted all the same: try again under the same key.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

/// How far an order is, as the factory says when asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReport {
    /// The furthest milestone, if any.
    pub milestone: Option<crate::sale::Milestone>,
    /// The vehicle, once it has an id.
    pub vehicle: Option<Vin>,
    /// The current estimate.
    pub estimated_delivery: Option<Date>,
}

/// The factory's order API. Its reports come by webhooks as well.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete factory"
)]
pub trait Factory {
    /// Places an order, or repeats the answer of the same sale's.
    async fn place(&self, order: &OrderRequest) -> Result<Order, FactoryFault>;
    /// How far an order is.
    async fn report(&self, order: &OrderId) -> Result<OrderReport, NoAnswer>;
}

/// A request to register a vehicle, in the dealership's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRequest {
    /// The sale, which with `refusals` is the call's idempotency key.
    pub sale: SaleId,
    /// How often the authority has refused so far: what is asked again after that is another
    /// request.
    pub refusals: usize,
    /// The dealership's country, whose authority it goes to.
    pub country: CountryCode,
    /// In whose name.
    pub dealership: DealershipId,
    /// The vehicle that the sale holds, by its identification number (VIN).
    pub vehicle: Vin,
    /// Whose it will be.
    pub owner: FullName,
    /// Where the owner lives.
    pub address: Address,
    /// What is on file.
    pub documents: Vec<Document>,
}

impl RegistrationRequest {
    /// The call's idempotency key.
    pub fn key(&self) -> String {
        if self.refusals == 0 {
            self.sale.to_string()
        } else {
            format!("{}-{}", self.sale, self.refusals)
        }
    }
}

/// The authority did not register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryFault {
    /// Not yet: ask again.
    #[error("the authority is working on it")]
    Pending,
    /// It said no.
    #[error("the authority refused: {0}")]
    Refused(String),
    /// It may have acted all the same: try again under the same key.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

/// The administrative bodies, one a country.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete registry"
)]
pub trait Registry {
    /// Registers, or repeats the answer of the same sale's request.
    async fn register(&self, request: &RegistrationRequest) -> Result<Registration, RegistryFault>;
}

/// A message could not be handed over; try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message could not be handed over")]
pub struct NotDelivered;

/// A token that the state machine left in the sale while it waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskToken(pub String);

/// The workflow engine.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete engine"
)]
pub trait Workflow {
    /// Starts the sale's workflow, once.
    async fn start(&self, sale: SaleId) -> Result<(), NotDelivered>;
    /// Wakes a waiting workflow. A token that is spent or timed out is no fault.
    async fn resume(&self, token: &TaskToken) -> Result<(), NotDelivered>;
}

/// Messages to the functions that act on what was committed. They carry ids only: no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub enum Message {
    /// For `issue-credentials`: make and mail a customer's credentials, if they are owed.
    IssueCredentials {
        /// The customer's key, which is a digest of the e-mail address.
        customer: CustomerKey,
    },
    /// For `issue-credentials`: somebody says that the password is forgotten. There may be no such
    /// customer.
    ResetPassword {
        /// The customer's key, which is a digest of the e-mail address.
        customer: CustomerKey,
    },
    /// For `send-notification`: tell a sale's customer of one of its facts.
    Notify {
        /// The sale, from which everything else is read when the message is handled.
        sale: SaleId,
        /// Which of its facts.
        fact: usize,
        /// What to tell.
        notification: Notification,
    },
    /// For `refund-payment`: give back whatever is due in a sale.
    Refund {
        /// The sale; which of its payments are due is read when the message is handled.
        sale: SaleId,
    },
}

impl Message {
    /// Whether it may wait for the next one of its kind ([`Notification::may_wait`]).
    pub fn may_wait(&self) -> bool {
        matches!(self, Self::Notify { notification, .. } if notification.may_wait())
    }
}

/// The queues of the functions that act on what was committed, one for each kind of message.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete set of queues"
)]
pub trait Queues {
    /// Hands a message to the queue of its kind.
    async fn send(&self, message: &Message) -> Result<(), NotDelivered>;
}

/// The delivery subsystem, which takes a sale over from us.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete subsystem"
)]
pub trait DeliverySubsystem {
    /// Tells it; it may be told more than once.
    async fn take_over(&self, sale: &HandOver) -> Result<(), NotDelivered>;
}

/// Whom a mail goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The name that the mail greets.
    pub full_name: FullName,
    /// The address that it is sent to, as it was captured.
    pub email: EmailAddress,
    /// The language that it is written in.
    pub language: Language,
}

/// What a mail says; the adapter words it.
#[derive(Clone, PartialEq, Eq)]
pub enum MailContent {
    /// User name, initial password and activation link.
    Credentials {
        /// The user name.
        username: EmailAddress,
        /// The initial password, in plain text, here and nowhere else.
        initial_password: String,
        /// The activation link's token.
        activation_token: String,
        /// When both stop working.
        expires_at: Timestamp,
    },
    /// A link by which a forgotten password is replaced.
    PasswordReset {
        /// The link's token.
        reset_token: String,
        /// When it stops working.
        expires_at: Timestamp,
    },
    /// A step of the purchase.
    Notification {
        /// The kind of mail, and so its words.
        notification: Notification,
        /// What the customer bought.
        base_platform: BasePlatform,
        /// The factory's order, if any.
        order: Option<Order>,
        /// Price less señal.
        balance: Money,
        /// The señal, paid or not.
        signal: Money,
        /// The last moment to begin the final payment, while it is awaited.
        pay_by: Option<Timestamp>,
        /// Each payment that went back so far.
        refunded: Vec<Money>,
        /// The plate, once there is one.
        plate: Option<Plate>,
        /// When and where the customer gets the vehicle, once that is arranged.
        appointment: Option<(Date, DeliveryPlace)>,
    },
}

/// The push service can't do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushFault {
    /// The deployment has no app for this platform.
    #[error("there is no app for this platform")]
    NotOffered,
    /// The token is none of the platform's.
    #[error("the platform doesn't know this token")]
    Refused,
    /// The app is not on the device any more.
    #[error("the device is gone")]
    Gone,
    /// The service could not be reached: try again.
    #[error(transparent)]
    NotDelivered(#[from] NotDelivered),
}

/// Messages of the mobile app.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete service"
)]
pub trait PushService {
    /// Makes a device known; the same token is the same device.
    async fn register(&self, platform: Platform, token: &DeviceToken) -> Result<Device, PushFault>;
    /// Shows this on the device, in the recipient's language.
    async fn push(
        &self,
        device: &Device,
        sale: SaleId,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), PushFault>;
}

/// The text message (SMS) service. It gives no receipt: a message that was taken counts as sent.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete service"
)]
pub trait TextMessages {
    /// Sends one, in the recipient's language.
    async fn send_text(
        &self,
        phone: &PhoneNumber,
        to: &Recipient,
        content: &MailContent,
    ) -> Result<(), NotDelivered>;
}

/// The mail service.
#[expect(
    async_fn_in_trait,
    reason = "the executor is the wiring's; callers are generic over one concrete mailer"
)]
pub trait Mailer {
    /// Sends one mail.
    async fn send(&self, to: &Recipient, content: &MailContent) -> Result<(), NotDelivered>;
}
