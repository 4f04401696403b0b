//! The sale: one aggregate, one item in the table, one conditional write a decision.
//!
//! [`decide`] says what happens (or why not), [`evolve`] makes it so, [`effects`] says what the rest of the system owes
//! because of it. All three are pure.

mod cases;
mod decide;
mod delivery;
mod effects;
mod evolve;
mod ledger;
mod next;
mod payment;
#[cfg(test)]
mod tests;

pub use cases::{Case, CaseKind, Closure};
pub use decide::{Command, Rejection, decide};
pub use delivery::{Appointment, Check, CheckKind, DeliveryPlace, HandOver};
pub use effects::{Effect, Notification, effects, vehicle_change};
pub use evolve::{Event, evolve};
pub use ledger::{Account, Balances, Movement, Part, Posting};
pub use next::NextStep;
pub use payment::{
    Answer, Attempt, AttemptState, Decline, DisputeNews, PaymentKind, PaymentMethod, PaymentOutcome,
};

use crate::country::{Country, DocumentKind, DocumentSet};
use crate::ids::ShortDigest;
use crate::money::{Money, Terms};
use crate::{
    CountryCode, CustomerKey, DealershipId, EmployeeId, OrderId, Plate, Reason, RegistrationId,
    SaleId, Vin,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A sale as the table holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// A `UUIDv7`, so that ids sort by the moment of registration. It is also the workflow's name,
    /// and the idempotency key at factory and authority.
    pub id: SaleId,
    /// How many decisions were committed; the next commit is conditional on it.
    #[serde(skip)]
    pub version: u64,
    /// Who sold, and who alone may see and serve it.
    pub dealership: DealershipId,
    /// The dealership's country, whose authority registers the vehicle.
    pub country: CountryCode,
    /// The employee who registered it.
    pub registered_by: EmployeeId,
    /// Whose sale it is.
    pub customer: CustomerKey,
    /// Price and señal, fixed at registration.
    pub terms: Terms,
    /// The stock vehicle that the sale took; absent where the factory builds one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<StockClaim>,
    /// Where the sale stands.
    pub stage: Stage,
    /// Attempts to pay the señal, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signal_attempts: Vec<Attempt>,
    /// Attempts to pay the balance, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub balance_attempts: Vec<Attempt>,
    /// How the deadline of the balance was moved, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// What people had, or have, to look at, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
    /// That the customer's personal data were erased; then [`Sale::customer`] is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<Erasure>,
    /// Which kinds of documents are on file; the files' digests are in the sale's details.
    #[serde(default, skip_serializing_if = "DocumentSet::is_empty")]
    pub documents: DocumentSet,
    /// What of the delivery's checklist is done, in the order in which it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// When and where the customer gets the vehicle, once that is arranged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// What happened, in order.
    pub facts: Vec<Fact>,
    /// Every movement of the sale's money, in order. It only grows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<Posting>,
}

/// A manager had the customer's personal data erased: who, and when. Why goes without saying (GDPR,
/// article 17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The manager, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// When it was committed, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
}

/// A manager gave the customer more time for the balance: who, why, and from when to when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The manager, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// The manager's own words, up to 200 characters; they may name the customer.
    pub reason: Reason,
    /// When it was committed, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// The deadline before.
    #[serde(with = "crate::time::millis")]
    pub from: Timestamp,
    /// The deadline after.
    #[serde(with = "crate::time::millis")]
    pub to: Timestamp,
}

/// A vehicle of the dealership's stock, held from the sale's registration on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockClaim {
    /// The vehicle's identification number (VIN).
    pub vehicle: Vin,
    /// How long the customer has for the balance once the señal is paid: nobody reports a milestone
    /// that would say it.
    pub final_payment_seconds: i64,
}

/// The factory's order, once it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The factory's id.
    pub id: OrderId,
    /// When the factory expects to deliver; absent when it was learnt from a webhook that didn't
    /// say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_delivery: Option<Date>,
}

/// What the authority answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The authority's id.
    pub id: RegistrationId,
    /// The plate that the authority gave the vehicle, as the authority writes it.
    pub plate: Plate,
}

