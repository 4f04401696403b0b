//! What has to be so when a sale has ended, whatever failed on its way: by the gateway's and the
//! partners' books, the mails, the workflow and the table. The simulation's auditor can't be fed
//! from here: it knows the virtual clock and its own deadlines.

use super::road::Road;
use adapters::DynamoSales;
use anyhow::{Context, Result};
use domain::ports::SaleStore;
use domain::sale::{AttemptState, FactKind, Notification, PaymentKind, Status};
use domain::{Sale, SaleId};
use serde_json::{Value, json};
use stack::{GATEWAY_KEY, Stack, eventually, eventually_every};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What the partners saw.
pub(super) struct Books {
    payments: Vec<Value>,
    ledger: Value,
    mails: BTreeMap<String, Vec<String>>,
}

/// A sale that has ended.
pub(crate) struct Ended {
    pub(crate) id: SaleId,
    pub(crate) road: Road,
    pub(crate) email: String,
    /// What failed on its way.
    pub(crate) story: String,
    /// How many mails may have come again for that.
    pub(crate) copies: usize,
}

impl Books {
    pub(super) async fn read(stack: &Stack) -> Result<Self> {
        let payments = listed(stack, "payment_intents?expand[]=data.latest_charge&").await?;
        let mut mails = BTreeMap::<_, Vec<_>>::new();
        for mail in stack.cloud.mails().await? {
            mails.entry(mail.to).or_default().push(mail.subject);
        }
        Ok(Self { payments, ledger: stack.partners.ledger().await?, mails })
    }

    fn of<'a>(&'a self, list: &str, id: &'a str) -> impl Iterator<Item = &'a Value> {
        let all = self.ledger.get(list).and_then(Value::as_array).into_iter().flatten();
        all.filter(move |entry| entry.get("reference").and_then(Value::as_str) == Some(id))
    }

    /// What of a sale's payments was captured, and what of it was kept.
    fn money(&self, id: &str, kind: PaymentKind) -> Result<(Vec<u64>, u64)> {
        let (mut captured, mut kept) = (Vec::new(), 0);
        for payment in &self.payments {
            let told =
                |name: &str| payment.pointer(&format!("/metadata/{name}")).and_then(Value::as_str);
            if told("sale_id") != Some(id)
                || told("payment") != Some(kind.as_str())
                || payment["status"] != "succeeded"
            {
                continue;
            }
            let number = |pointer| payment.pointer(pointer).and_then(Value::as_u64);
            let amount = number("/amount").context("a payment has no amount")?;
            let refunded = number("/latest_charge/amount_refunded")
                .context("a captured payment has no charge")?;
            captured.push(amount);
            kept += amount - refunded;
        }
        Ok((captured, kept))
    }
}

/// Every object of a kind at the gateway, a hundred at a time.
async fn listed(stack: &Stack, what: &str) -> Result<Vec<Value>> {
    let client = proxy::client()?;
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all
            .last()
            .and_then(|last| last.get("id")?.as_str())
            .map(|id| format!("&starting_after={id}"));
        let url = format!("{}/v1/{what}limit=100{}", stack.gateway_url, after.unwrap_or_default());
        let page: Value = client
            .get(url)
            .bearer_auth(GATEWAY_KEY)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let items = page.get("data").and_then(Value::as_array).cloned().unwrap_or_default();
        all.extend(items);
        if page.get("has_more") != Some(&Value::Bool(true)) {
            return Ok(all);
        }
    }
}

