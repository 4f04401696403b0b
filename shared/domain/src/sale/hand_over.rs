//! The hand-over to the delivery subsystem, once nothing of the checklist is open.

use super::{CheckKind, DeliveryPlace, FactKind, Sale};
use crate::{CountryCode, DealershipId, Plate, SaleId, Vin, ZoneName};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::Serialize;

/// What the delivery subsystem is told. Ids only: whom the vehicle goes to, and to which address,
/// it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandOver {
    /// Which sale; also what makes the event one of its kind, however often it comes.
    pub sale_id: SaleId,
    /// The dealership that sold, and that delivers.
    pub dealership_id: DealershipId,
    /// The dealership's country.
    pub country: CountryCode,
    /// The vehicle's identification number (VIN).
    pub vehicle_id: Vin,
    /// The plate that the authority gave the vehicle.
    pub plate: Plate,
    /// The day of the delivery, by the dealership's clock.
    pub date: Date,
    /// The hour; absent: during the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// The zone of the dealership's clock.
    pub time_zone: ZoneName,
    /// Where it is delivered; the address itself is not told here.
    pub place: DeliveryPlace,
    /// When the sale was closed.
    pub handed_over_at: Timestamp,
}

impl Sale {
    /// What of the checklist is not done.
    pub fn open_checks(&self) -> Vec<CheckKind> {
        CheckKind::ALL
            .into_iter()
            .filter(|kind| !self.checks.iter().any(|done| done.kind == *kind))
            .collect()
    }

    /// What the delivery subsystem is told; `None` before the hand-over.
    pub fn hand_over(&self) -> Option<HandOver> {
        let handed_over_at = self.facts.iter().find(|fact| fact.0 == FactKind::HandedOver)?.1;
        let (registration, appointment) = (self.registration()?, self.appointment.as_ref()?);
        Some(HandOver {
            sale_id: self.id,
            dealership_id: self.dealership.clone(),
            country: self.country,
            vehicle_id: self.vehicle()?.clone(),
            plate: registration.plate.clone(),
            date: appointment.slot.date,
            time: appointment.slot.time,
            time_zone: self.zone(),
            place: appointment.slot.place,
            handed_over_at,
        })
    }
}
