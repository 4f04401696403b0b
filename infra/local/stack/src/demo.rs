//! `cargo xtask demo`: three sales over HTTP on the local stack. One is paid and delivered, one is
//! not paid in time, and its vehicle is sold again.

use crate::api::Api;
use crate::cloud::SentMail;
use crate::settings::Settings;
use crate::stack::Stack;
use crate::waiting::eventually;
use anyhow::{Context, Result, bail};
use proxy::{Call, Target};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tools::narrator::Narrator;

/// How long anything may take to happen.
const PATIENCE: Duration = Duration::from_mins(1);
/// The factory's milestones, in order.
pub const MILESTONES: [&str; 6] = [
    "InProduction",
    "QualityCheck",
    "ReadyForShipment",
    "InTransit",
    "AtDealership",
    "AvailableForCustomer",
];
/// The gateway's card that pays.
pub const GOOD_CARD: &str = "pm_card_visa";
/// The gateway's card that is declined when it is charged.
pub const BAD_CARD: &str = "pm_card_visa_chargeDeclinedInsufficientFunds";
/// The gateway's card whose bank asks its owner.
pub const ASKED_CARD: &str = "pm_card_authenticationRequired";
/// The subject of the mail that says how to go on with a payment: sent only if the customer has not
/// gone on by then, so that no count may rest on it.
pub const GO_ON: &str = "Cómo completar su pago";

/// What became of a sale.
#[derive(Debug, Clone, Serialize)]
pub struct Story {
    /// Which sale.
    pub sale_id: String,
    /// How it ended.
    pub status: String,
    /// What happened, in order.
    pub events: Vec<String>,
    /// The customer's mails, in order of sending.
    pub mails: Vec<SentMail>,
    /// The workflow's end, and the states that it went through.
    pub workflow: Workflow,
    /// What was done, and how long it took until it showed.
    pub steps: Vec<Step>,
    /// What each function called while the sale ran.
    pub calls: Calls,
}

/// How a workflow went.
#[derive(Debug, Clone, Serialize)]
pub struct Workflow {
    /// Its status.
    pub status: String,
    /// The states that it entered: one transition each.
    pub transitions: Vec<String>,
}

/// One step of a story.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// What was done.
    pub step: String,
    /// The sale's status after it.
    pub status: String,
    /// How long that took.
    pub seconds: f64,
}

/// Calls by function, then by operation.
pub type Calls = BTreeMap<String, BTreeMap<String, u32>>;

/// Counts calls by function and operation; what a client tries again by itself is one.
pub fn count(calls: &[Call]) -> Calls {
    let mut counted = Calls::new();
    for call in calls.iter().filter(|call| !call.again) {
        let operation = match call.target {
            Target::Cloud => call.operation.clone(),
            Target::Gateway => format!("gateway {}", call.operation),
            Target::Partners => format!("partner {}", call.operation),
        };
        *counted.entry(call.function.clone()).or_default().entry(operation).or_default() += 1;
    }
    counted
}

/// The calls that came after these, of each target.
pub fn since(before: &[Call], calls: Vec<Call>) -> Vec<Call> {
    let mut known: BTreeMap<Target, usize> = BTreeMap::new();
    for call in before {
        *known.entry(call.target).or_default() += 1;
    }
    let is_new = |call: &Call| match known.get_mut(&call.target) {
        Some(left @ 1..) => {
            *left -= 1;
            false
        }
        _ => true,
    };
    calls.into_iter().filter(is_new).collect()
}

/// The demo's stack: the customer has 12 seconds for the balance, so that nobody has to wait for
/// the unpaid sale.
pub fn settings() -> Settings {
    Settings { final_payment_window: 12, recheck: 3, ..Settings::default() }
}