/// Where a sale stands, with what is known from there on. [`Status`] is its name alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Registered by an employee; the señal is awaited.
    SaleRegistered {
        /// The last moment at which a señal payment may begin.
        #[serde(with = "crate::time::millis")]
        pay_signal_by: Timestamp,
    },
    /// The señal is captured; the factory order is next.
    ReservationPaid {
        /// When the order was about to be sent, in milliseconds: the stored intent, and its
        /// `order_date`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order_requested_at: Option<i64>,
    },
    /// The factory confirmed the order.
    OrderPlaced {
        /// The factory's order, whose id each further report has to name.
        order: Order,
    },
    /// The factory builds and ships.
    Manufacturing {
        /// The factory's order, whose id each further report has to name.
        order: Order,
        /// The furthest point reached: `InProduction` to `InTransit`.
        milestone: Milestone,
    },
    /// The vehicle is physically at the dealership.
    VehicleReady {
        /// The factory's order, whose id each further report has to name.
        order: Order,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
    },
    /// The customer was told to pay the balance.
    FinalPaymentPending {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The last moment at which a final payment may begin.
        #[serde(with = "crate::time::millis")]
        pay_by: Timestamp,
    },
    /// Paid in full; registration with the authorities is next.
    PaymentReceived {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// When the registration was about to be sent, in milliseconds: the stored intent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        registration_requested_at: Option<i64>,
        /// Why the authority refused, until a manager has it asked again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal: Option<String>,
    },
    /// The authority registered the vehicle.
    VehicleRegistered {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The authority's answer.
        registration: Registration,
    },
    /// The dealership may deliver: it prepares the vehicle, and arranges a day and a place.
    ReadyForDelivery {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The authority's answer.
        registration: Registration,
    },
    /// All that was prepared and arranged: the delivery subsystem's from here on, and closed for
    /// this one.
    HandedOver {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
        /// The authority's answer.
        registration: Registration,
    },
    /// The deadline passed unpaid.
    PaymentFailed {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle's identification number (VIN).
        vehicle: Vin,
    },
    /// The customer lost the vehicle, which is stock now; the señal is forfeit.
    SinAsignar {
        /// The order; a stock vehicle's sale has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Order>,
        /// The vehicle that was lost.
        vehicle: Vin,
    },
    /// The señal was not paid in time.
    Lapsed,
    /// The factory refused the order; the señal is refunded.
    OrderRejected {
        /// What the factory said.
        reason: String,
    },
    /// A manager cancelled it before the factory order; a señal that was paid is refunded. When:
    /// see its fact.
    Cancelled {
        /// The manager, by the id in the token (`sub`).
        by: EmployeeId,
        /// The manager's own words, up to 200 characters; they may name the customer.
        reason: Reason,
    },
}

/// The name of a [`Stage`], as the API and the mails give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is described at its stage")]
pub enum Status {
    SaleRegistered,
    ReservationPaid,
    OrderPlaced,
    Manufacturing,
    VehicleReady,
    FinalPaymentPending,
    PaymentReceived,
    VehicleRegistered,
    ReadyForDelivery,
    HandedOver,
    PaymentFailed,
    SinAsignar,
    Lapsed,
    OrderRejected,
    Cancelled,
}

impl Status {
    /// Every status, in the order of the diagram.
    pub const ALL: [Self; 15] = [
        Self::SaleRegistered,
        Self::ReservationPaid,
        Self::OrderPlaced,
        Self::Manufacturing,
        Self::VehicleReady,
        Self::FinalPaymentPending,
        Self::PaymentReceived,
        Self::VehicleRegistered,
        Self::ReadyForDelivery,
        Self::HandedOver,
        Self::PaymentFailed,
        Self::SinAsignar,
        Self::Lapsed,
        Self::OrderRejected,
        Self::Cancelled,
    ];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SaleRegistered => "SaleRegistered",
            Self::ReservationPaid => "ReservationPaid",
            Self::OrderPlaced => "OrderPlaced",
            Self::Manufacturing => "Manufacturing",
            Self::VehicleReady => "VehicleReady",
            Self::FinalPaymentPending => "FinalPaymentPending",
            Self::PaymentReceived => "PaymentReceived",
            Self::VehicleRegistered => "VehicleRegistered",
            Self::ReadyForDelivery => "ReadyForDelivery",
            Self::HandedOver => "HandedOver",
            Self::PaymentFailed => "PaymentFailed",
            Self::SinAsignar => "SinAsignar",
            Self::Lapsed => "Lapsed",
            Self::OrderRejected => "OrderRejected",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Those in which something is awaited that has a date ([`Sale::due_at`]).
    pub const WITH_DATES: [Self; 4] =
        [Self::SaleRegistered, Self::OrderPlaced, Self::Manufacturing, Self::FinalPaymentPending];

