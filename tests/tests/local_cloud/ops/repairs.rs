//! Five faults that raise an alarm, each ended by the very commands of the alarm's page.

use super::Caas;
use crate::PATIENCE;
use crate::contracts::aws;
use crate::plans::{UNBUILDABLE, put_unbuildable};
use adapters::DynamoSales;
use anyhow::{Context, Result, ensure};
use domain::ports::SaleStore;
use domain::sale::FactKind;
use domain::{CustomerKey, EmailAddress, SaleId};
use proxy::{Fault, Proxy, Rule, Tries};
use serde_json::{Value, json};
use stack::api::Api;
use stack::demo::{GOOD_CARD, key, sale, with_documents};
use stack::{Settings, Stack, eventually};
use std::time::Duration;
use testkit::runbook::Runbook;
use tools::narrator::Narrator;

/// Longer than any of it is tried by itself.
const LONG: Duration = Duration::from_mins(4);
/// More tries than queue, stream and workflow make.
const ALWAYS: u32 = 60;
/// Two items that nobody can read, as a query of a sale's answers them.
const SPOILT: &str = r#"{"Count":2,"ScannedCount":2,"Items":[
    {"SK":{"S":"SALE"},"version":{"N":"3"},"state":{"S":"spoilt"}},
    {"SK":{"S":"SALE#DETAILS"},"details":{"S":"spoilt"}}]}"#;

/// An alarm, what raises it, and what shows that it is over.
struct Case {
    alarm: &'static str,
    /// The customer whose sale meets the fault.
    email: &'static str,
    /// The call that fails, and how.
    function: &'static str,
    operation: &'static str,
    fault: Fault,
    /// What the repair says.
    says: &'static str,
    /// What the customer has of it in the end.
    outcome: Outcome,
}

enum Outcome {
    Fact(FactKind),
    /// As many mails as this or more.
    Mails(usize),
    /// Its workflow, which runs.
    Workflow,
}

const CASES: [Case; 5] = [
    Case {
        alarm: "NotificationDeadLettersAlarm",
        email: "not-told@example.com",
        function: "send-notification",
        operation: "SES.SendEmail",
        fault: Fault::Fail,
        says: "messages of NotificationDeadLetters again; safe: what was sent is noted",
        outcome: Outcome::Mails(2),
    },
    Case {
        alarm: "CredentialsDeadLettersAlarm",
        email: "no-credentials@example.com",
        function: "issue-credentials",
        operation: "SES.SendEmail",
        fault: Fault::Fail,
        says: "messages of CredentialsDeadLetters again; safe: a new pair",
        outcome: Outcome::Mails(1),
    },
    Case {
        alarm: "RefundDeadLettersAlarm",
        email: "not-refunded@example.com",
        function: "refund-payment",
        operation: "POST /v1/refunds",
        fault: Fault::Fail,
        says: "messages of RefundDeadLetters again; safe: a refund has its payment's own key",
        outcome: Outcome::Fact(FactKind::Refunded),
    },
    Case {
        alarm: "UndeliverableQueueAlarm",
        email: "not-begun@example.com",
        function: "relay-events",
        operation: "StepFunctions.StartExecution",
        fault: Fault::Fail,
        says: "to relay-events again; safe: each effect is safe to do twice",
        outcome: Outcome::Workflow,
    },
    Case {
        alarm: "SaleLifecycleFailedAlarm",
        email: "not-ordered@example.com",
        function: "place-factory-order",
        operation: "DynamoDB.Query",
        fault: Fault::Answer(200, "application/x-amz-json-1.0", SPOILT),
        says: "redrive the workflow",
        outcome: Outcome::Fact(FactKind::OrderPlaced),
    },
];

