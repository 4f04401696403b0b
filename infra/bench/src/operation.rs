//! The operations that are measured: the event that Lambda hands in, what the services answer, and
//! what shows that it was done.

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The sale of all recordings.
const SALE: &str = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";
/// What the factory signs its webhooks with.
const FACTORY_KEY: &str = "whsec_bG9jYWwtZmFjdG9yeS1zaWduaW5nLWtleQ==";

const REGISTERED: &str = include_str!("recordings/registered.json");
const ORDERED: &str = include_str!("recordings/ordered.json");
const IN_PRODUCTION: &str = include_str!("recordings/in-production.json");
const AVAILABLE: &str = include_str!("recordings/available.json");
const PLAN: &str = include_str!("recordings/plan.json");
const DETAILS: &str = include_str!("recordings/details.json");

/// One operation of one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// A new sale of a new customer.
    RegisterSale,
    /// The señal, by card.
    PaySignal,
    /// The first milestone that the factory reports.
    FactoryWebhook,
    /// The balance, by card.
    FinalPayment,
    /// A sale as its dealership sees it.
    GetSale,
    /// The stream's record of that milestone: one notification.
    RelayEvent,
}

impl Operation {
    /// All of them.
    pub(super) const ALL: [Self; 6] = [
        Self::RegisterSale,
        Self::PaySignal,
        Self::FactoryWebhook,
        Self::FinalPayment,
        Self::GetSale,
        Self::RelayEvent,
    ];

    /// The function's name.
    pub(super) fn function(self) -> &'static str {
        match self {
            Self::RegisterSale => "register-sale",
            Self::PaySignal => "pay-signal",
            Self::FactoryWebhook => "receive-factory-update",
            Self::FinalPayment => "make-final-payment",
            Self::GetSale => "get-sale",
            Self::RelayEvent => "relay-events",
        }
    }

    /// How many calls of AWS it may make, and how many it would better make.
    pub(super) fn calls(self) -> Option<(f64, f64)> {
        match self {
            Self::RegisterSale => Some((1.0, 1.0)),
            Self::PaySignal | Self::FinalPayment => Some((3.0, 3.0)),
            Self::FactoryWebhook => Some((2.0, 1.0)),
            Self::GetSale | Self::RelayEvent => None,
        }
    }

    /// The event.
    pub(super) fn event(self) -> Result<Value> {
        let payment = json!({ "method": "card", "payment_method": "pm_card_visa" });
        Ok(match self {
            Self::RegisterSale => {
                request("POST /sales", "/sales", &stack::demo::sale("ana@example.com"))
            }
            Self::PaySignal => request(
                "POST /sales/{sale_id}/signal-payment",
                &format!("/sales/{SALE}/signal-payment"),
                &payment,
            ),
            Self::FinalPayment => request(
                "POST /sales/{sale_id}/final-payment",
                &format!("/sales/{SALE}/final-payment"),
                &payment,
            ),
            Self::GetSale => {
                request("GET /sales/{sale_id}", &format!("/sales/{SALE}"), &Value::Null)
            }
            Self::FactoryWebhook => webhook()?,
            Self::RelayEvent => change()?,
        })
    }

    /// Whether an answer says that it was done.
    pub(super) fn is_done(self, answer: &Value) -> bool {
        match self {
            Self::RelayEvent => {
                answer.get("batchItemFailures").and_then(Value::as_array).is_some_and(Vec::is_empty)
            }
            Self::RegisterSale => answer.get("statusCode") == Some(&json!(201)),
            _ => answer.get("statusCode") == Some(&json!(200)),
        }
    }

    /// The item that the operation reads, as the table has it when the operation begins: a
    /// registration's is the plan.
    pub(super) fn item(self) -> Result<Value> {
        let recording = match self {
            Self::FactoryWebhook => ORDERED,
            Self::FinalPayment => AVAILABLE,
            Self::RelayEvent => IN_PRODUCTION,
            Self::RegisterSale => PLAN,
            Self::PaySignal | Self::GetSale => REGISTERED,
        };
        Ok(serde_json::from_str(recording)?)
    }
}

