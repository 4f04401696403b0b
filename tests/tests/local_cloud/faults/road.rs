//! The roads that a sale can take, each walked by patient people: who gets no answer, or one that
//! says 'later', asks again under the same key.

use crate::plans::UNBUILDABLE;
use adapters::DynamoSales;
use anyhow::{Context, Result, bail};
use domain::ports::SaleStore;
use domain::sale::{FactKind, Status};
use domain::{CustomerKey, EmailAddress, SaleId};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use stack::api::{Answer, Api};
use stack::demo::{BAD_CARD, GOOD_CARD, MILESTONES, key, sale, with_documents};
use stack::{Stack, eventually_every};
use std::time::Duration;

/// How long anything may take to happen, with a fault, among many sales.
const PATIENCE: Duration = Duration::from_mins(3);
/// Many sales ask at once.
const PAUSE: Duration = Duration::from_secs(1);
/// How often a request is sent before it is given up.
const TRIES: usize = 40;

/// How a sale goes; the shortest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Road {
    /// The manager cancels.
    Cancelled,
    /// Señal, order, milestones, balance, registration.
    Paid,
    /// The factory refuses; the señal goes back.
    Refused,
    /// The card for the señal is declined; nobody pays.
    Lapsed,
    /// A manager gives more time; the card for the balance is declined; nobody pays.
    Unpaid,
    /// The factory is silent for so long that it is asked. Then as `Paid`.
    Silent,
}

impl Road {
    pub(super) const ALL: [Self; 6] =
        [Self::Cancelled, Self::Paid, Self::Refused, Self::Lapsed, Self::Unpaid, Self::Silent];

    /// The status in which it ends.
    pub(super) fn end(self) -> Status {
        match self {
            Self::Paid | Self::Silent => Status::ReadyForDelivery,
            Self::Unpaid => Status::SinAsignar,
            Self::Lapsed => Status::Lapsed,
            Self::Refused => Status::OrderRejected,
            Self::Cancelled => Status::Cancelled,
        }
    }
}

/// One sale on its road.
pub(crate) struct Walk<'a> {
    pub(crate) stack: &'a Stack,
    pub(crate) store: &'a DynamoSales,
    pub(crate) road: Road,
    pub(crate) email: &'a str,
}

