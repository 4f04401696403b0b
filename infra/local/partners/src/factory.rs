//! The factory: takes orders, builds vehicles milestone by milestone, and tells each milestone by a
//! webhook.

use crate::World;
use crate::call::{About, Body, Fault, Key};
use crate::ledger::{Ledger, now};
use crate::webhooks::{Webhook, deliver_in_order};
use axum::extract::{Path, Query, State};
use axum::routing::post;
use axum::{Extension, Json, Router, routing::get};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// The platform that no factory can build.
pub(crate) const UNBUILDABLE: &str = "UNBUILDABLE";
/// From the order to the delivery.
const LEAD_DAYS: i64 = 90;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new().route("/orders", post(place).get(find)).route("/orders/{order_id}", get(report))
}

/// How far a vehicle is; in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Milestone {
    InProduction,
    QualityCheck,
    ReadyForShipment,
    InTransit,
    AtDealership,
    AvailableForCustomer,
}

impl Milestone {
    const ALL: [Self; 6] = [
        Self::InProduction,
        Self::QualityCheck,
        Self::ReadyForShipment,
        Self::InTransit,
        Self::AtDealership,
        Self::AvailableForCustomer,
    ];

    /// The one after `status`.
    fn after(status: Option<Self>) -> Option<Self> {
        Self::ALL.into_iter().find(|milestone| Some(*milestone) > status)
    }
}

/// What an order says: these five fields and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderBody {
    customer_id: String,
    base_platform: String,
    options: Vec<String>,
    delivery_location: Map<String, Value>,
    order_date: OrderDate,
}

/// A date, or a time with its offset; kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct OrderDate {
    text: String,
    date: Date,
}

impl TryFrom<String> for OrderDate {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let date = text
            .parse::<Timestamp>()
            .map(|time| time.to_zoned(TimeZone::UTC).date())
            .or_else(|_| text.parse());
        date.map(|date| Self { text, date })
            .map_err(|_| "order_date must be a date, or a time with its offset")
    }
}

impl From<OrderDate> for String {
    fn from(date: OrderDate) -> Self {
        date.text
    }
}

/// An order, as the ledger shows it.
#[derive(Clone, Serialize)]
pub(crate) struct Order {
    #[serde(rename = "order_id")]
    pub(crate) id: String,
    /// The sale's id, which the webhooks carry.
    pub(crate) reference: String,
    /// The idempotency key: the reference again.
    key: String,
    at: Timestamp,
    /// How often it was placed.
    calls: u32,
    status: Option<Milestone>,
    pub(crate) estimated_delivery: Date,
    /// Known from the start, told from `AtDealership` on.
    vin: String,
    body: OrderBody,
    /// Takes the place of each webhook that is to be delivered.
    #[serde(skip)]
    outbox: UnboundedSender<usize>,
}

impl Order {
    /// The vehicle, as far as the factory tells of it at this milestone.
    pub(crate) fn vehicle_at(&self, status: Option<Milestone>) -> Option<&str> {
        (status >= Some(Milestone::AtDealership)).then_some(&self.vin)
    }

    /// As the factory reports it.
    pub(crate) fn report(&self) -> Value {
        let Self { id, reference, status, estimated_delivery, .. } = self;
        let vehicle_id = self.vehicle_at(*status);
        json!({
            "order_id": id, "reference": reference, "status": status, "vehicle_id": vehicle_id,
            "estimated_delivery": estimated_delivery,
        })
    }

    fn receipt(&self) -> Json<Value> {
        Json(json!({ "order_id": self.id, "estimated_delivery": self.estimated_delivery }))
    }
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
        let webhook =
            Webhook::new(world.serial(), order, milestone, order.vehicle_at(Some(milestone)));
        // Nobody listens only while the server stops.
        let _ = order.outbox.send(webhooks.len());
        webhooks.push(webhook);
    }
    Some(order.clone())
}

/// How long an order rests at a milestone; `None` rests until it is told to go on.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    usual: Option<Duration>,
    /// Of single sales, by their id.
    own: HashMap<String, Option<Duration>>,
}

impl Pace {
    pub(crate) fn new(ms: Option<u64>) -> Self {
        Self { usual: pause(ms), own: HashMap::new() }
    }

    /// Sets the usual pace, or a sale's own.
    pub(crate) fn set(&mut self, ms: Option<u64>, reference: Option<String>) {
        match reference {
            Some(reference) => drop(self.own.insert(reference, pause(ms))),
            None => self.usual = pause(ms),
        }
    }

    fn of(&self, reference: &str) -> Option<Duration> {
        self.own.get(reference).copied().unwrap_or(self.usual)
    }
}

/// 0 is no pace at all.
fn pause(ms: Option<u64>) -> Option<Duration> {
    ms.filter(|ms| *ms > 0).map(Duration::from_millis)
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
