//! What the model knows: the table, the partners' books, and the processes under way.

use domain::ids::{GatewayPaymentId, PaymentMethodToken, ShortDigest};
use domain::money::Terms;
use domain::sale::{
    DisputeState, Milestone, Order, PaymentKind, Registered, Registration, Sale, Stage, StockClaim,
};
use domain::{
    AttemptId, CountryCode, Currency, CustomerKey, DealershipId, EmailAddress, EmployeeId, Money,
    OrderId, Plate, RegistrationId, SaleId, Vin, ZoneName,
};
use jiff::Timestamp;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;
use uuid::Uuid;

/// A tick's time: two hours from one to the next, where every window has one.
pub(crate) fn time(tick: u8) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + i64::from(tick) * 7_200).unwrap()
}

/// A sale as it is stored, or as a process read it. Cheap to copy and to compare: two are equal if
/// their digests are.
#[derive(Debug, Clone)]
pub(crate) struct Stored(Arc<Sale>, u64);

impl Stored {
    /// Drops the times at which things happened: no rule reads them, and each would double the
    /// states. Deadlines stay.
    pub(crate) fn new(mut sale: Sale) -> Self {
        for fact in &mut sale.facts {
            fact.1 = time(0);
        }
        for attempt in sale.signal_attempts.iter_mut().chain(&mut sale.balance_attempts) {
            attempt.started_at = time(0);
        }
        for extension in &mut sale.extensions {
            extension.at = time(0);
        }
        for case in &mut sale.cases {
            (case.opened_at, case.closed_at) = (time(0), case.closed_at.map(|_| 0));
        }
        if let Stage::ReservationPaid { order_requested_at: Some(at) } = &mut sale.stage {
            *at = 0;
        }
        let mut digest = DefaultHasher::new();
        (sale.version, serde_json::to_string(&sale).unwrap()).hash(&mut digest);
        Self(Arc::new(sale), digest.finish())
    }
}

impl Deref for Stored {
    type Target = Sale;
    fn deref(&self) -> &Sale {
        &self.0
    }
}

impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}
impl Eq for Stored {}
impl Hash for Stored {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.1.hash(state);
    }
}
impl PartialOrd for Stored {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Stored {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.1.cmp(&other.1)
    }
}

/// What a partner says: it did it, it won't, the bank works on it; or the payment waits for its
/// customer, at a page or a challenge, or has ended there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Said {
    Yes,
    No,
    Later,
    Waits,
    Ended,
}

/// An attempt to pay: whose, for what, by which request; and whether a second copy of the request
/// made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Try {
    pub(crate) sale: u8,
    pub(crate) kind: PaymentKind,
    pub(crate) request: u8,
    pub(crate) copy: bool,
}

impl Try {
    pub(crate) fn id(self) -> AttemptId {
        let Self { sale, kind, request, copy } = self;
        let digits = [sale, u8::from(kind == PaymentKind::Balance), request, u8::from(copy)];
        AttemptId::new(Uuid::from_u128(u128::from(u32::from_be_bytes(digits))))
    }

    /// Which attempt an id is.
    pub(crate) fn of(id: AttemptId) -> Self {
        let id = Uuid::try_parse(&id.to_string()).unwrap().as_u128();
        let [sale, balance, request, copy] = u32::try_from(id).unwrap().to_be_bytes();
        let kind = if balance == 1 { PaymentKind::Balance } else { PaymentKind::Signal };
        Self { sale, kind, request, copy: copy == 1 }
    }

    /// The digest of the request's `Idempotency-Key`.
    pub(crate) fn key(self) -> ShortDigest {
        ShortDigest::of(&[&[self.sale, self.request]])
    }

    pub(crate) fn payment(self) -> GatewayPaymentId {
        GatewayPaymentId::parse(&format!("pi_{}", self.id())).unwrap()
    }
}

/// A payment in the gateway's books.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Payment {
    /// All that the gateway said of it, oldest first. Its webhooks tell each, in any order, any
    /// number of times.
    pub(crate) news: Vec<Said>,
    pub(crate) refunded: bool,
    /// Whether the bank took it back, and all that its webhooks tell of that, oldest first.
    pub(crate) disputed: Vec<Dispute>,
}

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Dispute {
    Opened,
    Won,
    Lost,
}

impl Dispute {
    pub(crate) fn state(self) -> DisputeState {
        match self {
            Self::Opened => DisputeState::Open,
            Self::Won => DisputeState::Won,
            Self::Lost => DisputeState::Lost,
        }
    }
}

impl Payment {
    /// A payment of which the gateway said this first.
    pub(crate) fn new(said: Said) -> Self {
        Self { news: vec![said], refunded: false, disputed: Vec::new() }
    }

    /// Whether the bank has it.
    pub(crate) fn is_taken_back(&self) -> bool {
        self.disputed.last().is_some_and(|dispute| *dispute != Dispute::Won)
    }

    pub(crate) fn is(&self, said: Said) -> bool {
        self.news.last() == Some(&said)
    }

    /// Whether the money is with us, or was until the bank took it back: its news may be on the
    /// way.
    pub(crate) fn is_kept(&self) -> bool {
        self.is(Said::Yes) && !self.refunded
    }
}

/// How the authority came to register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Registrar {
    /// Whether both payments were with us when it was asked.
    pub(crate) paid_in_full: bool,
    /// Whether the sale held the vehicle when it was asked.
    pub(crate) held: bool,
}