/// What an AWS service answers to an operation, such as `DynamoDB_20120810.GetItem`; `None` if
/// nobody asks for that.
pub(super) fn recorded(target: &str, item: &Value) -> Option<Value> {
    Some(match target.rsplit_once('.')?.1 {
        "GetItem" => json!({ "Item": item }),
        "Query" => {
            json!({ "Items": [item, serde_json::from_str::<Value>(DETAILS).ok()?], "Count": 2, "ScannedCount": 2 })
        }
        "UpdateItem" | "TransactWriteItems" | "SendTaskSuccess" => json!({}),
        "GetSecretValue" => {
            json!({ "Name": "key", "SecretString": json!({ "current": FACTORY_KEY }).to_string() })
        }
        "SendMessage" => json!({ "MessageId": "7c6f2a3e-0c55-4d0e-8f0a-0e6a4a2f9b11" }),
        "StartExecution" => {
            json!({ "executionArn": "arn:aws:states:eu-west-1:000000000000:execution:sales:1", "startDate": 1.76e9 })
        }
        _ => return None,
    })
}

/// What DynamoDB charges a call's writes with: a unit for each KiB that is begun of an item, twice
/// in a transaction
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>).
/// An updated item has the size of the larger of before and after: here of the recorded one, or of
/// what the update sets.
pub(super) fn write_units(target: &str, body: &[u8], item: &Value) -> u32 {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let units = |write: &Value| {
        let written = write
            .get("Item")
            .or_else(|| write.get("ExpressionAttributeValues"))
            .unwrap_or(&Value::Null);
        let is_sale = write.pointer("/Key/SK/S") == Some(&json!("SALE"));
        let size = size(written).max(if is_sale { size(item) } else { 0 });
        u32::try_from(size.div_ceil(1024).max(1)).unwrap_or(u32::MAX)
    };
    match target.rsplit_once('.').map(|(_, operation)| operation) {
        Some("PutItem" | "UpdateItem" | "DeleteItem") => units(&body),
        Some("TransactWriteItems") => {
            let parts = body.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
            parts
                .filter_map(Value::as_object)
                .flat_map(|part| part.values())
                .map(|write| units(write).saturating_mul(2))
                .sum()
        }
        _ => 0,
    }
}

/// What DynamoDB charges a call's reads with, in halves of a unit: two for each 4 KiB that are
/// begun of what a consistent read finds, one where it needn't be consistent.
pub(super) fn read_halves(target: &str, body: &[u8], item: &Value) -> u32 {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let found = match target.rsplit_once('.').map(|(_, operation)| operation) {
        Some("GetItem") => size(item),
        Some("Query") => size(item)
            .saturating_add(serde_json::from_str(DETAILS).map_or(0, |details| size(&details))),
        _ => return 0,
    };
    let each = if body.get("ConsistentRead") == Some(&json!(true)) { 2 } else { 1 };
    u32::try_from(found.div_ceil(4096).max(1)).unwrap_or(u32::MAX).saturating_mul(each)
}

/// An item's size: that of its attributes' names and values.
pub(super) fn size(item: &Value) -> usize {
    let attributes = item.as_object().into_iter().flatten();
    let sizes = attributes.map(|(name, value)| {
        let single =
            value.get("S").or_else(|| value.get("N")).and_then(Value::as_str).map_or(0, str::len);
        let set = value
            .get("SS")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::len)
            .sum();
        name.len().saturating_add(single).saturating_add(set)
    });
    sizes.sum()
}