/// Runs both and tells of them; fails unless both end as they should.
pub async fn demo(as_json: bool) -> Result<()> {
    let narrator = Narrator::default();
    let stack = Stack::start(&settings(), &narrator).await?;
    let paid =
        Teller::new(&stack, &narrator, "customer-1@example.com").await?.tell(Ending::Paid).await?;
    let unpaid = Teller::new(&stack, &narrator, "customer-2@example.com")
        .await?
        .tell(Ending::Unpaid)
        .await?;
    let vehicle = vehicle_in_stock(&stack, &unpaid.sale_id).await?;
    let resold = Teller::new(&stack, &narrator, "customer-3@example.com")
        .await?
        .tell_of_stock(&vehicle)
        .await?;
    if as_json {
        println!(
            "{}",
            serde_json::to_string_pretty(
                &json!({ "paid": paid, "unpaid": unpaid, "resold": resold })
            )?
        );
    } else {
        print(&paid);
        print(&unpaid);
        print(&resold);
    }
    expect_status(&paid, "HandedOver")?;
    expect_status(&unpaid, "SinAsignar")?;
    expect_status(&resold, "HandedOver")?;
    narrator.say("done; everything is being stopped");
    Ok(())
}

/// The vehicle that the sale lost, once the stock lists it.
pub async fn vehicle_in_stock(stack: &Stack, sale: &str) -> Result<String> {
    let api = stack.api("MAD-01", &["sales"]).await?;
    let lost =
        api.get(&format!("/sales/{sale}")).await?.expect(200)?.text("/vehicle_id").to_owned();
    eventually(PATIENCE, "the stock lists the vehicle", async || {
        let page = api
            .get("/stock?platform=TERRA-5&options=HEAT-PUMP,PANORAMIC-ROOF")
            .await?
            .expect(200)?;
        let vehicles = page.body.get("vehicles").and_then(Value::as_array);
        let listed = vehicles
            .into_iter()
            .flatten()
            .any(|found| found.get("vehicle_id").and_then(Value::as_str) == Some(&lost));
        Ok(listed.then(|| lost.clone()))
    })
    .await
}

fn expect_status(story: &Story, status: &str) -> Result<()> {
    if story.status != status {
        bail!("sale {} ended {}, not {status}", story.sale_id, story.status);
    }
    Ok(())
}

fn print(story: &Story) {
    println!("\nSale {}: {}", story.sale_id, story.status);
    println!("  {:<44} {:<22} {:>8}", "step", "status", "seconds");
    for Step { step, status, seconds } in &story.steps {
        println!("  {step:<44} {status:<22} {seconds:>8.1}");
    }
    println!(
        "  workflow {}: {} transitions ({})",
        story.workflow.status,
        story.workflow.transitions.len(),
        story.workflow.transitions.join(" > ")
    );
    for mail in &story.mails {
        println!("  mail to {}: {}", mail.to, mail.subject);
    }
    for (function, calls) in &story.calls {
        let calls: Vec<String> =
            calls.iter().map(|(operation, times)| format!("{times} {operation}")).collect();
        println!("  {function}: {}", calls.join(", "));
    }
}

/// How a sale ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The customer pays the balance.
    Paid,
    /// The customer doesn't.
    Unpaid,
}

/// Takes one sale through its life.
#[derive(Debug)]
pub struct Teller<'a> {
    stack: &'a Stack,
    narrator: &'a Narrator,
    api: Api,
    email: &'a str,
    steps: Vec<Step>,
}

impl<'a> Teller<'a> {
    /// For a customer of this address.
    pub async fn new(stack: &'a Stack, narrator: &'a Narrator, email: &'a str) -> Result<Self> {
        let api = stack.api("MAD-01", &["sales", "dealership-manager"]).await?;
        Ok(Self { stack, narrator, api, email, steps: Vec::new() })
    }

    /// Takes the sale to its end.
    pub async fn tell(mut self, ending: Ending) -> Result<Story> {
        let calls_before = self.stack.calls();
        let began = self.narrator.elapsed();
        let body = with_documents(sale(self.email));
        let registered = self.api.post("/sales", &key(), &body).await?.expect(201)?;
        let id = registered.text("/sale_id").to_owned();
        self.note("the employee registers the sale", &id, "SaleRegistered", began).await?;

        let began = self.narrator.elapsed();
        let paid = match ending {
            Ending::Paid => {
                self.pay_on_page(&id, "signal-payment").await?;
                "the señal is paid on a page, and confirmed"
            }
            Ending::Unpaid => {
                self.pay(&id, "signal-payment", GOOD_CARD).await?;
                "the señal is paid by card"
            }
        };
        let sale = self.note(paid, &id, "OrderPlaced", began).await?;
        let order = sale
            .pointer("/order/order_id")
            .and_then(Value::as_str)
            .context("the sale has no order")?
            .to_owned();

        for milestone in MILESTONES {
            let began = self.narrator.elapsed();
            self.stack.partners.advance(&order, milestone).await?;
            self.note(&format!("the factory reports {milestone}"), &id, milestone, began).await?;
        }
        let began = self.narrator.elapsed();
        match ending {
            Ending::Paid => {
                self.pay(&id, "final-payment", GOOD_CARD).await?;
                self.note(
                    "the customer pays the rest; it is registered",
                    &id,
                    "ReadyForDelivery",
                    began,
                )
                .await?;
                self.hand_over(&id).await?;
            }
            Ending::Unpaid => {
                self.narrator.say("nobody pays the rest");
                self.note("the deadline passes", &id, "SinAsignar", began).await?;
            }
        }
        self.end(id, &calls_before).await
    }

