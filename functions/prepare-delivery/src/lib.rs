//! `POST /sales/{sale_id}/delivery`: the dealership prepares the vehicle for its customer, and
//! arranges when and where.

use domain::ports::SaleStore;
use domain::sale::{CheckKind, DeliveryPlace, Slot};
use domain::use_cases::prepare_delivery::{Input, prepare_delivery};
use edge::representation::PreparationView;
use edge::{Fault, Object, Operation, Problem, Reply, Request, UnknownFields};
use jiff::civil::{Date, Time};
use serde_json::json;

/// What of the checklist is done, and when and where, if that is to be set.
type Preparation = (Vec<CheckKind>, Option<Slot>);

const NO_HOUR: &str = "must be an hour, such as 10:30";

/// Records each once. With the last of it the sale is handed over to the delivery subsystem.
pub async fn handle(store: &impl SaleStore, request: Request) -> Result<Reply, Problem> {
    let employee = request.employee(Operation::PrepareDelivery)?;
    let sale = request.sale_id()?;
    let (checks, appointment) = request.json()?.read(UnknownFields::Refused, preparation)?;
    if checks.is_empty() && appointment.is_none() {
        return Err(Problem::invalid(vec![Fault::new(
            "",
            "must have checks, an appointment, or both",
        )]));
    }
    let input =
        Input { sale, dealership: employee.dealership, by: employee.id, checks, appointment };
    let sale = prepare_delivery(store, input, request.now()).await?;
    Reply::ok(
        &json!({ "sale_id": sale.id, "status": sale.status(), "preparation": PreparationView::of(&sale) }),
    )
}

fn preparation(body: &Object<'_>) -> Option<Preparation> {
    let checks = body.optional_texts("checks", CheckKind::ALL.len(), |text| {
        CheckKind::parse(text).ok_or("is not on the checklist")
    });
    let appointment = body.optional_object("appointment", |appointment| {
        let date = appointment.text("date", |text| {
            // Whoever typed it is told the form, not how it failed.
            text.parse::<Date>().map_err(|_| "must be a day, such as 2026-06-15")
        });
        let time = appointment.optional_text("time", |text| {
            let (hour, minute) = text.split_once(':').ok_or(NO_HOUR)?;
            let of_two = |digits: &str| digits.len() == 2;
            // Whoever typed it is told the form, not how it failed.
            let parsed = text.parse::<Time>().map_err(|_| NO_HOUR)?;
            if of_two(hour) && of_two(minute) { Ok(parsed) } else { Err(NO_HOUR) }
        });
        let place = appointment.text("place", |text| {
            DeliveryPlace::parse(text).ok_or("must be dealership or customer_address")
        });
        Some(Slot { date: date?, time: time?, place: place? })
    });
    Some((checks?, appointment))
}

#[cfg(test)]
mod tests;