impl Walk<'_> {
    /// All that people do, from the registration on; answers the sale's id.
    pub(crate) async fn walk(&self) -> Result<SaleId> {
        let marks = &self.stack.marks;
        marks.know(self.email, self.email);
        marks.know(&CustomerKey::of(&EmailAddress::parse(self.email)?).to_string(), self.email);
        let id = self.register().await?;
        let mut token = self.waiting(id, "signal_payment", None).await?;
        match self.road {
            Road::Lapsed => {
                self.try_to_pay(id, "signal-payment", BAD_CARD, 402).await?;
            }
            Road::Cancelled => {
                let reason = json!({ "reason": "changed her mind" });
                self.insist(
                    &self.manager().await?,
                    &format!("/sales/{id}/cancellation"),
                    &reason,
                    200,
                    &key(),
                )
                .await?;
            }
            Road::Refused => {
                self.pay(id, "signal-payment").await?;
                self.until(id, FactKind::Refunded).await?;
            }
            Road::Paid | Road::Unpaid | Road::Silent => {
                self.pay(id, "signal-payment").await?;
                token = self.waiting(id, "vehicle", Some(token)).await?;
                self.stack.marks.know(&self.order(id).await?, self.email);
                if self.road == Road::Silent {
                    self.asked_the_factory().await?;
                }
                self.build(id).await?;
                self.waiting(id, "final_payment", Some(token)).await?;
                if self.road == Road::Unpaid {
                    let later =
                        self.deadline(id).await?.checked_add(SignedDuration::from_secs(2))?;
                    let more = json!({ "pay_by": later, "reason": "the bank is slow" });
                    self.insist(
                        &self.manager().await?,
                        &format!("/sales/{id}/deadline-extension"),
                        &more,
                        200,
                        &key(),
                    )
                    .await?;
                    self.try_to_pay(id, "final-payment", BAD_CARD, 402).await?;
                } else {
                    self.pay(id, "final-payment").await?;
                }
            }
        }
        self.insisting(
            &self.employee().await?,
            Method::GET,
            &format!("/sales/{id}"),
            None,
            200,
            &key(),
        )
        .await?;
        Ok(id)
    }

    /// Waits until the sale has ended.
    pub(crate) async fn ended(&self, id: SaleId) -> Result<()> {
        eventually_every(
            PAUSE * 2,
            PATIENCE,
            &format!("{} has ended as {}", self.email, self.road.end()),
            async || {
                let status = self.store.sale(id).await?.context("the sale is gone")?.status();
                Ok((status == self.road.end()).then_some(()))
            },
        )
        .await
    }

    async fn employee(&self) -> Result<Api> {
        self.stack.api("MAD-01", &["sales"]).await
    }

    async fn manager(&self) -> Result<Api> {
        self.stack.api("MAD-01", &["dealership-manager"]).await
    }

    pub(crate) async fn register(&self) -> Result<SaleId> {
        let mut body = with_documents(sale(self.email));
        if self.road == Road::Refused {
            body["plan"] = json!({ "code": UNBUILDABLE, "options": [] });
        }
        let registered = self
            .insist(
                &self.stack.api("MAD-01", &["sales", "dealership-manager"]).await?,
                "/sales",
                &body,
                201,
                &key(),
            )
            .await?;
        let id = SaleId::parse(registered.text("/sale_id"))?;
        self.stack.marks.know(&id.to_string(), self.email);
        Ok(id)
    }

    pub(crate) async fn pay(&self, id: SaleId, payment: &str) -> Result<()> {
        self.try_to_pay(id, payment, GOOD_CARD, 200).await
    }

    async fn try_to_pay(&self, id: SaleId, payment: &str, card: &str, status: u16) -> Result<()> {
        let body = json!({ "method": "card", "payment_method": card });
        self.insist(
            &self.employee().await?,
            &format!("/sales/{id}/{payment}"),
            &body,
            status,
            &key(),
        )
        .await
        .map(drop)
    }

    /// The factory builds the vehicle and brings it to the dealership.
    pub(crate) async fn build(&self, id: SaleId) -> Result<()> {
        self.stack.partners.advance(&self.order(id).await?, MILESTONES[5]).await?;
        self.until(id, FactKind::AvailableForCustomer).await
    }

    async fn order(&self, id: SaleId) -> Result<String> {
        let sale = self.store.sale(id).await?.context("the sale is gone")?;
        Ok(sale.order().context("the sale has no order")?.id.to_string())
    }

    pub(crate) async fn insist(
        &self,
        api: &Api,
        path: &str,
        body: &Value,
        status: u16,
        key: &str,
    ) -> Result<Answer> {
        self.insisting(api, Method::POST, path, Some(body.to_string()), status, key).await
    }

    /// Sends until the answer is one that stands.
    async fn insisting(
        &self,
        api: &Api,
        method: Method,
        path: &str,
        body: Option<String>,
        status: u16,
        key: &str,
    ) -> Result<Answer> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let mut last = String::new();
        for _ in 0..TRIES {
            match api.send(method.clone(), path, &headers, body.clone()).await {
                Ok(answer) if answer.status == status => return Ok(answer),
                Ok(answer) if answer.status < 500 => {
                    bail!("{path}: {status} was expected, the answer is {answer:?}")
                }
                Ok(answer) => last = format!("{answer:?}"),
                Err(fault) => last = format!("{fault:#}"),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        bail!("{path} is never answered: {last}")
    }

    pub(crate) async fn until(&self, id: SaleId, fact: FactKind) -> Result<()> {
        eventually_every(PAUSE, PATIENCE, &format!("{} knows {fact:?}", self.email), async || {
            let sale = self.store.sale(id).await?.context("the sale is gone")?;
            Ok(sale.facts.iter().any(|known| known.0 == fact).then_some(()))
        })
        .await
    }

    async fn deadline(&self, id: SaleId) -> Result<Timestamp> {
        match self.store.sale(id).await?.context("the sale is gone")?.stage {
            domain::sale::Stage::FinalPaymentPending { pay_by, .. } => Ok(pay_by),
            other => bail!("no deadline in {other:?}"),
        }
    }

    /// Waits until the workflow has left another token than the last one. Calls that carry it are
    /// about this sale.
    pub(crate) async fn waiting(
        &self,
        id: SaleId,
        awaited: &str,
        last: Option<String>,
    ) -> Result<String> {
        let item = json!({
            "TableName": self.stack.output("TableName")?, "ConsistentRead": true,
            "Key": { "PK": { "S": format!("SALE#{id}") }, "SK": { "S": "SALE" } },
        });
        let token = eventually_every(
            PAUSE,
            PATIENCE,
            &format!("the workflow of {} awaits {awaited}", self.email),
            async || {
                let found = self
                    .stack
                    .cloud
                    .json("dynamodb", "DynamoDB_20120810.GetItem", item.clone())
                    .await?;
                let text =
                    |name: &str| found.pointer(&format!("/Item/{name}/S")).and_then(Value::as_str);
                let token = text("task_token").filter(|token| Some(*token) != last.as_deref());
                Ok(token.filter(|_| text("awaits") == Some(awaited)).map(str::to_owned))
            },
        )
        .await?;
        self.stack.marks.know(&token, self.email);
        Ok(token)
    }

    async fn asked_the_factory(&self) -> Result<()> {
        eventually_every(
            PAUSE,
            PATIENCE,
            &format!("the factory is asked about {}", self.email),
            async || {
                let calls = self.stack.partners_proxy.calls();
                let asked = calls.iter().any(|call| {
                    call.function == "check-factory-order"
                        && call.about.as_deref() == Some(self.email)
                });
                Ok(asked.then_some(()))
            },
        )
        .await
    }
}
