//! `POST /webhooks/factory`: the factory tells how far an order is (R-22 of
//! `docs/requirements.md`).

use domain::ports::SaleStore;
use domain::sale::Milestone;
use domain::use_cases::ChangeError;
use domain::use_cases::follow_factory::{Update, take_factory_update};
use domain::{OrderId, SaleId, Vin};
use edge::signature::{Keys, standard_webhooks};
use edge::{Object, Problem, ProblemType, Reply, Request, UnknownFields};
use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::json;

/// Verifies, parses, takes in. A copy, or news that is old, is answered like the first: 200.
pub async fn handle(
    store: &impl SaleStore,
    keys: &Keys,
    final_payment_window: SignedDuration,
    request: Request,
) -> Result<Reply, Problem> {
    standard_webhooks(keys, request.headers(), request.body()?)?;
    let Message::Update(update) = request.json()?.read(UnknownFields::Ignored, message)? else {
        return Reply::ok(&json!({ "status": "ignored" }));
    };
    edge::log::sale(update.sale);
    let taken = take_factory_update(store, update, final_payment_window, request.now()).await;
    let sale = taken.map_err(|failure| match failure {
        ChangeError::NotFound => ProblemType::OrderNotFound.into(),
        other => Problem::from(other),
    })?;
    Reply::ok(&json!({ "status": sale.status() }))
}

/// What the factory sends.
enum Message {
    /// An order's new status.
    Update(Update),
    /// A type that we don't know (yet).
    Other,
}

fn message(body: &Object<'_>) -> Option<Message> {
    let known = body.text("type", |kind| Ok::<_, String>(kind == "order.status_changed"))?;
    if known { body.object("data", update).map(Message::Update) } else { Some(Message::Other) }
}

fn update(data: &Object<'_>) -> Option<Update> {
    let order = data.text("order_id", OrderId::parse);
    let sale = data.text("reference", SaleId::parse);
    let milestone =
        data.text("status", |name| milestone(name).ok_or("must be a status of the factory's"));
    let vehicle = data.optional_text("vehicle_id", Vin::parse);
    let estimated_delivery = data.optional_text("estimated_delivery", |text| {
        // Whoever typed it is told the form, not how it failed.
        text.parse::<Date>().map_err(|_| "must be a date, such as 2026-09-30")
    });
    Some(Update {
        sale: sale?,
        order: order?,
        milestone: milestone?,
        vehicle: vehicle?,
        estimated_delivery: estimated_delivery?,
    })
}

fn milestone(name: &str) -> Option<Milestone> {
    serde_json::from_value(json!(name)).ok()
}

#[cfg(test)]
mod tests;
