//! The factory: takes orders, builds vehicles milestone by milestone, and tells each milestone by a
//! webhook.

use crate::answer::{About, Fault};
use crate::clock::now;
use crate::delivery::deliver_in_order;
use crate::ledger::Ledger;
use crate::order::{Milestone, Order, OrderBody};
use crate::request::{Body, Key};
use crate::webhook::{Told, Webhook};
use crate::world::World;
use axum::extract::{Path, Query, State};
use axum::routing::post;
use axum::{Extension, Json, Router, routing::get};
use jiff::ToSpan;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;

/// The platform that no factory can build.
pub(crate) const UNBUILDABLE: &str = "UNBUILDABLE";
/// From the order to the delivery.
const LEAD_DAYS: i64 = 90;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new().route("/orders", post(place).get(find)).route("/orders/{order_id}", get(report))
}

async fn place(
    State(world): State<Arc<World>>,
    Key(key): Key,
    Body(body): Body<OrderBody>,
) -> Result<Json<Value>, Fault> {
    let mut ledger = world.ledger();
    if let Some(order) = ledger.orders.iter_mut().find(|order| order.key == key) {
        order.calls += 1;
        return if order.body == body {
            Ok(order.receipt())
        } else {
            Err(Fault::Conflict("the key belongs to another order"))
        };
    }
    if body.base_platform == UNBUILDABLE {
        return Err(Fault::Refused(format!("{UNBUILDABLE} is not built")));
    }
    let order = accept(&world, key, body);
    let receipt = order.receipt();
    ledger.orders.push(order);
    Ok(receipt)
}

/// A new order: from now on its webhooks are delivered, and it keeps its pace.
fn accept(world: &Arc<World>, reference: String, body: OrderBody) -> Order {
    let number = world.serial();
    let (outbox, due) = unbounded_channel();
    let order = Order {
        id: format!("F-{number}"),
        key: reference.clone(),
        reference,
        at: now(),
        calls: 1,
        status: None,
        estimated_delivery: body.order_date.date.saturating_add(LEAD_DAYS.days()),
        vin: format!("VCA{number:014}"),
        body,
        outbox,
    };
    tokio::spawn(deliver_in_order(Arc::clone(world), due));
    tokio::spawn(keep_pace(Arc::clone(world), order.id.clone(), order.reference.clone()));
    order
}

async fn report(
    State(world): State<Arc<World>>,
    Path(order_id): Path<String>,
) -> Result<(Extension<About>, Json<Value>), Fault> {
    let ledger = world.ledger();
    let order = ledger.order(&order_id).ok_or(Fault::Unknown("order"))?;
    Ok((Extension(About(order.reference.clone())), Json(order.report())))
}

#[derive(Deserialize)]
struct Find {
    reference: String,
}

async fn find(
    State(world): State<Arc<World>>,
    Query(Find { reference }): Query<Find>,
) -> (Extension<About>, Json<Value>) {
    let ledger = world.ledger();
    let orders: Vec<Value> = ledger
        .orders
        .iter()
        .filter(|order| order.reference == reference)
        .map(Order::report)
        .collect();
    (Extension(About(reference)), Json(json!({ "orders": orders })))
}

/// Takes the order on to a milestone - the next one if none is named - through each on the way,
/// with a webhook each. `None` without such an order; one that is there already, or past it, stays.
pub(crate) fn advance(world: &World, order_id: &str, to: Option<Milestone>) -> Option<Order> {
    let mut ledger = world.ledger();
    let Ledger { orders, webhooks, .. } = &mut *ledger;
    let order = orders.iter_mut().find(|order| order.id == order_id)?;
    let to = to.or(Milestone::after(order.status));
    while let Some(milestone) = Milestone::after(order.status).filter(|next| Some(*next) <= to) {
        order.status = Some(milestone);
        let webhook = Webhook::new(
            world.serial(),
            order,
            Told::Milestone(milestone),
            order.vehicle_at(Some(milestone)),
            None,
        );
        // Nobody listens only while the server stops.
        let _ = order.outbox.send(webhooks.len());
        webhooks.push(webhook);
    }
    Some(order.clone())
}

/// Advances the order at its pace until its vehicle is there for the customer. A change of its pace
/// begins its rest anew.
async fn keep_pace(world: Arc<World>, order_id: String, reference: String) {
    let mut pace = world.pace.subscribe();
    loop {
        let every = pace.borrow_and_update().of(&reference);
        tokio::select! {
            () = rest(every) => {
                let order = advance(&world, &order_id, None);
                if order.is_none_or(|order| Milestone::after(order.status).is_none()) {
                    return;
                }
            }
            _ = pace.wait_for(|pace| pace.of(&reference) != every) => {}
        }
    }
}

async fn rest(every: Option<Duration>) {
    match every {
        Some(every) => tokio::time::sleep(every).await,
        None => std::future::pending().await,
    }
}