    /// Sells the vehicle of the stock, to its end.
    pub async fn tell_of_stock(mut self, vehicle: &str) -> Result<Story> {
        let calls_before = self.stack.calls();
        let began = self.narrator.elapsed();
        let body = with_documents(stock_sale(self.email, vehicle));
        let registered = self.api.post("/sales", &key(), &body).await?.expect(201)?;
        let id = registered.text("/sale_id").to_owned();
        self.note("the employee sells the stock vehicle", &id, "SaleRegistered", began).await?;
        let began = self.narrator.elapsed();
        self.pay(&id, "signal-payment", GOOD_CARD).await?;
        self.note("the customer pays the señal", &id, "AvailableForCustomer", began).await?;
        let began = self.narrator.elapsed();
        self.transfer(&id, "final-payment").await?;
        self.note("the rest comes by transfer, in two parts", &id, "ReadyForDelivery", began)
            .await?;
        self.hand_over(&id).await?;
        self.end(id, &calls_before).await
    }

    async fn pay(&self, id: &str, path: &str, card: &str) -> Result<()> {
        let body = json!({ "method": "card", "payment_method": card });
        self.api.post(&format!("/sales/{id}/{path}"), &key(), &body).await?.expect(200).map(drop)
    }

    /// What the customer has to do for a payment that begins by this method.
    async fn begin(&self, id: &str, path: &str, method: &str) -> Result<Value> {
        let body = json!({ "method": method });
        let answer = self.api.post(&format!("/sales/{id}/{path}"), &key(), &body).await?;
        let action = answer.expect(202)?.body.get("next_action").cloned();
        action.context("the customer has nothing to do")
    }

    /// On the gateway's page, with a card whose bank asks.
    async fn pay_on_page(&self, id: &str, path: &str) -> Result<()> {
        let action = self.begin(id, path, "checkout").await?;
        let url = action.get("url").and_then(Value::as_str).context("there is no page")?;
        self.narrator.say(format_args!("the customer pays on {url}"));
        self.stack.pay_on_page(url).await
    }

    /// By a transfer in two parts.
    async fn transfer(&self, id: &str, path: &str) -> Result<()> {
        let action = self.begin(id, path, "bank_transfer").await?;
        let iban = action.get("iban").and_then(Value::as_str).context("there is no account")?;
        let remaining = action.get("remaining").and_then(Value::as_u64).context("no amount")?;
        self.narrator.say(format_args!("the customer sends {remaining} cents to {iban}, in parts"));
        self.stack.transfer(iban, remaining / 2).await?;
        let state = "/payments/balance/state";
        eventually(PATIENCE, "the first part is there", async || {
            let sale = self.api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
            Ok((sale.pointer(state) == Some(&json!("partly_funded"))).then_some(()))
        })
        .await?;
        self.stack.transfer(iban, remaining.saturating_sub(remaining / 2)).await
    }

    /// The dealership has everything done by now, and a day.
    async fn hand_over(&mut self, id: &str) -> Result<()> {
        let began = self.narrator.elapsed();
        self.api.post(&format!("/sales/{id}/delivery"), &key(), &prepared()).await?.expect(200)?;
        self.note("the dealership prepares it, and arranges a day", id, "HandedOver", began)
            .await
            .map(drop)
    }

