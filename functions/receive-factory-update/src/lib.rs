//! `POST /webhooks/factory`: the factory tells how far an order is (R-22 of
//! `docs/requirements.md`).

use domain::ports::SaleStore;
use domain::sale::{Milestone, Order, Trouble};
use domain::use_cases::ChangeError;
use domain::use_cases::follow_factory::{
    Settings, Update, take_factory_trouble, take_factory_update,
};
use domain::{OrderId, Reason, SaleId, Vin};
use edge::signature::{Keys, standard_webhooks};
use edge::{Object, Problem, ProblemType, Reply, Request, UnknownFields};
use serde_json::json;

/// Verifies, parses, takes in. A copy, or news that is old, is answered like the first: 200.
pub async fn handle(
    store: &impl SaleStore,
    keys: &Keys,
    settings: Settings,
    request: Request,
) -> Result<Reply, Problem> {
    standard_webhooks(keys, request.headers(), request.body()?)?;
    let now = request.now();
    let taken = match request.json()?.read(UnknownFields::Ignored, message)? {
        Message::Update(update) => {
            edge::log::sale(update.sale);
            take_factory_update(store, update, settings, now).await
        }
        Message::Trouble(sale, order, trouble) => {
            edge::log::sale(sale);
            take_factory_trouble(store, sale, (order, trouble), now).await
        }
        Message::Other => {
            tracing::warn!("the factory says what we don't know");
            return Reply::ok(&json!({ "status": "ignored" }));
        }
    };
    let sale = taken.map_err(|failure| match failure {
        ChangeError::NotFound => ProblemType::OrderNotFound.into(),
        other => Problem::from(other),
    })?;
    Reply::ok(&json!({ "status": sale.status() }))
}

/// What the factory sends.
enum Message {
    /// An order is further on.
    Update(Update),
    /// An order doesn't go on.
    Trouble(SaleId, OrderId, Trouble),
    /// A type, or a status, that we don't know (yet): sent again, it would be no better known.
    Other,
}

/// What a status means.
enum News {
    Milestone(Milestone),
    Trouble(Trouble),
    Unknown,
}

impl News {
    fn of(status: &str) -> Self {
        match status {
            "Cancelled" | "Canceled" => Self::Trouble(Trouble::Cancelled),
            "QualityHold" | "OnHold" => Self::Trouble(Trouble::Held),
            _ => serde_json::from_value(json!(status)).map_or(Self::Unknown, Self::Milestone),
        }
    }
}

fn message(body: &Object<'_>) -> Option<Message> {
    let known = body.text("type", |kind| Ok::<_, String>(kind == "order.status_changed"))?;
    if known { body.object("data", update) } else { Some(Message::Other) }
}

fn update(data: &Object<'_>) -> Option<Message> {
    let news = data.text("status", |status| Ok::<_, String>(News::of(status)))?;
    if let News::Unknown = news {
        return Some(Message::Other);
    }
    let order = data.text("order_id", OrderId::parse);
    let sale = data.text("reference", SaleId::parse);
    let vehicle = data.optional_text("vehicle_id", Vin::parse);
    let estimate = |text: &str| Ok::<_, String>(Order::estimate(text));
    let estimated_delivery = data.optional_text("estimated_delivery", estimate)?.flatten();
    // Words that don't fit hold up nothing: they are only shown.
    let words = |text: &str| Ok::<_, String>(Reason::parse(text).ok());
    let reason = data.optional_text("reason", words)?.flatten();
    let (sale, order, vehicle) = (sale?, order?, vehicle?);
    Some(match news {
        News::Milestone(milestone) => {
            Message::Update(Update { sale, order, milestone, vehicle, estimated_delivery, reason })
        }
        News::Trouble(trouble) => Message::Trouble(sale, order, trouble),
        News::Unknown => Message::Other,
    })
}

#[cfg(test)]
mod tests;