pub(super) async fn the_runbook_s_commands_end_their_alarms() -> Result<()> {
    // Five tries of a message take as many times as long as it is out of sight.
    let settings = Settings { queue_visibility: 3, ..Settings::default() };
    let stack = Stack::start(&settings, &Narrator::default()).await?;
    put_unbuildable(&stack.api("HQ", &["product"]).await?).await?;
    let caas = Caas::of(&stack)?;
    let store = DynamoSales::new(&aws(&stack)?, stack.output("TableName")?.to_owned());
    let mut sales = Vec::new();
    for case in &CASES {
        sales.push(case.raise(&stack, &store).await?);
    }
    for case in &CASES {
        eventually(LONG, &format!("{} is raised", case.alarm), async || {
            Ok((figure(&stack, case.alarm).await? > 0).then_some(()))
        })
        .await?;
    }
    caas.says("caas stuck", &["workflow of", " 1 credentials; may be sent again", "1 records"])?;
    // The cause is mended; the alarm isn't over by that.
    for proxy in [&stack.cloud_proxy, &stack.gateway_proxy, &stack.partners_proxy] {
        proxy.calm();
    }
    let runbook = Runbook::default();
    for (case, id) in CASES.iter().zip(sales) {
        println!("\n### {}", case.alarm);
        case.repair(&caas, &runbook, id).await?;
        case.outcome(&stack, &store, id).await?;
        if case.alarm != "SaleLifecycleFailedAlarm" {
            eventually(PATIENCE, &format!("{} is over", case.alarm), async || {
                Ok((figure(&stack, case.alarm).await? == 0).then_some(()))
            })
            .await?;
        }
        case.verify(&caas, &runbook, id)?;
    }
    noted(&stack).await
}

fn of_sale(command: &str, id: SaleId) -> String {
    command.replace("<sale>", &id.to_string())
}

impl Case {
    /// A sale that goes as far as its fault.
    async fn raise(&self, stack: &Stack, store: &DynamoSales) -> Result<SaleId> {
        stack.marks.know(self.email, self.email);
        let customer = CustomerKey::of(&EmailAddress::parse(self.email)?);
        stack.marks.know(&customer.to_string(), self.email);
        let proxy: &Proxy = if self.operation.starts_with("POST") {
            &stack.gateway_proxy
        } else {
            &stack.cloud_proxy
        };
        for call in 0..ALWAYS {
            let rule = Rule::next(self.function, self.operation, self.fault).after(call);
            proxy.inject(rule.at(Tries::Every).about(self.email));
        }
        let employee = stack.api("MAD-01", &["sales", "dealership-manager"]).await?;
        let mut body = with_documents(sale(self.email));
        if self.alarm == "RefundDeadLettersAlarm" {
            body["plan"] = json!({ "code": UNBUILDABLE, "options": [] });
        }
        let registered = employee.post("/sales", &key(), &body).await?.expect(201)?;
        let id = SaleId::parse(registered.text("/sale_id"))?;
        stack.marks.know(&id.to_string(), self.email);
        if !matches!(self.outcome, Outcome::Workflow | Outcome::Mails(1)) {
            pay(&employee, id).await?;
        }
        if self.alarm == "NotificationDeadLettersAlarm" {
            until(store, id, FactKind::OrderPlaced).await?;
        }
        Ok(id)
    }

    /// Looks, says what would be done, does it: as the page has it.
    async fn repair(&self, caas: &Caas<'_>, runbook: &Runbook, id: SaleId) -> Result<()> {
        for look in runbook.commands(self.alarm, "Look") {
            caas.run(&of_sale(look, id))?;
        }
        let repair = runbook.repair(self.alarm).context("the page names no repair")?;
        let repair = of_sale(repair, id);
        let would = repair.replace("--why \"…\"", "--dry-run");
        caas.says(&would, &["would ", self.says])?;
        ensure!(figure(caas.stack, self.alarm).await? > 0, "{would} did something");
        caas.says(&repair, &[self.says])
    }

    /// The page's last word finds nothing any more.
    fn verify(&self, caas: &Caas<'_>, runbook: &Runbook, id: SaleId) -> Result<()> {
        let repair = runbook.repair(self.alarm).unwrap_or_default();
        let queue = repair.split_whitespace().nth(2).unwrap_or_default();
        for command in runbook.commands(self.alarm, "Verify") {
            let said = caas.run(&of_sale(command, id))?;
            let still_there = said.lines().any(|line| {
                let (count, what) = line.trim_start().split_once(' ').unwrap_or_default();
                what.starts_with(&format!("{queue};")) && count != "0"
            });
            let kept = command == "caas given-up" && !said.is_empty();
            ensure!(!still_there && !kept && !said.contains("its workflow"), "{command}: {said}");
        }
        Ok(())
    }

