//! A dealership in the middle of its day: sales in each status, and with each kind of case that
//! partners, banks and people bring about at once. All of it is made through the API.

use crate::api::Api;
use crate::demo::{GOOD_CARD, MILESTONES, documents, key, prepared};
use crate::stack::Stack;
use crate::waiting::eventually;
use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use std::ops::Range;
use std::time::Duration;

/// Where the sales are, and who sells there.
pub(crate) const DEALERSHIP: &str = "MAD-01";
/// How many sales are made at once.
pub(crate) const AT_ONCE: usize = 8;
/// How long a step may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// How far a sale is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// Its señal is due.
    Registered,
    /// Its customer has a page to pay the señal on.
    OnPage,
    /// Half of its señal came by transfer.
    PartlyFunded,
    /// A manager cancelled it.
    Cancelled,
    /// The factory refused the order.
    Rejected,
    /// The factory told so many milestones.
    Built(usize),
    /// The factory told of a trouble with the order.
    Troubled(&'static str),
    /// The customer objected to the señal at the bank.
    Disputed,
    /// It is paid, and documents are missing.
    Undocumented,
    /// It is paid, and the authority refused to register it.
    Unregistered,
    /// It has its plate.
    Prepared,
    /// It was handed over.
    HandedOver,
    /// Nobody pays its señal in time.
    Lapsed,
    /// Nobody pays its balance in time: its vehicle is stock.
    Unassigned,
}

/// What is made while deadlines are seconds away.
const MISSED: [Taken; 7] = [
    Taken::Unassigned,
    Taken::Lapsed,
    Taken::Unassigned,
    Taken::Unassigned,
    Taken::Lapsed,
    Taken::Unassigned,
    Taken::Unassigned,
];

/// What a day has of each, again and again.
const DAY: [Taken; 20] = [
    Taken::Built(6),
    Taken::Registered,
    Taken::Built(1),
    Taken::Undocumented,
    Taken::OnPage,
    Taken::Built(4),
    Taken::Disputed,
    Taken::HandedOver,
    Taken::Built(0),
    Taken::PartlyFunded,
    Taken::Troubled("QualityHold"),
    Taken::Prepared,
    Taken::Built(2),
    Taken::Cancelled,
    Taken::Built(5),
    Taken::Unregistered,
    Taken::Rejected,
    Taken::Built(3),
    Taken::Troubled("Cancelled"),
    Taken::HandedOver,
];

const FIRST_NAMES: [&str; 10] =
    ["Lucía", "Hugo", "Martina", "Leo", "Sofía", "Mateo", "Valeria", "Daniel", "Carmen", "Álvaro"];
const SURNAMES: [&str; 11] = [
    "García", "Vidal", "Romero", "Ortega", "Navarro", "Molina", "Serrano", "Castro", "Rubio",
    "Iglesias", "Prieto",
];
const PLANS: [(&str, &str); 5] = [
    ("CITY", "GPS"),
    ("TERRA", "PANORAMIC-ROOF"),
    ("CITY-PLUS", "FAST-CHARGE"),
    ("TERRA-FAMILY", "THIRD-ROW"),
    ("ATLAS", "AIR-SUSPENSION"),
];

/// Makes the sales of these numbers, all at once. The same number is the same customer.
pub(crate) async fn sell(stack: &Stack, numbers: Range<usize>) -> Result<()> {
    let taken = |number: usize| DAY.get(number % DAY.len()).copied().unwrap_or(Taken::Registered);
    make(stack, numbers.map(|number| (number, taken(number)))).await
}

/// Makes sales that miss a deadline, and waits until they have; the first is of this number.
pub(crate) async fn miss(stack: &Stack, first: usize) -> Result<()> {
    make(stack, (first..).zip(MISSED)).await
}

async fn make(stack: &Stack, sales: impl Iterator<Item = (usize, Taken)>) -> Result<()> {
    let api = stack.api(DEALERSHIP, &["sales", "dealership-manager"]).await?;
    let made = sales.map(|(number, taken)| Sale::make(stack, &api, number, taken));
    try_join_all(made).await.map(drop)
}

/// A sale on its way.
struct Sale<'a> {
    stack: &'a Stack,
    api: &'a Api,
    id: String,
}

