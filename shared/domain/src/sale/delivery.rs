//! What the dealership does between the registration and the hand-over to the delivery subsystem: a
//! checklist, a date and a place.

use super::{Event, FactKind, Rejection, Sale};
use crate::{CountryCode, DealershipId, EmployeeId, Plate, SaleId, Vin};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// How many days ahead a delivery can be arranged.
const MAX_DAYS_AHEAD: i32 = 365;

/// How often a delivery can be arranged anew: it bounds the item, and the customer's mails.
const MAX_ARRANGEMENTS: usize = 12;

/// Something that is seen to before any vehicle is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// The maker's inspection before delivery: fluids, pressures, brakes, lights, software.
    PreDeliveryInspection,
    /// Transport protection is off, the vehicle is clean inside and out.
    Cleaning,
    /// The plates are on, and they are the registration's.
    PlatesMounted,
    /// Keys, manuals, certificate of conformity and registration papers are together.
    PapersAndKeys,
}

impl CheckKind {
    /// The whole checklist, in its order.
    pub const ALL: [Self; 4] =
        [Self::PreDeliveryInspection, Self::Cleaning, Self::PlatesMounted, Self::PapersAndKeys];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreDeliveryInspection => "pre_delivery_inspection",
            Self::Cleaning => "cleaning",
            Self::PlatesMounted => "plates_mounted",
            Self::PapersAndKeys => "papers_and_keys",
        }
    }

    /// Parses a name. `None`: the checklist has no such line.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A line of the checklist that is done: by whom, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The line of the checklist; each is done once.
    pub kind: CheckKind,
    /// The employee who ticked it, by the id in the token (`sub`).
    pub by: EmployeeId,
    /// When it was ticked, to the millisecond.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
}

/// Where a vehicle is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryPlace {
    /// At the dealership.
    Dealership,
    /// At the customer's address: the one captured for the delivery, or else the customer's own.
    CustomerAddress,
}

impl DeliveryPlace {
    /// Both places, from which [`Self::parse`] chooses.
    pub const ALL: [Self; 2] = [Self::Dealership, Self::CustomerAddress];

    /// The name, as serde writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dealership => "dealership",
            Self::CustomerAddress => "customer_address",
        }
    }

    /// Parses a name. `None`: there is no such place.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == text)
    }
}

/// When and where the customer gets the vehicle, as the dealership arranged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// The day of the delivery, without an hour. Whether it is past already is judged in UTC.
    pub date: Date,
    /// Where the customer gets the vehicle on that day.
    pub place: DeliveryPlace,
    /// Who arranged it.
    pub by: EmployeeId,
}

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
    /// The day of the delivery.
    pub date: Date,
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
            date: appointment.date,
            place: appointment.place,
            handed_over_at,
        })
    }
}

/// What is done, and what is arranged. With the last of it the sale is the delivery subsystem's.
/// The same again changes nothing.
pub(super) fn prepared(
    sale: &Sale,
    by: &EmployeeId,
    checks: &[CheckKind],
    arranged: Option<(Date, DeliveryPlace)>,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let open = sale.open_checks();
    let done: Vec<CheckKind> = open.iter().copied().filter(|kind| checks.contains(kind)).collect();
    let known = sale.appointment.as_ref().map(|known| (known.date, known.place));
    let arranged = arranged.filter(|new| known != Some(*new));
    if done.is_empty() && arranged.is_none() {
        return Ok(vec![]);
    }
    if sale.hand_over().is_some() {
        return Err(Rejection::HandedOver);
    }
    if let Some((date, _)) = arranged {
        let today = now.to_zoned(TimeZone::UTC).date();
        let latest = today.saturating_add(jiff::Span::new().days(MAX_DAYS_AHEAD));
        if date < today || date > latest {
            return Err(Rejection::DateOutOfRange(today, latest));
        }
        if sale.facts.iter().filter(|fact| fact.0 == FactKind::DeliveryArranged).count()
            >= MAX_ARRANGEMENTS
        {
            return Err(Rejection::TooManyArrangements);
        }
    }
    // Whole milliseconds, as it is stored: a repeat is answered the same.
    let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let is_complete = done.len() == open.len() && arranged.or(known).is_some();
    let mut events: Vec<Event> = done
        .into_iter()
        .map(|kind| Event::CheckDone { check: Check { kind, by: by.clone(), at } })
        .collect();
    events.extend(arranged.map(|(date, place)| Event::DeliveryArranged {
        appointment: Appointment { date, place, by: by.clone() },
    }));
    events.extend(is_complete.then_some(Event::HandedOver));
    Ok(events)
}