    async fn outcome(&self, stack: &Stack, store: &DynamoSales, id: SaleId) -> Result<()> {
        match self.outcome {
            Outcome::Fact(fact) => until(store, id, fact).await,
            Outcome::Mails(least) => {
                eventually(PATIENCE, &format!("{} has {least} mails", self.email), async || {
                    let mails = stack.cloud.mails().await?;
                    let came = mails.iter().filter(|mail| mail.to == self.email).count();
                    Ok((came >= least).then_some(()))
                })
                .await
            }
            Outcome::Workflow => {
                eventually(PATIENCE, "the workflow runs", async || {
                    let machine = stack.output("StateMachineArn")?;
                    let found = stack.cloud.execution(machine, &id.to_string()).await;
                    Ok(found.is_ok_and(|(status, _)| status == "RUNNING").then_some(()))
                })
                .await
            }
        }
    }
}

async fn pay(api: &Api, id: SaleId) -> Result<()> {
    let body = json!({ "method": "card", "payment_method": GOOD_CARD });
    api.post(&format!("/sales/{id}/signal-payment"), &key(), &body).await?.expect(200).map(drop)
}

async fn until(store: &DynamoSales, id: SaleId, fact: FactKind) -> Result<()> {
    eventually(PATIENCE, &format!("{id} knows {fact:?}"), async || {
        let sale = store.sale(id).await?.context("the sale is gone")?;
        Ok(sale.facts.iter().any(|known| known.0 == fact).then_some(()))
    })
    .await
}

/// What an alarm of the deployed stack looks at, now: it is raised by more than its threshold, 0.
async fn figure(stack: &Stack, alarm: &str) -> Result<usize> {
    let all = json!({ "MaxRecords": 100 });
    let describe = "GraniteServiceVersion20100801.DescribeAlarms";
    let alarms = stack.cloud.json("monitoring", describe, all).await?;
    let alarms = alarms["MetricAlarms"].as_array().cloned().unwrap_or_default();
    let named = |of: &&Value| of["AlarmName"].as_str().is_some_and(|name| name.contains(alarm));
    let found = alarms.iter().find(named).with_context(|| format!("there is no {alarm}"))?;
    ensure!(
        found["Threshold"].as_f64() == Some(0.0)
            && found["ComparisonOperator"] == "GreaterThanThreshold",
        "{found}"
    );
    let of = found["Dimensions"][0]["Value"].as_str().context("the alarm looks at nothing")?;
    if found["MetricName"] == "ExecutionsFailed" {
        let list = json!({ "stateMachineArn": of, "statusFilter": "FAILED" });
        let failed = stack.cloud.json("states", "AWSStepFunctions.ListExecutions", list).await?;
        return Ok(failed["executions"].as_array().map_or(0, Vec::len));
    }
    let named = json!({ "QueueName": of });
    let url = stack.cloud.json("sqs", "AmazonSQS.GetQueueUrl", named).await?;
    let ask = json!({ "QueueUrl": url["QueueUrl"], "AttributeNames": [found["MetricName"].as_str().map(|name| name.trim_end_matches("Visible"))] });
    let told = stack.cloud.json("sqs", "AmazonSQS.GetQueueAttributes", ask).await?;
    let count = told["Attributes"]["ApproximateNumberOfMessages"].as_str();
    count.context("the queue isn't counted")?.parse().context("a number")
}

/// Each repair has left who did it, what and why.
async fn noted(stack: &Stack) -> Result<()> {
    let query = json!({
        "TableName": stack.output("TableName")?, "KeyConditionExpression": "PK = :ops",
        "ExpressionAttributeValues": { ":ops": { "S": "OPS" } },
    });
    let found = stack.cloud.json("dynamodb", "DynamoDB_20120810.Query", query).await?;
    let notes = found["Items"].as_array().cloned().unwrap_or_default();
    let whole = notes
        .iter()
        .filter(|note| note["who"]["S"] == "operator" && note["why"]["S"] == "the-cause-is-mended");
    ensure!(whole.count() == CASES.len(), "{notes:?}");
    Ok(())
}