/// A sale: in the table, and at the partners.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) stored: Stored,
    /// What the relay woke the workflow for.
    pub(crate) woken: BTreeSet<&'static str>,
    /// Whether the relay put a refund on the queue, which delivers at any time and any number of
    /// times.
    pub(crate) refund_asked: bool,
    /// What the factory said to the order; it says the same under the same key.
    pub(crate) order: Option<Said>,
    pub(crate) registrar: Option<Registrar>,
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operation {
    /// As `pay-signal` and `make-final-payment` do.
    Pay(Try),
    /// As `receive-payment-update` does.
    PaymentUpdate(Try, Said),
    /// As `place-factory-order` does.
    PlaceOrder,
    /// As `receive-factory-update` does.
    FactoryUpdate(Milestone),
    /// As `lapse-sale` and `unassign-vehicle` do.
    TimeOut(PaymentKind),
    /// As `register-vehicle` does.
    Register,
    /// As `refund-payment` does.
    Refund(Try),
    /// As `cancel-sale` does.
    Cancel,
    /// As `extend-deadline` does.
    Extend,
    /// As `receive-payment-update` does, of a dispute.
    DisputeUpdate(Try, Dispute),
    /// As `close-case` does, of a reversed payment.
    CloseCase,
}

/// How far a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// About to commit the intent.
    Intent,
    /// About to call its partner.
    Call,
    /// About to commit what the gateway said when asked.
    Settle(Try, Said),
    /// About to commit the outcome.
    Outcome(Said),
}

/// One run of one function. It can crash before each of its steps, and so between any two.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Process {
    pub(crate) operation: Operation,
    pub(crate) sale: u8,
    /// When it began, by which it decides to its end.
    pub(crate) tick: u8,
    pub(crate) phase: Phase,
    /// The sale as it read it.
    pub(crate) read: Stored,
}

/// All that there is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) tick: u8,
    pub(crate) sales: Vec<Row>,
    /// Which sale's the vehicle is, by the vehicle's own record.
    pub(crate) holder: Option<u8>,
    pub(crate) payments: BTreeMap<Try, Payment>,
    /// In order, so that two worlds that differ in nothing else are one.
    pub(crate) processes: Vec<Process>,
    /// A commit took a status or the history back, or a vehicle from a customer who still had time.
    pub(crate) went_back: bool,
    /// A commit ordered, asked for a registration or delivered, although a reversed payment held
    /// the sale up.
    pub(crate) went_ahead: bool,
}

impl World {
    pub(crate) fn row(&self, sale: u8) -> &Row {
        &self.sales[usize::from(sale)]
    }

    pub(crate) fn row_mut(&mut self, sale: u8) -> &mut Row {
        &mut self.sales[usize::from(sale)]
    }

    /// The gateway's payments for one of a sale's two.
    pub(crate) fn payments_of(
        &self,
        sale: u8,
        kind: PaymentKind,
    ) -> impl Iterator<Item = (&Try, &Payment)> {
        self.payments.iter().filter(move |(tried, _)| tried.sale == sale && tried.kind == kind)
    }

    /// Whether this payment's money is with us.
    pub(crate) fn has(&self, sale: u8, kind: PaymentKind) -> bool {
        self.payments_of(sale, kind).any(|(_, payment)| payment.is_kept())
    }
}

pub(crate) fn order(sale: u8) -> Order {
    Order { id: OrderId::parse(&format!("F-{sale}")).unwrap(), estimated_delivery: None }
}

/// The one vehicle: the factory gives it to every order.
pub(crate) fn vehicle() -> Vin {
    Vin::parse("VSSZZZ5FZJR012345").unwrap()
}

pub(crate) fn registration() -> Registration {
    Registration {
        id: RegistrationId::parse("R-1").unwrap(),
        plate: Plate::parse("1234 BCD").unwrap(),
    }
}

pub(crate) fn token() -> PaymentMethodToken {
    PaymentMethodToken::parse("pm_card").unwrap()
}

/// A row of a sale of which the partners know nothing yet.
pub(crate) fn row(sale: Sale) -> Row {
    Row {
        stored: Stored::new(sale),
        woken: BTreeSet::new(),
        refund_asked: false,
        order: None,
        registrar: None,
    }
}

pub(crate) fn new_sale(sale: u8) -> Sale {
    let euros = |minor| Money::new(minor, Currency::EUR).unwrap();
    let registered = Registered {
        id: SaleId::new(Uuid::from_u128(u128::from(sale) + 1)),
        dealership: DealershipId::parse("MAD-01").unwrap(),
        country: CountryCode::parse("ES").unwrap(),
        zone: ZoneName::parse("Europe/Madrid").unwrap(),
        registered_by: EmployeeId::parse("e-17").unwrap(),
        customer: CustomerKey::of(&EmailAddress::parse("ana@example.com").unwrap()),
        terms: Terms::new(euros(3_250_000), euros(100_000)).unwrap(),
        stock: None,
        documents: domain::country::DocumentKind::ALL.into_iter().collect(),
        pay_signal_by: time(0).checked_add(jiff::SignedDuration::from_hours(1)).unwrap(),
    };
    Sale::register(registered, time(0))
}

/// A sale that takes the vehicle from stock at this tick.
pub(crate) fn stock_sale(sale: u8, tick: u8) -> Sale {
    let hour = jiff::SignedDuration::from_hours(1);
    let stage = Stage::SaleRegistered { pay_signal_by: time(tick).checked_add(hour).unwrap() };
    let stock = Some(StockClaim { vehicle: vehicle(), final_payment_seconds: hour.as_secs() });
    Sale { stage, stock, ..new_sale(sale) }
}
