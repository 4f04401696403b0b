//! What the rest of the system has to do because of a commit. The relay does it, from the table's
//! stream.

use super::{Attempt, FactKind, NextAction, PaymentKind, Sale, Stage, Wait};
use crate::Vin;
use crate::contact::Topic;
use crate::vehicle::VehicleChange;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// A piece of work that a commit makes necessary outside the sale's own item: wake the workflow,
/// tell the customer, give money back. Effects are not stored: [`effects`] derives them from the
/// sale before and after, and `relay-events` does them from the table's stream. The stream may
/// deliver a change again, so each is safe to do twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Start the sale's workflow, under the sale's id.
    StartWorkflow,
    /// The fact that the workflow waits for is there: wake it, if its token is stored.
    ResumeWorkflow(Wait),
    /// The señal is paid, or won't be: one reservation less waits for it.
    ReleaseReservation,
    /// Make and send the customer's credentials, unless the customer has them.
    IssueCredentials,
    /// Tell the customer.
    Notify {
        /// The fact's place in the sale's history: with the sale's id, what makes the message one
        /// of its kind.
        fact: usize,
        /// What to tell.
        notification: Notification,
    },
    /// Give money back.
    Refund,
    /// The sale is the delivery subsystem's: tell it.
    HandOver,
}

/// What a customer is told (R-26 of `docs/requirements.md`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Notification {
    /// Order placed confirmation.
    OrderPlaced,
    /// The factory has begun to build the vehicle.
    ManufacturingStarted,
    /// Quality check completed.
    QualityCheckCompleted,
    /// Vehicle ready for shipment.
    ReadyForShipment,
    /// Manufacturing milestones reached: on its way.
    InTransit,
    /// Vehicle arrived at the dealership.
    AtDealership,
    /// Vehicle available for final payment.
    FinalPaymentDue,
    /// The balance is paid.
    FinalPaymentReceived,
    /// The vehicle is lost, the señal forfeit.
    PaymentFailed,
    /// The authority registered the vehicle.
    VehicleRegistered,
    /// The vehicle is ready for delivery.
    ReadyForDelivery,
    /// When and where the customer gets it.
    DeliveryArranged,
    /// The factory can't build it; the señal goes back.
    OrderRejected,
    /// The señal was not paid in time.
    SaleLapsed,
    /// The dealership cancelled the sale; a señal that was paid goes back.
    SaleCancelled,
    /// There is more time for the balance.
    DeadlineExtended,
    /// The deadline of the balance is near.
    DeadlineReminder,
    /// How to go on with a payment that was begun at the desk.
    PaymentAsked,
    /// Money went back.
    PaymentRefunded,
    /// The factory expects to deliver on another day.
    EstimateMoved,
}

impl Notification {
    /// Every notification there is.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What the customer is told of this, if anything.
    pub fn of(kind: FactKind) -> Option<Self> {
        Some(match kind {
            FactKind::OrderPlaced => Self::OrderPlaced,
            FactKind::InProduction => Self::ManufacturingStarted,
            FactKind::QualityCheck => Self::QualityCheckCompleted,
            FactKind::ReadyForShipment => Self::ReadyForShipment,
            FactKind::InTransit => Self::InTransit,
            FactKind::AtDealership => Self::AtDealership,
            FactKind::AvailableForCustomer => Self::FinalPaymentDue,
            FactKind::PaymentReceived => Self::FinalPaymentReceived,
            FactKind::SinAsignar => Self::PaymentFailed,
            FactKind::VehicleRegistered => Self::VehicleRegistered,
            FactKind::ReadyForDelivery => Self::ReadyForDelivery,
            FactKind::DeliveryArranged => Self::DeliveryArranged,
            FactKind::OrderRejected => Self::OrderRejected,
            FactKind::Lapsed => Self::SaleLapsed,
            FactKind::Cancelled => Self::SaleCancelled,
            FactKind::DeadlineExtended => Self::DeadlineExtended,
            FactKind::DeadlineReminder => Self::DeadlineReminder,
            FactKind::Refunded => Self::PaymentRefunded,
            FactKind::EstimateMoved => Self::EstimateMoved,
            FactKind::PaymentAsked => Self::PaymentAsked,
            FactKind::SaleRegistered
            | FactKind::ReservationPaid
            | FactKind::PaymentFailed
            | FactKind::RegistrationRefused
            | FactKind::HandedOver
            | FactKind::RefundDue
            | FactKind::PaymentReversed
            | FactKind::PaymentReinstated => return None,
        })
    }