    /// Parses a name. `None`: no status has it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether nothing more is to be done here: lost, or the delivery subsystem's.
    pub fn is_over(self) -> bool {
        self.is_lost() || self == Self::HandedOver
    }

    /// Whether the sale is over without a delivery.
    pub fn is_lost(self) -> bool {
        matches!(
            self,
            Self::PaymentFailed
                | Self::SinAsignar
                | Self::Lapsed
                | Self::OrderRejected
                | Self::Cancelled
        )
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The factory's six milestones, in their order (R-22 of `docs/requirements.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the seed's diagram names them")]
pub enum Milestone {
    InProduction,
    QualityCheck,
    ReadyForShipment,
    InTransit,
    AtDealership,
    AvailableForCustomer,
}

impl Milestone {
    /// All six, in order.
    pub const ALL: [Self; 6] = [
        Self::InProduction,
        Self::QualityCheck,
        Self::ReadyForShipment,
        Self::InTransit,
        Self::AtDealership,
        Self::AvailableForCustomer,
    ];
}

/// Something that happened to the sale, and when that was committed. The sale keeps its facts in
/// order for ever: they are the customer's timeline, and what [`effects`] looks at to see what is
/// owed. An [`Event`] is what a decision changes; only the events that somebody outside hears of
/// leave a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact(pub FactKind, #[serde(with = "crate::time::millis")] pub Timestamp);

/// What can have happened to a sale. Milestones keep the factory's names; of the others, those that
/// give the sale another status ([`FactKind::status`]) have that status's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the seed's diagrams name them; the rest say what they are")]
pub enum FactKind {
    SaleRegistered,
    ReservationPaid,
    OrderPlaced,
    InProduction,
    QualityCheck,
    ReadyForShipment,
    InTransit,
    AtDealership,
    AvailableForCustomer,
    PaymentReceived,
    RegistrationRefused,
    VehicleRegistered,
    ReadyForDelivery,
    DeliveryArranged,
    HandedOver,
    PaymentFailed,
    SinAsignar,
    Lapsed,
    OrderRejected,
    RefundDue,
    Refunded,
    Cancelled,
    DeadlineExtended,
    PaymentReversed,
    PaymentReinstated,
    DeadlineReminder,
}

impl FactKind {
    /// The status that the sale has after this; `None` where it stays as it was.
    pub fn status(self) -> Option<Status> {
        Some(match self {
            Self::SaleRegistered => Status::SaleRegistered,
            Self::ReservationPaid => Status::ReservationPaid,
            Self::OrderPlaced => Status::OrderPlaced,
            Self::InProduction | Self::QualityCheck | Self::ReadyForShipment | Self::InTransit => {
                Status::Manufacturing
            }
            Self::AtDealership => Status::VehicleReady,
            Self::AvailableForCustomer => Status::FinalPaymentPending,
            Self::PaymentReceived => Status::PaymentReceived,
            Self::VehicleRegistered => Status::VehicleRegistered,
            Self::ReadyForDelivery => Status::ReadyForDelivery,
            Self::HandedOver => Status::HandedOver,
            Self::PaymentFailed => Status::PaymentFailed,
            Self::SinAsignar => Status::SinAsignar,
            Self::Lapsed => Status::Lapsed,
            Self::OrderRejected => Status::OrderRejected,
            Self::Cancelled => Status::Cancelled,
            Self::RegistrationRefused
            | Self::DeliveryArranged
            | Self::RefundDue
            | Self::Refunded
            | Self::DeadlineExtended
            | Self::DeadlineReminder
            | Self::PaymentReversed
            | Self::PaymentReinstated => return None,
        })
    }
}

impl From<Milestone> for FactKind {
    fn from(milestone: Milestone) -> Self {
        match milestone {
            Milestone::InProduction => Self::InProduction,
            Milestone::QualityCheck => Self::QualityCheck,
            Milestone::ReadyForShipment => Self::ReadyForShipment,
            Milestone::InTransit => Self::InTransit,
            Milestone::AtDealership => Self::AtDealership,
            Milestone::AvailableForCustomer => Self::AvailableForCustomer,
        }
    }
}

/// What the workflow waits for. The state machine stores its task token in the sale's item only
/// while `awaits` says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// The señal, until its deadline; `lapse-sale` decides when the wait times out.
    SignalPayment,
    /// The vehicle at the dealership, and the customer told.
    Vehicle,
    /// The balance, until its deadline; `unassign-vehicle` decides when the wait times out.
    FinalPayment,
    /// The dealership: documents that are missing, or what the authority refused.
    Dealership,
}

impl Wait {
    /// The name in the table's `awaits` attribute and in the state machine.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignalPayment => "signal_payment",
            Self::Vehicle => "vehicle",
            Self::FinalPayment => "final_payment",
            Self::Dealership => "dealership",
        }
    }
}

