//! What happens next in a sale, and by when: what a customer wants to know first.

use super::{PaymentKind, Sale, Stage};
use jiff::Timestamp;
use serde::Serialize;

/// The next thing to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// The customer pays the señal.
    PaySignal,
    /// A payment is with the bank, or its outcome isn't known yet.
    AwaitBank,
    /// The factory confirms the order.
    PlaceOrder,
    /// The factory begins.
    Manufacture,
    /// The factory goes on, until the vehicle is ready to leave.
    FinishManufacturing,
    /// The vehicle leaves the factory.
    Ship,
    /// The vehicle arrives at the dealership.
    Arrive,
    /// The dealership makes it available, and asks for the balance.
    RequestFinalPayment,
    /// The customer pays the balance.
    PayBalance,
    /// The dealership has it registered.
    RegisterVehicle,
    /// It is made ready for delivery.
    PrepareDelivery,
    /// The dealership arranges a day and a place with the customer.
    Deliver,
    /// The customer gets it, on the day arranged.
    Receive,
}

impl Sale {
    /// The next step, and the last moment for it where there is one. `None`: the sale is over.
    pub fn next_step(&self) -> Option<(NextStep, Option<Timestamp>)> {
        use super::Milestone::{InTransit, ReadyForShipment};
        let open = |kind: PaymentKind| {
            self.attempts(kind).iter().any(|attempt| attempt.state.is_under_way())
        };
        let step = match &self.stage {
            Stage::SaleRegistered { .. } if open(PaymentKind::Signal) => NextStep::AwaitBank,
            Stage::FinalPaymentPending { .. } if open(PaymentKind::Balance) => NextStep::AwaitBank,
            Stage::SaleRegistered { pay_signal_by } => {
                return Some((NextStep::PaySignal, Some(*pay_signal_by)));
            }
            Stage::FinalPaymentPending { pay_by, .. } => {
                return Some((NextStep::PayBalance, Some(*pay_by)));
            }
            Stage::ReservationPaid { .. } => NextStep::PlaceOrder,
            Stage::OrderPlaced { .. } => NextStep::Manufacture,
            Stage::Manufacturing { milestone: InTransit, .. } => NextStep::Arrive,
            Stage::Manufacturing { milestone: ReadyForShipment, .. } => NextStep::Ship,
            Stage::Manufacturing { .. } => NextStep::FinishManufacturing,
            Stage::VehicleReady { .. } => NextStep::RequestFinalPayment,
            Stage::PaymentReceived { .. } => NextStep::RegisterVehicle,
            Stage::VehicleRegistered { .. } => NextStep::PrepareDelivery,
            Stage::ReadyForDelivery { .. } if self.appointment.is_none() => NextStep::Deliver,
            Stage::ReadyForDelivery { .. } | Stage::HandedOver { .. } => NextStep::Receive,
            Stage::PaymentFailed { .. }
            | Stage::SinAsignar { .. }
            | Stage::Lapsed
            | Stage::OrderRejected { .. }
            | Stage::Cancelled { .. } => return None,
        };
        Some((step, None))
    }
}
