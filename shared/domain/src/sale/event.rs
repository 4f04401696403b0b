//! The events that a decision is made of.

use super::{
    Answer, Appointment, Attempt, CaseKind, Check, Closure, Decline, Extension, FactKind,
    Milestone, MoneyBack, NextAction, Order, PaymentKind, Registration,
};
use crate::country::DocumentKind;
use crate::ids::{GatewayPaymentId, RefundId};
use crate::{AttemptId, CustomerKey, EmployeeId, Reason, Vin};
use jiff::Timestamp;
use jiff::civil::Date;

/// What a decision changes in a sale. [`decide`] says which events a command makes, and [`evolve`]
/// applies them; they are not stored. What stays of one, where it matters to people, is its
/// [`Fact`] ([`Event::fact`]).
///
/// [`decide`]: super::decide()
/// [`evolve`]: super::evolve()
/// [`Fact`]: super::Fact
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum Event {
    /// The intent to charge is stored.
    PaymentStarted { kind: PaymentKind, attempt: Box<Attempt> },
    /// The bank works on it.
    PaymentProcessing { attempt: AttemptId, payment: GatewayPaymentId },
    /// The customer has to act, or more of a transfer came.
    PaymentAwaitsCustomer { attempt: AttemptId, payment: GatewayPaymentId, action: NextAction },
    /// The customer is told how to go on with what was begun at the desk.
    PaymentAsked,
    /// It was ended unpaid.
    PaymentExpired { attempt: AttemptId, payment: GatewayPaymentId },
    /// The gateway or bank said no.
    PaymentDeclined { attempt: AttemptId, decline: Decline },
    /// The money is ours.
    PaymentCaptured { attempt: AttemptId, payment: GatewayPaymentId },
    /// What the request is answered.
    PaymentAnswered { attempt: AttemptId, answer: Answer },
    /// Captured money has to go back.
    RefundDue { attempt: AttemptId },
    /// All of it went back.
    Refunded { attempt: AttemptId, refund: RefundId },
    /// It was to go back, and the bank couldn't pay it out.
    RefundFailed { attempt: AttemptId },
    /// People paid out what a refund was for.
    PaidOut { attempt: AttemptId, refund: RefundId },
    /// What the gateway's books say left of captured money, by amount and state.
    MoneyBackTold { attempt: AttemptId, back: MoneyBack },
    /// Captured money was taken back: by the bank, or all of it by hand.
    PaymentReversed { attempt: AttemptId },
    /// Money that the bank took is ours again.
    PaymentReinstated { attempt: AttemptId },
    /// People have to look at the sale.
    CaseOpened { kind: CaseKind },
    /// They don't have to any more: it was settled, or a manager closed it.
    CaseClosed { kind: CaseKind, closure: Option<Closure> },
    /// The señal is paid.
    ReservationPaid,
    /// The intent to order is stored.
    OrderRequested,
    /// The factory confirmed.
    OrderPlaced { order: Order },
    /// The factory refused.
    OrderRejected { reason: String },
    /// The factory has a new estimate.
    DeliveryEstimated { date: Date, reason: Option<Reason> },
    /// It moved so far from what the customer was told last that the customer is told again.
    EstimateMoved,
    /// One of `InProduction` to `InTransit`.
    MilestoneReached { milestone: Milestone },
    /// The vehicle is at the dealership.
    VehicleArrived { vehicle: Vin },
    /// A manager said that another vehicle stands there than the one that was reported.
    VehicleReplaced { vehicle: Vin },
    /// The customer is told to pay the balance.
    FinalPaymentRequested { pay_by: Timestamp },
    /// The balance is paid.
    BalancePaid,
    /// The deadline passed unpaid.
    PaymentFailed,
    /// The vehicle is stock; the señal is forfeit.
    VehicleUnassigned,
    /// The customer's data, which are in the sale's details, are corrected.
    CustomerCorrected,
    /// The customer's e-mail address was another: the sale is another account's.
    CustomerMoved { customer: CustomerKey },
    /// A document is on file.
    DocumentRecorded { kind: DocumentKind },
    /// The intent to register is stored.
    RegistrationRequested,
    /// The authority refused.
    RegistrationRefused { reason: String },
    /// A manager has the authority asked again.
    RegistrationResubmitted,
    /// The authority registered the vehicle.
    VehicleRegistered { registration: Registration },
    /// The vehicle may be delivered.
    PreparedForDelivery,
    /// A line of the delivery's checklist is done.
    CheckDone { check: Check },
    /// The dealership arranged when and where the customer gets the vehicle.
    DeliveryArranged { appointment: Appointment },
    /// The sale is the delivery subsystem's.
    HandedOver,
    /// The señal was not paid in time.
    Lapsed,
    /// A manager cancelled the sale.
    Cancelled { by: EmployeeId, reason: Reason },
    /// A manager gave the customer more time.
    DeadlineExtended { extension: Extension },
    /// The customer is reminded of the deadline.
    CustomerReminded,
    /// A manager had the customer's personal data erased.
    CustomerErased { by: EmployeeId },
}