    /// Waits until the event is there, and notes the step.
    async fn note(&mut self, step: &str, id: &str, event: &str, began: Duration) -> Result<Value> {
        let path = format!("/sales/{id}");
        let sale = eventually(PATIENCE, &format!("{event} is there"), async || {
            let sale = self.api.get(&path).await?.expect(200)?.body;
            Ok(events(&sale).iter().any(|known| known == event).then_some(sale))
        })
        .await?;
        let status = sale.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.narrator.say(format_args!("{step}: {status}"));
        let seconds = self.narrator.elapsed().saturating_sub(began).as_secs_f64();
        self.steps.push(Step { step: step.to_owned(), status, seconds });
        Ok(sale)
    }

    async fn end(self, id: String, calls_before: &[Call]) -> Result<Story> {
        let sale = self.api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
        let events = events(&sale);
        // One with the credentials, one for each event that the customer is told of; how to go on with
        // a payment needs none once it is made.
        let silent = [
            "SaleRegistered",
            "PaymentAsked",
            "ReservationPaid",
            "PaymentFailed",
            "RefundDue",
            "HandedOver",
        ];
        let owed = 1 + events.iter().filter(|event| !silent.contains(&event.as_str())).count();
        let mails = eventually(PATIENCE, "the customer has every mail", async || {
            let mails: Vec<SentMail> = self
                .stack
                .cloud
                .mails()
                .await?
                .into_iter()
                .filter(|mail| mail.to == self.email)
                .collect();
            let told = mails.iter().filter(|mail| mail.subject != GO_ON).count();
            Ok((told >= owed).then_some(mails))
        })
        .await?;
        for mail in &mails {
            self.narrator.say(format_args!("mail to {}: {}", mail.to, mail.subject));
        }
        let machine = self.stack.output("StateMachineArn")?;
        let (status, transitions) = eventually(PATIENCE, "the workflow has ended", async || {
            let execution = self.stack.cloud.execution(machine, &id).await?;
            Ok((execution.0 != "RUNNING").then_some(execution))
        })
        .await?;
        let calls = count(&since(calls_before, self.stack.calls()));
        let status_of_sale =
            sale.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
        let workflow = Workflow { status, transitions };
        Ok(Story {
            sale_id: id,
            status: status_of_sale,
            events,
            mails,
            workflow,
            steps: self.steps,
            calls,
        })
    }
}

/// What happened to a sale, by name, as the API gives it.
pub fn events(sale: &Value) -> Vec<String> {
    let events =
        sale.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    events.iter().filter_map(|event| event.get("type")?.as_str().map(str::to_owned)).collect()
}

/// A request's key that was never used.
pub fn key() -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("k-{:016x}{:016x}", RandomState::new().hash_one(1), RandomState::new().hash_one(2))
}

/// The body of a delivery that is prepared and arranged, for in a week.
pub fn prepared() -> Value {
    let date = jiff::Zoned::now().date().saturating_add(jiff::Span::new().days(7));
    let checks = ["pre_delivery_inspection", "cleaning", "plates_mounted", "papers_and_keys"];
    let appointment = json!({ "date": date, "time": "10:30", "place": "dealership" });
    json!({ "checks": checks, "appointment": appointment })
}

/// The body of a registration that takes a vehicle of the stock, built for [`sale`].
pub fn stock_sale(email: &str, vehicle: &str) -> Value {
    let mut body = sale(email);
    if let Some(fields) = body.as_object_mut() {
        fields.insert("vehicle_id".to_owned(), json!(vehicle));
    }
    body
}

/// The same with what the authority wants on file, as a manager registers it.
pub fn with_documents(mut sale: Value) -> Value {
    if let Some(fields) = sale.as_object_mut() {
        fields.insert("documents".to_owned(), documents());
    }
    sale
}

/// What the Spanish authority wants.
pub fn documents() -> Value {
    let kinds = ["identity", "certificate-of-conformity", "tax-declaration"];
    json!(kinds.map(|kind| json!({ "kind": kind, "sha256": "9f86d081884c7d65".repeat(4) })))
}

/// A sale to register.
pub fn sale(email: &str) -> Value {
    json!({
        "customer": {
            "full_name": "Ana García", "email": email, "phone": "+34600111222", "language": "es",
            "address": { "street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid", "country": "ES" },
        },
        "plan": { "code": "TERRA", "options": ["PANORAMIC-ROOF", "HEAT-PUMP"] },
        "delivery": { "to": "dealership" },
    })
}
