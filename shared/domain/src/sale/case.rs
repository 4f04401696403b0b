//! Cases: what the system can't settle by itself, put before the dealership until it is settled.

use crate::{EmployeeId, Reason};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that people have to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What it is about; at most one of a kind is open.
    pub kind: CaseKind,
    /// Since when it is before people.
    #[serde(with = "crate::time::millis")]
    pub opened_at: Timestamp,
    /// When it was settled, in milliseconds; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
    /// Who closed it; absent where it was settled by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closure: Option<Closure>,
}

/// A manager closed a case that the system can't: who, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// The manager, by the id in the employee's token (`sub`).
    pub by: EmployeeId,
    /// The manager's own words, up to 200 characters.
    pub reason: Reason,
}

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// The outcome of a payment is not known, and the gateway doesn't tell it.
    PaymentUnsettled,
    /// A refund is due, and the gateway doesn't make it.
    RefundUnsettled,
    /// A refund failed at the customer's bank: people pay it out in another way.
    RefundFailed,
    /// The bank took a payment back, or a part of it.
    PaymentReversed,
    /// The sale is paid, and documents that the authority wants are not on file.
    DocumentsMissing,
    /// The authority refused to register the vehicle.
    RegistrationRefused,
    /// The authority can't be reached. It is still asked.
    AuthoritySilent,
    /// The factory doesn't answer to the order. It is still asked.
    FactorySilent,
    /// The factory cancelled the order: the manager cancels the sale, or the factory thinks better
    /// of it.
    OrderCancelled,
    /// The factory holds the vehicle back.
    OrderHeld,
    /// The factory names another vehicle than before, or none where there has to be one.
    VehicleUnclear,
    /// A mail to the customer came back, or was complained about: there are no more until people
    /// have seen to it.
    MailUndeliverable,
}

impl CaseKind {
    /// Every kind of case, for whoever has to go through them all.
    pub const ALL: [Self; 12] = [
        Self::PaymentUnsettled,
        Self::RefundUnsettled,
        Self::RefundFailed,
        Self::PaymentReversed,
        Self::DocumentsMissing,
        Self::RegistrationRefused,
        Self::AuthoritySilent,
        Self::FactorySilent,
        Self::OrderCancelled,
        Self::OrderHeld,
        Self::VehicleUnclear,
        Self::MailUndeliverable,
    ];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaymentUnsettled => "payment_unsettled",
            Self::RefundUnsettled => "refund_unsettled",
            Self::RefundFailed => "refund_failed",
            Self::PaymentReversed => "payment_reversed",
            Self::DocumentsMissing => "documents_missing",
            Self::RegistrationRefused => "registration_refused",
            Self::AuthoritySilent => "authority_silent",
            Self::FactorySilent => "factory_silent",
            Self::OrderCancelled => "order_cancelled",
            Self::OrderHeld => "order_held",
            Self::VehicleUnclear => "vehicle_unclear",
            Self::MailUndeliverable => "mail_undeliverable",
        }
    }
}