impl<'a> Sale<'a> {
    async fn make(stack: &'a Stack, api: &'a Api, number: usize, taken: Taken) -> Result<()> {
        let pick = |names: &[&'static str], at: usize| names.get(at % names.len()).copied();
        let (plan, option) = PLANS.get(number % PLANS.len()).copied().unwrap_or_default();
        let name =
            [pick(&FIRST_NAMES, number), pick(&SURNAMES, number), pick(&SURNAMES, number / 7)];
        let body = json!({
            "customer": {
                "full_name": name.map(Option::unwrap_or_default).join(" "),
                "email": format!("customer-{number}@example.com"),
                "phone": format!("+34600{number:06}"),
                "language": "es",
                "address": { "street": format!("Calle Mayor {}", number + 1), "postal_code": "28013", "city": "Madrid", "country": "ES" },
            },
            "plan": { "code": plan, "options": [option] },
            "delivery": { "to": "dealership" },
        });
        let registered = api.post("/sales", &key(), &body).await?.expect(201)?;
        let sale = Self { stack, api, id: registered.text("/sale_id").to_owned() };
        // It stays where it is taken, however fast the factory builds for others.
        stack.partners.pace(None, Some(&sale.id)).await?;
        sale.take(taken).await.with_context(|| format!("sale {} becomes {taken:?}", sale.id))
    }

    async fn take(&self, taken: Taken) -> Result<()> {
        match taken {
            Taken::Registered => return Ok(()),
            Taken::Lapsed => return self.becomes("Lapsed").await,
            Taken::OnPage => {
                return self
                    .post("signal-payment", &json!({ "method": "checkout" }), 202)
                    .await
                    .map(drop);
            }
            Taken::PartlyFunded => {
                let method = json!({ "method": "bank_transfer" });
                let begun = self.post("signal-payment", &method, 202).await?;
                let action = begun.get("next_action").context("there is no account")?;
                let iban = action.get("iban").and_then(Value::as_str).context("no account")?;
                let asked = action.get("remaining").and_then(Value::as_u64).context("no amount")?;
                return self.stack.transfer(iban, asked / 2).await;
            }
            Taken::Cancelled => {
                let reason = json!({ "reason": "changed their mind" });
                return self.post("cancellation", &reason, 200).await.map(drop);
            }
            Taken::Rejected => {
                self.refuse("factory", "no capacity for this option").await?;
                self.pay("signal-payment").await?;
                return self.becomes("OrderRejected").await.map(drop);
            }
            _ => {}
        }
        self.pay("signal-payment").await?;
        let ordered = self.has("/order/order_id").await?;
        let order = ordered.as_str().context("the order has no number")?;
        match taken {
            Taken::Disputed => {
                let payment = self.stack.payment_of(&self.id).await?;
                let control = format!("payments/{payment}/disputes");
                return self.stack.at_the_gateway(&control, &json!({})).await.map(drop);
            }
            Taken::Troubled(status) => {
                let news = json!({ "status": status });
                return self.stack.partners.send_webhook(order, &news).await.map(drop);
            }
            Taken::Built(milestones) => {
                let Some(last) = milestones.checked_sub(1).and_then(|at| MILESTONES.get(at)) else {
                    return Ok(());
                };
                return self.stack.partners.advance(order, last).await;
            }
            _ => self.stack.partners.advance(order, "AvailableForCustomer").await?,
        }
        if taken == Taken::Unassigned {
            return self.becomes("SinAsignar").await;
        }
        self.becomes("FinalPaymentPending").await?;
        if taken != Taken::Undocumented {
            let body = json!({ "documents": documents() });
            self.post("documents", &body, 200).await?;
        }
        if taken == Taken::Unregistered {
            self.refuse("registry", "the name is not the tax number's").await?;
        }
        self.pay("final-payment").await?;
        match taken {
            Taken::Prepared => self.becomes("ReadyForDelivery").await.map(drop),
            Taken::HandedOver => {
                self.becomes("ReadyForDelivery").await?;
                self.post("delivery", &prepared(), 200).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    async fn post(&self, path: &str, body: &Value, status: u16) -> Result<Value> {
        let path = format!("/sales/{}/{path}", self.id);
        Ok(self.api.post(&path, &key(), body).await?.expect(status)?.body)
    }

    async fn pay(&self, path: &str) -> Result<()> {
        let card = json!({ "method": "card", "payment_method": GOOD_CARD });
        self.post(path, &card, 200).await.map(drop)
    }

    /// A partner refuses the next call about this sale.
    async fn refuse(&self, partner: &str, reason: &str) -> Result<()> {
        let behaviour = json!({ "partner": partner, "behaviour": "refuse", "reason": reason, "reference": self.id });
        self.stack.partners.behave(&behaviour).await
    }

    async fn read(&self) -> Result<Value> {
        Ok(self.api.get(&format!("/sales/{}", self.id)).await?.expect(200)?.body)
    }

    /// Waits until the sale has something there.
    async fn has(&self, pointer: &str) -> Result<Value> {
        let what = format!("{pointer} is there");
        eventually(PATIENCE, &what, async || Ok(self.read().await?.pointer(pointer).cloned())).await
    }

    async fn becomes(&self, status: &str) -> Result<()> {
        eventually(PATIENCE, &format!("it is {status}"), async || {
            let sale = self.read().await?;
            Ok((sale.get("status").and_then(Value::as_str) == Some(status)).then_some(()))
        })
        .await
    }
}