/// What the gateway answers to a charge.
pub(super) fn charged() -> Value {
    json!({
        "id": "pi_3QK2mT2eZvKYlo2C0h4b5n1a", "object": "payment_intent", "amount": 100_000, "amount_received": 100_000,
        "currency": "eur", "status": "succeeded", "livemode": false, "payment_method": "pm_card_visa",
        "payment_method_types": ["card"], "metadata": { "sale_id": SALE, "payment": "signal" },
    })
}

/// A request as API Gateway hands it in (HTTP API, payload 2.0), with an employee's token checked.
fn request(route: &str, path: &str, body: &Value) -> Value {
    let headers = json!({
        "accept": "application/json", "content-type": "application/json", "content-length": "420", "host": "api.caas.example",
        "idempotency-key": "k-8b1d2c3e4f5a6978", "user-agent": "intranet/4.2", "x-forwarded-for": "203.0.113.7",
        "x-forwarded-port": "443", "x-forwarded-proto": "https", "x-amzn-trace-id": "Root=1-67a0b1c2-0123456789abcdef01234567",
    });
    let claims = json!({
        "sub": "e-17", "roles": "[sales]", "dealership_id": "MAD-01", "country": "ES", "iss": "https://issuer.caas.example",
        "aud": "caas-intranet", "exp": "4093664000", "iat": "1760000000",
    });
    let authorizer = json!({ "jwt": { "claims": claims, "scopes": null } });
    let body = if body.is_null() { Value::Null } else { json!(body.to_string()) };
    event(route, path, &headers, &body, &authorizer)
}

fn event(route: &str, path: &str, headers: &Value, body: &Value, authorizer: &Value) -> Value {
    json!({
        "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": "", "headers": headers,
        "pathParameters": { "sale_id": SALE }, "body": body, "isBase64Encoded": false,
        "requestContext": {
            "accountId": "000000000000", "apiId": "a1b2c3d4e5", "domainName": "api.caas.example", "domainPrefix": "api",
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": route, "stage": "$default", "time": "02/Mar/2026:09:00:00 +0000",
            "timeEpoch": 1_772_442_000_000_i64, "authorizer": authorizer,
            "http": {
                "method": route.split(' ').next(), "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7",
                "userAgent": "intranet/4.2",
            },
        },
    })
}

fn webhook() -> Result<Value> {
    let body = json!({
        "type": "order.status_changed", "timestamp": "2026-03-02T09:00:00Z",
        "data": { "order_id": "F-1", "reference": SALE, "status": "InProduction", "occurred_at": "2026-03-02T09:00:00Z" },
    });
    let body = body.to_string();
    #[expect(clippy::disallowed_methods, reason = "a signature is good for five minutes")]
    let now = Timestamp::now().as_second();
    let signature =
        standardwebhooks::Webhook::new(FACTORY_KEY)?.sign("msg_1", now, body.as_bytes())?;
    let headers = json!({
        "content-type": "application/json", "host": "api.caas.example", "user-agent": "factory/1.0", "webhook-id": "msg_1",
        "webhook-timestamp": now.to_string(), "webhook-signature": signature,
    });
    Ok(event("POST /webhooks/factory", "/webhooks/factory", &headers, &json!(body), &Value::Null))
}

/// The change from the order to its first milestone, as the table's stream has it.
fn change() -> Result<Value> {
    let (old, new): (Value, Value) =
        (serde_json::from_str(ORDERED)?, serde_json::from_str(IN_PRODUCTION)?);
    let key = |name: &str| new.get(name).cloned().context("a recording without a key");
    Ok(json!({ "Records": [{
        "eventID": "c81e728d9d4c2f636f067f89cc14862c", "eventName": "MODIFY", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1", "eventSourceARN": "arn:aws:dynamodb:eu-west-1:000000000000:table/sales/stream/1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_772_442_000, "SequenceNumber": "111", "SizeBytes": 1900,
            "StreamViewType": "NEW_AND_OLD_IMAGES", "Keys": { "PK": key("PK")?, "SK": key("SK")? }, "OldImage": old, "NewImage": new,
        },
    }] }))
}