impl Sale {
    /// A sale as an employee registers it.
    pub fn register(registered: Registered, now: Timestamp) -> Self {
        let Registered {
            id,
            dealership,
            country,
            registered_by,
            customer,
            terms,
            stock,
            documents,
            pay_signal_by,
        } = registered;
        Self {
            id,
            version: 1,
            dealership,
            country,
            registered_by,
            customer,
            terms,
            stock,
            stage: Stage::SaleRegistered { pay_signal_by },
            signal_attempts: Vec::new(),
            balance_attempts: Vec::new(),
            extensions: Vec::new(),
            cases: Vec::new(),
            erasure: None,
            documents,
            checks: Vec::new(),
            appointment: None,
            facts: vec![Fact(FactKind::SaleRegistered, now)],
            ledger: Vec::new(),
        }
    }

    /// The stage's name.
    pub fn status(&self) -> Status {
        match self.stage {
            Stage::SaleRegistered { .. } => Status::SaleRegistered,
            Stage::ReservationPaid { .. } => Status::ReservationPaid,
            Stage::OrderPlaced { .. } => Status::OrderPlaced,
            Stage::Manufacturing { .. } => Status::Manufacturing,
            Stage::VehicleReady { .. } => Status::VehicleReady,
            Stage::FinalPaymentPending { .. } => Status::FinalPaymentPending,
            Stage::PaymentReceived { .. } => Status::PaymentReceived,
            Stage::VehicleRegistered { .. } => Status::VehicleRegistered,
            Stage::ReadyForDelivery { .. } => Status::ReadyForDelivery,
            Stage::HandedOver { .. } => Status::HandedOver,
            Stage::PaymentFailed { .. } => Status::PaymentFailed,
            Stage::SinAsignar { .. } => Status::SinAsignar,
            Stage::Lapsed => Status::Lapsed,
            Stage::OrderRejected { .. } => Status::OrderRejected,
            Stage::Cancelled { .. } => Status::Cancelled,
        }
    }

    /// What the workflow waits for in this stage.
    pub fn awaits(&self) -> Option<Wait> {
        match self.stage {
            Stage::SaleRegistered { .. } => Some(Wait::SignalPayment),
            Stage::OrderPlaced { .. }
            | Stage::Manufacturing { .. }
            | Stage::VehicleReady { .. } => Some(Wait::Vehicle),
            Stage::FinalPaymentPending { .. } => Some(Wait::FinalPayment),
            Stage::PaymentReceived { .. } if self.awaits_dealership() => Some(Wait::Dealership),
            _ => None,
        }
    }

    /// What the country's authority wants, and is not on file.
    pub fn missing_documents(&self) -> Vec<DocumentKind> {
        let required = Country::of(self.country)
            .map(|country| country.required_documents.as_slice())
            .unwrap_or_default();
        required.iter().copied().filter(|kind| !self.documents.has(*kind)).collect()
    }

    /// Why the authority refused, as long as nobody had it asked again.
    pub fn refusal(&self) -> Option<&str> {
        match &self.stage {
            Stage::PaymentReceived { refusal, .. } => refusal.as_deref(),
            _ => None,
        }
    }

    /// Whether the registration waits for the dealership.
    fn awaits_dealership(&self) -> bool {
        self.refusal().is_some() || !self.missing_documents().is_empty()
    }

    /// How often the authority refused.
    pub fn refusals(&self) -> usize {
        self.facts.iter().filter(|fact| fact.0 == FactKind::RegistrationRefused).count()
    }

    /// When it was registered.
    pub fn registered_at(&self) -> Timestamp {
        self.facts.first().map_or(Timestamp::UNIX_EPOCH, |fact| fact.1)
    }