    /// What it is about: customers choose their channels by it.
    pub fn topic(self) -> Topic {
        match self {
            Self::OrderPlaced
            | Self::ManufacturingStarted
            | Self::QualityCheckCompleted
            | Self::ReadyForShipment
            | Self::InTransit
            | Self::AtDealership
            | Self::EstimateMoved => Topic::Progress,
            Self::FinalPaymentDue
            | Self::FinalPaymentReceived
            | Self::PaymentFailed
            | Self::OrderRejected
            | Self::SaleLapsed
            | Self::SaleCancelled
            | Self::DeadlineExtended
            | Self::DeadlineReminder
            | Self::PaymentAsked
            | Self::PaymentRefunded => Topic::Payment,
            Self::VehicleRegistered | Self::ReadyForDelivery | Self::DeliveryArranged => {
                Topic::Delivery
            }
        }
    }

    /// Whether it may wait for the next one, which says as much: a milestone on the way. What the
    /// customer has to act on, or waits for, never does.
    pub fn may_wait(self) -> bool {
        matches!(
            self,
            Self::ManufacturingStarted
                | Self::QualityCheckCompleted
                | Self::ReadyForShipment
                | Self::InTransit
                | Self::AtDealership
        )
    }
}

impl Sale {
    /// The payment that an employee began and the customer has to go on with, if there is one.
    pub fn asked_payment(&self) -> Option<(PaymentKind, &Attempt, &NextAction)> {
        self.all_attempts()
            .filter(|(_, attempt)| attempt.at_desk)
            .find_map(|(kind, attempt)| Some((kind, attempt, attempt.next_action()?)))
    }

    /// Whether a fact's notification has nothing to say any more: the customer is told of a later
    /// fact that came within `burst`.
    pub fn is_superseded(&self, fact: usize, burst: SignedDuration) -> bool {
        let Some(super::Fact(kind, at)) = self.facts.get(fact) else { return false };
        // It was made, was ended, or gave way to another.
        if *kind == FactKind::PaymentAsked {
            let last = self.facts.iter().rposition(|later| later.0 == FactKind::PaymentAsked);
            return last != Some(fact) || self.asked_payment().is_none();
        }
        let waits = Notification::of(*kind).is_some_and(Notification::may_wait);
        let mut later = self.facts.iter().skip(fact.saturating_add(1));
        waits
            && later.any(|next| {
                // A new day says nothing of how far the vehicle is.
                let says_as_much = Notification::of(next.0)
                    .is_some_and(|told| told != Notification::EstimateMoved);
                says_as_much && next.1.duration_since(*at) < burst
            })
    }
}

/// What is owed because `old` became `new`.
pub fn effects(old: Option<&Sale>, new: &Sale) -> Vec<Effect> {
    let known = old.map_or(0, |sale| sale.facts.len());
    let mut owed = Vec::new();
    if let Some(wait) = old.and_then(Sale::awaits).filter(|wait| new.awaits() != Some(*wait)) {
        owed.push(Effect::ResumeWorkflow(wait));
    }
    for (fact, super::Fact(kind, _)) in new.facts.iter().enumerate().skip(known) {
        match kind {
            FactKind::SaleRegistered => {
                owed.extend([Effect::StartWorkflow, Effect::IssueCredentials]);
            }
            FactKind::RefundDue => owed.push(Effect::Refund),
            FactKind::HandedOver => owed.push(Effect::HandOver),
            _ => {}
        }
        owed.extend(
            Notification::of(*kind).map(|notification| Effect::Notify { fact, notification }),
        );
    }
    // To the address that is right.
    let moved = old.is_some_and(|sale| sale.customer != new.customer);
    if moved && new.erasure.is_none() {
        owed.push(Effect::IssueCredentials);
    }
    let is_unpaid = |sale: &Sale| matches!(sale.stage, Stage::SaleRegistered { .. });
    if old.is_some_and(is_unpaid) && !is_unpaid(new) {
        owed.push(Effect::ReleaseReservation);
    }
    owed
}

