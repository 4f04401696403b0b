//! What a sale waits for, and until when: a payment, the vehicle, or the dealership.

use super::{CaseKind, Sale, Stage};
use crate::country::{Country, DocumentKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// What the workflow waits for. The state machine stores its task token in the sale's item only
/// while `awaits` says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// The señal, until its deadline, or until it is ours again where the bank took it back; `lapse-sale` decides when the wait times out.
    SignalPayment,
    /// The vehicle at the dealership, and the customer told.
    Vehicle,
    /// The balance, until its deadline; `unassign-vehicle` decides when the wait times out.
    FinalPayment,
    /// The dealership: documents that are missing, what the authority refused, or a payment that
    /// was taken back.
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
    /// What the workflow waits for in this stage.
    pub fn awaits(&self) -> Option<Wait> {
        match self.stage {
            Stage::SaleRegistered { .. } => Some(Wait::SignalPayment),
            Stage::OrderPlaced { .. }
            | Stage::Manufacturing { .. }
            | Stage::VehicleReady { .. } => Some(Wait::Vehicle),
            Stage::FinalPaymentPending { .. } => Some(Wait::FinalPayment),
            // A manager's word, or the money: what was won or closed wakes the workflow.
            Stage::ReservationPaid { order_requested_at: None } if self.is_on_hold() => {
                Some(Wait::SignalPayment)
            }
            Stage::VehicleRegistered { .. } if self.is_on_hold() => Some(Wait::Dealership),
            Stage::PaymentReceived { registration_requested_at: None, .. }
                if self.has_open_case(CaseKind::VehicleUnclear) =>
            {
                Some(Wait::Dealership)
            }
            Stage::PaymentReceived { .. } if self.is_on_hold() || self.awaits_dealership() => {
                Some(Wait::Dealership)
            }
            _ => None,
        }
    }

    /// When what is awaited is overdue: a payment, or the vehicle. `None`: nothing has a date.
    pub fn due_at(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::SaleRegistered { pay_signal_by } => Some(*pay_signal_by),
            Stage::OrderPlaced { order } | Stage::Manufacturing { order, .. } => {
                // The whole of the day, wherever the dealership is: once it is over in the last
                // zone. Every commit asks; the database of zones isn't needed for a list.
                let next_day = order.estimated_delivery?.tomorrow().ok()?;
                let last_zone = TimeZone::fixed(jiff::tz::offset(-12));
                Some(next_day.to_zoned(last_zone).ok()?.timestamp())
            }
            Stage::FinalPaymentPending { pay_by, .. } => Some(*pay_by),
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

    /// Whether the registration waits for the dealership.
    fn awaits_dealership(&self) -> bool {
        self.refusal().is_some() || !self.missing_documents().is_empty()
    }
}