    /// When what is awaited is overdue: a payment, or the vehicle. `None`: nothing has a date.
    pub fn due_at(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::SaleRegistered { pay_signal_by } => Some(*pay_signal_by),
            Stage::OrderPlaced { order } | Stage::Manufacturing { order, .. } => {
                // The whole of the day, wherever the dealership is.
                let next_day =
                    order.estimated_delivery?.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
                Some(next_day.timestamp())
            }
            Stage::FinalPaymentPending { pay_by, .. } => Some(*pay_by),
            _ => None,
        }
    }

    /// The factory's order, once there is one.
    pub fn order(&self) -> Option<&Order> {
        match &self.stage {
            Stage::OrderPlaced { order }
            | Stage::Manufacturing { order, .. }
            | Stage::VehicleReady { order, .. } => Some(order),
            Stage::FinalPaymentPending { order, .. }
            | Stage::PaymentReceived { order, .. }
            | Stage::VehicleRegistered { order, .. }
            | Stage::ReadyForDelivery { order, .. }
            | Stage::HandedOver { order, .. }
            | Stage::PaymentFailed { order, .. }
            | Stage::SinAsignar { order, .. } => order.as_ref(),
            _ => None,
        }
    }

    /// The vehicle: once it is at the dealership, or from the beginning where it is of the stock.
    pub fn vehicle(&self) -> Option<&Vin> {
        match &self.stage {
            Stage::VehicleReady { vehicle, .. }
            | Stage::FinalPaymentPending { vehicle, .. }
            | Stage::PaymentReceived { vehicle, .. }
            | Stage::VehicleRegistered { vehicle, .. }
            | Stage::ReadyForDelivery { vehicle, .. }
            | Stage::HandedOver { vehicle, .. }
            | Stage::PaymentFailed { vehicle, .. }
            | Stage::SinAsignar { vehicle, .. } => Some(vehicle),
            Stage::SaleRegistered { .. } | Stage::ReservationPaid { .. } => {
                self.stock.as_ref().map(|claim| &claim.vehicle)
            }
            _ => None,
        }
    }

    /// The authority's answer, once there is one.
    pub fn registration(&self) -> Option<&Registration> {
        match &self.stage {
            Stage::VehicleRegistered { registration, .. }
            | Stage::ReadyForDelivery { registration, .. }
            | Stage::HandedOver { registration, .. } => Some(registration),
            _ => None,
        }
    }

    /// The furthest milestone that the factory reported.
    pub fn milestone(&self) -> Option<Milestone> {
        Milestone::ALL.into_iter().rev().find(|milestone| {
            let kind = FactKind::from(*milestone);
            self.facts.iter().any(|fact| fact.0 == kind)
        })
    }

    /// What a payment of this kind has to be.
    pub fn amount_due(&self, kind: PaymentKind) -> Money {
        match kind {
            PaymentKind::Signal => self.terms.signal(),
            PaymentKind::Balance => self.terms.balance(),
        }
    }

    /// The attempts of one kind, oldest first.
    pub fn attempts(&self, kind: PaymentKind) -> &[Attempt] {
        match kind {
            PaymentKind::Signal => &self.signal_attempts,
            PaymentKind::Balance => &self.balance_attempts,
        }
    }

    /// The attempt that a request key made, if any.
    pub fn attempt_by_key(&self, kind: PaymentKind, key: &ShortDigest) -> Option<&Attempt> {
        self.attempts(kind).iter().find(|attempt| attempt.key == *key)
    }

    /// The last moment to begin the final payment, while it is awaited.
    pub fn pay_by(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::FinalPaymentPending { pay_by, .. } => Some(pay_by),
            _ => None,
        }
    }

    /// The attempt whose outcome is still open, if any. INVARIANT: there is at most one a kind.
    pub fn open_attempt(&self, kind: PaymentKind) -> Option<&Attempt> {
        self.attempts(kind).iter().find(|attempt| attempt.state.is_open())
    }

    /// Every attempt, with its kind.
    pub fn all_attempts(&self) -> impl Iterator<Item = (PaymentKind, &Attempt)> {
        PaymentKind::ALL
            .into_iter()
            .flat_map(|kind| self.attempts(kind).iter().map(move |attempt| (kind, attempt)))
    }
}

/// What [`Sale::register`] takes.
#[derive(Debug, Clone)]
pub struct Registered {
    /// A fresh id.
    pub id: SaleId,
    /// The employee's dealership.
    pub dealership: DealershipId,
    /// The dealership's country.
    pub country: CountryCode,
    /// The employee who registers it, by the id in the token (`sub`).
    pub registered_by: EmployeeId,
    /// Whose sale it is.
    pub customer: CustomerKey,
    /// Price and señal.
    pub terms: Terms,
    /// The stock vehicle that it takes, if any.
    pub stock: Option<StockClaim>,
    /// What is on file for the authority.
    pub documents: DocumentSet,
    /// The last moment at which a señal payment may begin.
    pub pay_signal_by: Timestamp,
}