/// What the vehicle's own record has to say once `old` became `new`; it commits with the sale.
pub fn vehicle_change(old: &Sale, new: &Sale) -> Option<VehicleChange> {
    // The sale that ends lets go of what the one before it held.
    let vehicle: &Vin = new.vehicle().or_else(|| old.vehicle())?;
    let since = new.facts.last()?.1;
    let fresh = |kind: FactKind| new.facts.iter().skip(old.facts.len()).any(|fact| fact.0 == kind);
    let replaced = old.vehicle().filter(|gone| *gone != vehicle);
    let change =
        if [FactKind::SinAsignar, FactKind::Lapsed, FactKind::Cancelled].into_iter().any(fresh) {
            VehicleChange::Release { vehicle: vehicle.clone(), since }
        } else if fresh(FactKind::AtDealership) {
            VehicleChange::Assign { vehicle: vehicle.clone() }
        } else if let Some(gone) = replaced {
            VehicleChange::Replace { vehicle: vehicle.clone(), gone: gone.clone() }
        } else {
            let registration = new.registration().filter(|_| fresh(FactKind::VehicleRegistered))?;
            VehicleChange::Register { vehicle: vehicle.clone(), plate: registration.plate.clone() }
        };
    Some(change)
}

#[cfg(test)]
mod tests {
    use crate::sale::examples::{at, captured, new_sale, run, start};
    use crate::sale::{Effect, Fact, FactKind, PaymentKind, Wait, effects};
    use jiff::SignedDuration;

    #[test]
    fn the_workflow_is_woken_when_what_it_awaits_is_there() {
        let sale = new_sale();
        let open = run(sale.clone(), [start(PaymentKind::Signal, 1)], at(1));
        assert_eq!(effects(Some(&sale), &open), []);
        let paid = run(open.clone(), [captured(1)], at(1));
        assert_eq!(
            effects(Some(&open), &paid),
            [Effect::ResumeWorkflow(Wait::SignalPayment), Effect::ReleaseReservation]
        );
        assert_eq!(effects(None, &sale), [Effect::StartWorkflow, Effect::IssueCredentials]);
    }

    #[test]
    fn of_milestones_that_come_in_a_burst_the_last_is_told() {
        let burst = SignedDuration::from_mins(5);
        let mut sale = new_sale();
        let minute = |minutes: i64| at(10).checked_add(SignedDuration::from_mins(minutes)).unwrap();
        for (kind, minutes) in [
            (FactKind::OrderPlaced, 0),
            (FactKind::InProduction, 1),
            (FactKind::QualityCheck, 5),
            (FactKind::ReadyForShipment, 10),
            (FactKind::AtDealership, 30),
            (FactKind::AvailableForCustomer, 30),
        ] {
            sale.facts.push(Fact(kind, minute(minutes)));
        }
        let superseded: Vec<FactKind> = (0..sale.facts.len())
            .filter(|fact| sale.is_superseded(*fact, burst))
            .map(|fact| sale.facts[fact].0)
            .collect();
        assert_eq!(
            superseded,
            [FactKind::InProduction, FactKind::AtDealership],
            "an order's confirmation never waits"
        );
        assert!(
            (0..9).all(|fact| !sale.is_superseded(fact, SignedDuration::ZERO)),
            "nothing is, where nothing waits"
        );
    }
}
