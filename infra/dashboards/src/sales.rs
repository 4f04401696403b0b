//! The sales of a run that is drawn: they go every way that a sale can go.

use crate::observe::Watch;
use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use proxy::{Fault, Rule, Tries};
use reqwest::Method;
use serde_json::{Value, json};
use stack::api::Api;
use stack::demo::{BAD_CARD, GOOD_CARD, MILESTONES, events, prepared, sale, with_documents};
use stack::{STACK, Stack, eventually_every};
use std::time::Duration;

/// How a sale of the run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To the hand-over.
    Delivered,
    /// The factory refuses, and the señal goes back.
    Refused,
    /// The manager cancels.
    Cancelled,
    /// Nobody pays the señal.
    Lapsed,
    /// Nobody pays the balance.
    Unpaid,
    /// The bank takes the señal back, which is a case.
    Disputed,
}

/// The ways, in the order in which sales begin.
const WAYS: [Way; 24] = {
    use Way::{Cancelled, Delivered, Disputed, Lapsed, Refused, Unpaid};
    [
        Delivered, Lapsed, Delivered, Unpaid, Refused, Delivered, Disputed, Cancelled, Delivered,
        Delivered, Unpaid, Lapsed, Delivered, Refused, Delivered, Cancelled, Disputed, Delivered,
        Delivered, Unpaid, Delivered, Refused, Delivered, Cancelled,
    ]
};
/// From one sale's beginning to the next one's.
const BETWEEN: Duration = Duration::from_millis(1_500);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// One sale, and who sells it.
struct Seller<'a> {
    stack: &'a Stack,
    watch: &'a Watch,
    api: &'a Api,
}

/// Sells; answers the sales' ids.
pub(crate) async fn sell(stack: &Stack, watch: &Watch) -> Result<Vec<String>> {
    let api = stack.api("MAD-01", &["sales", "dealership-manager"]).await?;
    let seller = Seller { stack, watch, api: &api };
    // Mails that SES doesn't take for a while come again; one doesn't come at all.
    for call in 4..24 {
        let rule = Rule::next("send-notification", "SES.SendEmail", Fault::Fail).after(call);
        stack.cloud_proxy.inject(rule.at(Tries::Every));
    }
    // What is on a schedule of a quarter of an hour is called more often.
    let reconcile = format!("/2015-03-31/functions/{STACK}-reconcile-payments/invocations");
    let reconciling = async {
        loop {
            // One run that fails is one figure less.
            let _ = stack.cloud.post("lambda", &reconcile, json!({})).await;
            tokio::time::sleep(BETWEEN * 3).await;
        }
    };
    let selling = WAYS.iter().enumerate().map(|(number, way)| seller.go(number, *way));
    tokio::select! {
        sold = try_join_all(selling) => sold,
        () = reconciling => Ok(Vec::new()),
    }
}

impl Seller<'_> {
    async fn go(&self, number: usize, way: Way) -> Result<String> {
        tokio::time::sleep(BETWEEN.saturating_mul(u32::try_from(number)?)).await;
        if number % 8 == 7 {
            // Somebody types something that is none.
            self.ask(Method::POST, "/sales", Some(&sale("no address"))).await?;
        }
        let body = with_documents(sale(&format!("sold-{number}@example.com")));
        let registered = self.ask(Method::POST, "/sales", Some(&body)).await?;
        let id = registered
            .pointer("/sale_id")
            .and_then(Value::as_str)
            .context("no sale was registered")?
            .to_owned();
        match way {
            Way::Cancelled => {
                let reason = json!({ "reason": "changed her mind" });
                self.ask(Method::POST, &format!("/sales/{id}/cancellation"), Some(&reason)).await?;
                self.until(&id, "Cancelled").await?;
            }
            Way::Lapsed => {
                self.pay(&id, "signal-payment", BAD_CARD).await?;
                self.until(&id, "Lapsed").await?;
            }
            Way::Refused => {
                let no = json!({ "partner": "factory", "behaviour": "refuse", "times": 1, "reason": "no capacity", "reference": id });
                self.stack.partners.behave(&no).await?;
                self.pay(&id, "signal-payment", GOOD_CARD).await?;
                self.until(&id, "Refunded").await?;
            }
            Way::Disputed => {
                self.pay(&id, "signal-payment", GOOD_CARD).await?;
                self.until(&id, "OrderPlaced").await?;
                let payment = self.stack.payment_of(&id).await?;
                let dispute = format!("payments/{payment}/disputes");
                self.stack.at_the_gateway(&dispute, &json!({})).await?;
                self.until(&id, "PaymentReversed").await?;
            }
            Way::Delivered | Way::Unpaid => self.build(&id, way).await?,
        }
        Ok(id)
    }

    /// As far as the balance's deadline, or the hand-over. The factory is not always there.
    async fn build(&self, id: &str, way: Way) -> Result<()> {
        let away =
            json!({ "partner": "factory", "behaviour": "error", "times": 1, "reference": id });
        self.stack.partners.behave(&away).await?;
        self.pay(id, "signal-payment", GOOD_CARD).await?;
        let ordered = self.until(id, "OrderPlaced").await?;
        let order = ordered.pointer("/order/order_id").and_then(Value::as_str);
        let order = order.context("the sale has no order")?;
        for milestone in MILESTONES {
            self.stack.partners.advance(order, milestone).await?;
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
        self.until(id, "AvailableForCustomer").await?;
        if way == Way::Unpaid {
            return self.until(id, "SinAsignar").await.map(drop);
        }
        self.pay(id, "final-payment", GOOD_CARD).await?;
        self.until(id, "ReadyForDelivery").await?;
        self.ask(Method::POST, &format!("/sales/{id}/delivery"), Some(&prepared())).await?;
        Ok(())
    }

    async fn pay(&self, id: &str, payment: &str, card: &str) -> Result<()> {
        let body = json!({ "method": "card", "payment_method": card });
        self.ask(Method::POST, &format!("/sales/{id}/{payment}"), Some(&body)).await.map(drop)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        Ok(self.watch.ask(self.api, method, path, body).await?.body)
    }

    /// Asks once a second until the sale remembers this.
    async fn until(&self, id: &str, event: &str) -> Result<Value> {
        let path = format!("/sales/{id}");
        let pause = Duration::from_secs(1);
        eventually_every(pause, PATIENCE, &format!("{id} is {event}"), async || {
            let sale = self.ask(Method::GET, &path, None).await?;
            Ok(events(&sale).iter().any(|known| known == event).then_some(sale))
        })
        .await
    }
}
