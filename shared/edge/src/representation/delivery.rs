//! How a delivery is prepared: the checklist, and the day and place that were arranged.

use domain::sale::{Appointment, Check, CheckKind, DeliveryPlace, Slot, Stage};
use domain::{EmployeeId, Sale};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// How far the delivery is prepared, once the vehicle is registered.
#[derive(Debug, Serialize)]
pub struct PreparationView<'a> {
    checks: Vec<CheckView<'a>>,
    open_checks: Vec<CheckKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment: Option<AppointmentView<'a>>,
}

impl<'a> PreparationView<'a> {
    /// What was done and arranged for this sale; `None` before there is anything to prepare.
    pub fn of(sale: &'a Sale) -> Option<Self> {
        let due = matches!(sale.stage, Stage::ReadyForDelivery { .. } | Stage::HandedOver { .. });
        due.then(|| Self {
            checks: sale
                .checks
                .iter()
                .map(|Check { kind, by, at }| CheckView { kind: *kind, by, at: *at })
                .collect(),
            open_checks: sale.open_checks(),
            appointment: sale
                .appointment
                .as_ref()
                .map(|arranged| AppointmentView { arranged: arranged.into(), by: &arranged.by }),
        })
    }
}

/// A line of the checklist: who saw to it, and when.
#[derive(Debug, Serialize)]
struct CheckView<'a> {
    kind: CheckKind,
    by: &'a EmployeeId,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct AppointmentView<'a> {
    #[serde(flatten)]
    arranged: ArrangedView,
    by: &'a EmployeeId,
}

/// When and where the customer gets the vehicle.
#[derive(Debug, Serialize)]
pub(super) struct ArrangedView {
    date: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    place: DeliveryPlace,
}

impl From<&Appointment> for ArrangedView {
    fn from(Appointment { slot: Slot { date, time, place }, by: _ }: &Appointment) -> Self {
        let time = time.map(|time| format!("{:02}:{:02}", time.hour(), time.minute()));
        Self { date: *date, time, place: *place }
    }
}
