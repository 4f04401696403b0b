//! The factory's Order API (R-20 of `docs/requirements.md`). The sale's id is the idempotency key
//! and comes back in the factory's webhooks as `reference`.

use crate::partner::{Answer, Call, Partner};
use domain::OrderId;
use domain::ports::{
    DeliveryLocation, Factory, FactoryError, OrderReport, OrderRequest, PartnerError,
};
use domain::sale::Order;
use domain::{Address, BasePlatform, CustomerId, DealershipId, OptionCode, Vin};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

/// How much of a refusal's reason is kept.
const MAX_REASON: usize = 300;

/// The factory's Order API over HTTPS. Make one a process.
#[derive(Debug)]
pub struct HttpFactory(Partner);

impl HttpFactory {
    /// The factory at this address.
    pub fn new(partner: Partner) -> Self {
        Self(partner)
    }
}

/// The order's body: these five fields and no more (R-19 of `docs/requirements.md`).
#[derive(Serialize)]
struct OrderBody<'a> {
    customer_id: CustomerId,
    base_platform: &'a BasePlatform,
    options: &'a [OptionCode],
    delivery_location: DeliveryBody<'a>,
    order_date: Timestamp,
}

#[derive(Serialize)]
struct DeliveryBody<'a> {
    dealership_id: &'a DealershipId,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_address: Option<&'a Address>,
}

impl<'a> From<&'a DeliveryLocation> for DeliveryBody<'a> {
    fn from(location: &'a DeliveryLocation) -> Self {
        match location {
            DeliveryLocation::Dealership(dealership_id) => {
                Self { dealership_id, customer_address: None }
            }
            DeliveryLocation::Customer(dealership_id, address) => {
                Self { dealership_id, customer_address: Some(address) }
            }
        }
    }
}

impl Factory for HttpFactory {
    async fn place(&self, order: &OrderRequest) -> Result<Order, FactoryError> {
        let OrderRequest { sale, customer, base_platform, options, delivery, order_date } = order;
        let delivery_location = delivery.into();
        let body = OrderBody {
            customer_id: *customer,
            base_platform,
            options,
            delivery_location,
            order_date: *order_date,
        };
        let operation = "place order";
        let answer = self
            .0
            .call(Call::post(operation, "/orders").idempotency_key(sale).json(&body)?)
            .await?;
        match answer.status {
            200..300 => placed(&answer).ok_or_else(|| self.0.unclear(operation, "no order").into()),
            422 => Err(FactoryError::Refused(reason(&answer))),
            _ => Err(self.0.unclear(operation, "neither an order nor a refusal").into()),
        }
    }

    async fn report(&self, order: &OrderId) -> Result<OrderReport, PartnerError> {
        let operation = "get order";
        // An order's number may have a slash.
        let path: String =
            url::form_urlencoded::byte_serialize(order.as_str().as_bytes()).collect();
        let answer = self.0.call(Call::get(operation, format!("/orders/{path}"))).await?;
        if answer.status != 200 || answer.text("/order_id") != Some(order.as_str()) {
            return Err(self.0.unclear(operation, "no such order"));
        }
        Ok(OrderReport {
            milestone: answer
                .body
                .get("status")
                .and_then(|status| serde_json::from_value(status.clone()).ok()),
            vehicle: answer.text("/vehicle_id").and_then(|vin| Vin::parse(vin).ok()),
            estimated_delivery: estimated_delivery(&answer),
        })
    }
}

fn placed(answer: &Answer) -> Option<Order> {
    let id = answer.text("/order_id").and_then(|id| OrderId::parse(id).ok())?;
    Some(Order { id, estimated_delivery: estimated_delivery(answer) })
}

fn estimated_delivery(answer: &Answer) -> Option<Date> {
    answer.text("/estimated_delivery").and_then(Order::estimate)
}

/// Why a partner refused, in its own words, as far as they go.
pub(crate) fn reason(answer: &Answer) -> String {
    let words = answer.body.get("reason").and_then(Value::as_str).unwrap_or("no reason given");
    words.chars().filter(|character| !character.is_control()).take(MAX_REASON).collect()
}