impl Event {
    /// How the sale remembers the event; `None` for what only its payments or intents show.
    pub fn fact(&self) -> Option<FactKind> {
        Some(match self {
            Self::ReservationPaid => FactKind::ReservationPaid,
            Self::OrderPlaced { .. } => FactKind::OrderPlaced,
            Self::OrderRejected { .. } => FactKind::OrderRejected,
            Self::MilestoneReached { milestone } => FactKind::from(*milestone),
            Self::VehicleArrived { .. } => FactKind::AtDealership,
            Self::FinalPaymentRequested { .. } => FactKind::AvailableForCustomer,
            Self::BalancePaid => FactKind::PaymentReceived,
            Self::PaymentFailed => FactKind::PaymentFailed,
            Self::VehicleUnassigned => FactKind::SinAsignar,
            Self::RegistrationRefused { .. } => FactKind::RegistrationRefused,
            Self::VehicleRegistered { .. } => FactKind::VehicleRegistered,
            Self::PreparedForDelivery => FactKind::ReadyForDelivery,
            Self::DeliveryArranged { .. } => FactKind::DeliveryArranged,
            Self::HandedOver => FactKind::HandedOver,
            Self::Lapsed => FactKind::Lapsed,
            Self::Cancelled { .. } => FactKind::Cancelled,
            Self::DeadlineExtended { .. } => FactKind::DeadlineExtended,
            Self::CustomerReminded => FactKind::DeadlineReminder,
            Self::EstimateMoved => FactKind::EstimateMoved,
            Self::PaymentAsked => FactKind::PaymentAsked,
            Self::RefundDue { .. } => FactKind::RefundDue,
            Self::Refunded { .. } => FactKind::Refunded,
            Self::PaymentReversed { .. } => FactKind::PaymentReversed,
            Self::PaymentReinstated { .. } => FactKind::PaymentReinstated,
            Self::PaymentStarted { .. }
            | Self::PaymentProcessing { .. }
            | Self::PaymentAwaitsCustomer { .. }
            | Self::PaymentExpired { .. }
            | Self::PaymentDeclined { .. }
            | Self::PaymentCaptured { .. }
            | Self::PaymentAnswered { .. }
            | Self::RefundFailed { .. }
            | Self::PaidOut { .. }
            | Self::MoneyBackTold { .. }
            | Self::CaseOpened { .. }
            | Self::CaseClosed { .. }
            | Self::OrderRequested
            | Self::VehicleReplaced { .. }
            | Self::DeliveryEstimated { .. }
            | Self::CustomerErased { .. }
            | Self::CustomerCorrected
            | Self::CustomerMoved { .. }
            | Self::DocumentRecorded { .. }
            | Self::CheckDone { .. }
            | Self::RegistrationResubmitted
            | Self::RegistrationRequested => return None,
        })
    }
}