/// Waits until every workflow has ended and every message is taken, then tells what is wrong.
pub(crate) async fn audit(
    stack: &Stack,
    store: &DynamoSales,
    ended: &[Ended],
) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let machine = stack.output("StateMachineArn")?;
    for Ended { id, email, story, .. } in ended {
        let ends = eventually(Duration::from_secs(90), "the workflow ends", async || {
            let status = stack.cloud.execution(machine, &id.to_string()).await?.0;
            Ok((status != "RUNNING").then_some(status))
        });
        let status = ends.await.unwrap_or_else(|_| "RUNNING".to_owned());
        if status != "SUCCEEDED" {
            wrong.push(format!("{email} ({story}): its workflow is {status}"));
        }
    }
    let told = eventually_every(
        Duration::from_secs(3),
        Duration::from_mins(2),
        "every mail is sent",
        async || {
            let books = Books::read(stack).await?;
            let mut missing = false;
            for Ended { id, email, .. } in ended {
                let sale = store.sale(*id).await?.context("the sale is gone")?;
                missing |= distinct(books.mails.get(email)) < owed(&sale);
            }
            Ok((!missing).then_some(()))
        },
    );
    // What is missing is told below, sale by sale.
    drop(told.await);
    let books = Books::read(stack).await?;
    for sale in ended {
        let found = check(&books, store, sale).await?;
        wrong.extend(
            found
                .into_iter()
                .map(|what| format!("{} ({:?}: {}): {what}", sale.email, sale.road, sale.story)),
        );
    }
    let undeliverable =
        json!({ "QueueUrl": stack.output("UndeliverableQueueUrl")?, "AttributeNames": ["All"] });
    let found = stack.cloud.json("sqs", "AmazonSQS.GetQueueAttributes", undeliverable).await?;
    let handed_to_people =
        found.pointer("/Attributes/ApproximateNumberOfMessages").and_then(Value::as_str);
    if handed_to_people != Some("0") {
        wrong.push(format!("{handed_to_people:?} changes couldn't be relayed"));
    }
    Ok(wrong)
}

fn distinct(mails: Option<&Vec<String>>) -> usize {
    mails.into_iter().flatten().collect::<BTreeSet<_>>().len()
}

/// One mail with the credentials, one for each fact that the customer is told. How to go on with a
/// payment is not told once it is made.
fn owed(sale: &Sale) -> usize {
    let told = sale.facts.iter().filter_map(|fact| Notification::of(fact.0));
    1 + told.filter(|told| *told != Notification::PaymentAsked).count()
}

async fn check(books: &Books, store: &DynamoSales, ended: &Ended) -> Result<Vec<String>> {
    let sale = store.sale(ended.id).await?.context("a sale that was answered 201 is gone")?;
    let mut wrong = books_agree(books, &sale, ended.road.end())?;
    let mails = books.mails.get(&ended.email);
    let (sent, different, owed) = (mails.map_or(0, Vec::len), distinct(mails), owed(&sale));
    if different != owed || sent > different + ended.copies {
        wrong.push(format!("{sent} mails, {different} different ones, {owed} are owed: {mails:?}"));
    }
    Ok(wrong)
}

/// What is wrong with the money, the order and the registration of a sale that should have ended
/// so.
pub(super) fn books_agree(books: &Books, sale: &Sale, end: Status) -> Result<Vec<String>> {
    let (id, status) = (sale.id.to_string(), sale.status());
    let mut wrong = Vec::new();
    let mut check = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    check(status == end, format!("it ended as {status}"));
    let ordered = matches!(status, Status::ReadyForDelivery | Status::SinAsignar);
    let delivered = status == Status::ReadyForDelivery;
    for (kind, earned) in [(PaymentKind::Signal, ordered), (PaymentKind::Balance, delivered)] {
        let (captured, kept) = books.money(&id, kind)?;
        let (name, due) = (kind.as_str(), sale.amount_due(kind).minor());
        let right = if earned { due } else { 0 };
        check(kept == right, format!("the gateway keeps {kept} of the {name}, {right} is right"));
        check(
            captured.len() <= 1 && captured.iter().all(|amount| *amount == due),
            format!("{name}: captured were {captured:?}"),
        );
        let count = |is: fn(&AttemptState) -> bool| {
            sale.attempts(kind).iter().filter(|attempt| is(&attempt.state)).count()
        };
        let paid = count(|state| matches!(state, AttemptState::Captured(_)));
        let back = count(|state| matches!(state, AttemptState::Refunded(..)));
        let open = count(|state| state.is_open() || matches!(state, AttemptState::RefundDue(_)));
        check(
            paid == usize::from(kept > 0),
            format!("{name}: the table has {paid} payments, the gateway keeps {kept}"),
        );
        check(
            paid + back == captured.len(),
            format!("{name}: {paid} paid and {back} given back of {captured:?}"),
        );
        check(open == 0, format!("{name}: {open} payments are open"));
    }
    let orders = books.of("orders", &id).count();
    check(orders == usize::from(ordered), format!("the factory has {orders} orders"));
    let registrations = books.of("registrations", &id).count();
    check(
        registrations == usize::from(delivered),
        format!("it was registered {registrations} times"),
    );
    let once: BTreeSet<FactKind> = sale.facts.iter().map(|fact| fact.0).collect();
    check(once.len() == sale.facts.len(), format!("a fact happened twice: {:?}", sale.facts));
    Ok(wrong)
}
