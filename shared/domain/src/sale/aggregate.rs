//! The sale as the table holds it, and what can be read of it without a rule.

use super::{
    Appointment, Attempt, Case, Check, Estimate, Fact, FactKind, Milestone, Order, PaymentKind,
    Posting, Registration, Stage, Status,
};
use crate::country::{Country, DocumentSet};
use crate::ids::ShortDigest;
use crate::money::{Money, Terms};
use crate::{CountryCode, CustomerKey, DealershipId, EmployeeId, Reason, SaleId, Vin, ZoneName};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How often a deadline can be extended: it bounds the item.
pub(super) const MAX_EXTENSIONS: usize = 8;

/// How many estimates are kept: it bounds the item. The first and the latest always are.
pub(super) const MAX_ESTIMATES: usize = 24;

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
    /// The dealership's zone; absent where it is the country's ([`Sale::zone`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneName>,
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
    /// What the factory expected, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub estimates: Vec<Estimate>,
    /// What happened, in order.
    pub facts: Vec<Fact>,
    /// Every movement of the sale's money, in order. It only grows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<Posting>,
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
    /// The dealership's zone.
    pub zone: ZoneName,
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

/// A vehicle of the dealership's stock, held from the sale's registration on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockClaim {
    /// The vehicle's identification number (VIN).
    pub vehicle: Vin,
    /// How long the customer has for the balance once the señal is paid: nobody reports a milestone
    /// that would say it.
    pub final_payment_seconds: i64,
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

impl Sale {
    /// A sale as an employee registers it.
    pub fn register(registered: Registered, now: Timestamp) -> Self {
        let Registered {
            id,
            dealership,
            country,
            zone,
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
            zone: Some(zone).filter(|zone| *zone != Country::zone_of(country)),
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
            estimates: Vec::new(),
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

    /// The dealership's zone: as it was at the registration, or the country's.
    pub fn zone(&self) -> ZoneName {
        self.zone.clone().unwrap_or_else(|| Country::zone_of(self.country))
    }

    /// When the factory expects to deliver, as long as the vehicle isn't there.
    pub fn estimate(&self) -> Option<Date> {
        match &self.stage {
            Stage::OrderPlaced { order } | Stage::Manufacturing { order, .. } => {
                order.estimated_delivery
            }
            _ => None,
        }
    }

    /// What the factory expected when the customer was last told of it: at first, and by each mail
    /// of a move.
    pub fn told_estimate(&self) -> Option<&Estimate> {
        let told = self.facts.iter().rfind(|fact| fact.0 == FactKind::EstimateMoved);
        let told = told.map(|fact| fact.1.as_millisecond());
        let is_it = |known: &&Estimate| Some(known.1.as_millisecond()) == told;
        self.estimates.iter().rfind(is_it).or(self.estimates.first())
    }

    /// When it was registered.
    pub fn registered_at(&self) -> Timestamp {
        self.facts.first().map_or(Timestamp::UNIX_EPOCH, |fact| fact.1)
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

    /// The furthest milestone that the factory reported.
    pub fn milestone(&self) -> Option<Milestone> {
        Milestone::ALL.into_iter().rev().find(|milestone| {
            let kind = FactKind::from(*milestone);
            self.facts.iter().any(|fact| fact.0 == kind)
        })
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

    /// Why the authority refused, as long as nobody had it asked again.
    pub fn refusal(&self) -> Option<&str> {
        match &self.stage {
            Stage::PaymentReceived { refusal, .. } => refusal.as_deref(),
            _ => None,
        }
    }

    /// How often the authority refused.
    pub fn refusals(&self) -> usize {
        self.facts.iter().filter(|fact| fact.0 == FactKind::RegistrationRefused).count()
    }

    /// The last moment to begin the final payment, while it is awaited.
    pub fn pay_by(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::FinalPaymentPending { pay_by, .. } => Some(pay_by),
            _ => None,
        }
    }

    /// The last moment at which a payment of this kind may begin, in the one stage in which it can
    /// be made; `None` in every other.
    pub fn payment_deadline(&self, kind: PaymentKind) -> Option<Timestamp> {
        match (kind, &self.stage) {
            (PaymentKind::Signal, Stage::SaleRegistered { pay_signal_by }) => Some(*pay_signal_by),
            (PaymentKind::Balance, Stage::FinalPaymentPending { pay_by, .. }) => Some(*pay_by),
            _ => None,
        }
    }

    /// Until when the customer can go on with an attempt: as long as the gateway lets it be open, and
    /// not beyond the payment's own deadline; `None` where there is neither.
    pub fn open_until(&self, kind: PaymentKind, attempt: &Attempt) -> Option<Timestamp> {
        [attempt.expires_at(), self.payment_deadline(kind)].into_iter().flatten().min()
    }

    /// What a payment of this kind has to be.
    pub fn amount_due(&self, kind: PaymentKind) -> Money {
        match kind {
            PaymentKind::Signal => self.terms.signal(),
            PaymentKind::Balance => self.terms.balance(),
        }
    }

    /// What is left at the gateway of an attempt's captured money, in minor units.
    pub fn left_of(&self, kind: PaymentKind, attempt: &Attempt) -> u64 {
        self.amount_due(kind).minor().saturating_sub(attempt.back.total())
    }

    /// The attempts of one kind, oldest first.
    pub fn attempts(&self, kind: PaymentKind) -> &[Attempt] {
        match kind {
            PaymentKind::Signal => &self.signal_attempts,
            PaymentKind::Balance => &self.balance_attempts,
        }
    }

    /// Every attempt, with its kind.
    pub fn all_attempts(&self) -> impl Iterator<Item = (PaymentKind, &Attempt)> {
        PaymentKind::ALL
            .into_iter()
            .flat_map(|kind| self.attempts(kind).iter().map(move |attempt| (kind, attempt)))
    }

    /// The attempt whose outcome is still open, if any. INVARIANT: there is at most one a kind.
    pub fn open_attempt(&self, kind: PaymentKind) -> Option<&Attempt> {
        self.attempts(kind).iter().find(|attempt| attempt.state.is_open())
    }

    /// The attempt that a request key made, if any.
    pub fn attempt_by_key(&self, kind: PaymentKind, key: &ShortDigest) -> Option<&Attempt> {
        self.attempts(kind).iter().find(|attempt| attempt.key == *key)
    }
}
