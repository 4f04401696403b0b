//! What AWS measures by itself, and the local cloud doesn't: looked at while the run goes on, or
//! read from what it left.

use crate::figures::Figures;
use anyhow::{Context, Result};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use stack::api::{Answer, Api};
use stack::cloud::Cloud;
use stack::{STACK, Stack};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tools::functions::functions;

/// Queues of the operations dashboard, by the template's names.
const QUEUES: [&str; 7] = [
    "NotificationQueue",
    "CredentialsQueue",
    "RefundQueue",
    "NotificationDeadLetters",
    "CredentialsDeadLetters",
    "RefundDeadLetters",
    "UndeliverableQueue",
];

/// A measurement of AWS's: metric, of what, when, how much.
type Measured = (&'static str, &'static str, String, Timestamp, f64);

/// What is looked at while the run goes on: the answers of the API, and the queues.
#[derive(Debug)]
pub(crate) struct Watch {
    from: Timestamp,
    measured: Arc<Mutex<Vec<Measured>>>,
    looking: JoinHandle<()>,
}

/// The clock of this machine.
#[expect(clippy::disallowed_methods, reason = "a tool's own clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

impl Watch {
    /// Begins to look at the queues, once a second.
    pub(crate) fn begin(stack: &Stack) -> Self {
        let measured = Arc::new(Mutex::new(Vec::new()));
        let (cloud, kept) = (stack.cloud.clone(), Arc::clone(&measured));
        let looking = tokio::spawn(async move {
            loop {
                for queue in QUEUES {
                    // One look that fails is one point less.
                    let Ok(waiting) = waiting(&cloud, queue).await else { continue };
                    let name = format!("{queue}.QueueName");
                    let metric = "ApproximateNumberOfMessagesVisible";
                    kept.lock().await.push(("AWS/SQS", metric, name, now(), waiting));
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        Self { from: now(), measured, looking }
    }

    /// A request, counted and timed as API Gateway does.
    pub(crate) async fn ask(
        &self,
        api: &Api,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let key = stack::demo::key();
        let headers = [("content-type", "application/json"), ("idempotency-key", key.as_str())];
        let began = now();
        let answer = api.send(method, path, &headers, body.map(Value::to_string)).await?;
        let took = now().duration_since(began).as_secs_f64() * 1_000.0;
        let mut measured = self.measured.lock().await;
        let mut add = |metric, value| {
            measured.push(("AWS/ApiGateway", metric, "Api".to_owned(), began, value));
        };
        add("Count", 1.0);
        add("4xx", if (400..500).contains(&answer.status) { 1.0 } else { 0.0 });
        add("5xx", if answer.status >= 500 { 1.0 } else { 0.0 });
        add("Latency", took);
        Ok(answer)
    }

    /// What was measured.
    pub(crate) async fn end(self) -> Result<Figures> {
        self.looking.abort();
        let mut figures = Figures::between(self.from, now());
        for (namespace, metric, of, at, value) in self.measured.lock().await.iter() {
            figures.add(namespace, metric, of, *at, *value);
        }
        Ok(figures)
    }
}

async fn waiting(cloud: &Cloud, queue: &str) -> Result<f64> {
    let list = json!({ "QueueNamePrefix": format!("{STACK}-{queue}") });
    let found = cloud.json("sqs", "AmazonSQS.ListQueues", list).await?;
    let ask = json!({ "QueueUrl": found.pointer("/QueueUrls/0"), "AttributeNames": ["All"] });
    let told = cloud.json("sqs", "AmazonSQS.GetQueueAttributes", ask).await?;
    let count = told.pointer("/Attributes/ApproximateNumberOfMessages").and_then(Value::as_str);
    count.context("the queue isn't counted")?.parse().context("a count is no number")
}

/// When workflows began, and how they ended.
pub(crate) async fn workflows(stack: &Stack, figures: &mut Figures) -> Result<()> {
    let list = json!({ "stateMachineArn": stack.output("StateMachineArn")?, "maxResults": 1000 });
    let found = stack.cloud.json("states", "AWSStepFunctions.ListExecutions", list).await?;
    for execution in found.pointer("/executions").and_then(Value::as_array).into_iter().flatten() {
        let ended = match execution.pointer("/status").and_then(Value::as_str) {
            Some("SUCCEEDED") => "ExecutionsSucceeded",
            Some("FAILED") => "ExecutionsFailed",
            _ => "",
        };
        for (metric, moment) in [("ExecutionsStarted", "startDate"), (ended, "stopDate")] {
            let Some(second) = execution.get(moment).and_then(Value::as_f64) else { continue };
            let at = Timestamp::UNIX_EPOCH.checked_add(Duration::from_secs_f64(second))?;
            figures.add("AWS/States", metric, "SaleLifecycle", at, 1.0);
        }
    }
    // So that none that failed is a line, too.
    let from = figures.from;
    figures.add("AWS/States", "ExecutionsFailed", "SaleLifecycle", from, 0.0);
    Ok(())
}

/// Calls of functions that failed, as the local cloud counts them.
pub(crate) async fn function_errors(stack: &Stack, figures: &mut Figures) -> Result<()> {
    let (from, to) = (figures.from, figures.to);
    for function in functions()? {
        let ask = format!(
            "Action=GetMetricStatistics&Version=2010-08-01&Namespace=AWS/Lambda&MetricName=Errors&Statistics.member.1=Sum&Period=1&StartTime={from:.0}&EndTime={to:.0}&Dimensions.member.1.Name=FunctionName&Dimensions.member.1.Value={STACK}-{function}"
        );
        let told = stack.cloud.query("monitoring", &ask).await?;
        for point in told.split("<member>").skip(1) {
            let text = |name: &str| point.split(&format!("<{name}>")).nth(1)?.split('<').next();
            let at = text("Timestamp").and_then(|at| at.parse::<Timestamp>().ok());
            let errors = text("Sum").and_then(|sum| sum.parse::<f64>().ok());
            let Some((at, errors)) = at.zip(errors) else { continue };
            figures.add("AWS/Lambda", "Errors", &function, at, errors);
        }
    }
    Ok(())
}

/// How old a change was when the relay had done it: a sale's own moment against the relay's line.
pub(crate) async fn relayed(stack: &Stack, sales: &[String], figures: &mut Figures) -> Result<()> {
    let api = stack.api("MAD-01", &["sales", "dealership-manager"]).await?;
    let logged = stack.cloud.logged().await?;
    let lines: Vec<Value> =
        logged.values().flatten().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for id in sales {
        let sale = api.get(&format!("/sales/{id}")).await?.expect(200)?.body;
        let moment = |status: &str| {
            let events = sale.pointer("/events").and_then(Value::as_array)?;
            let event = events.iter().find(|event| text(event, "type") == Some(status))?;
            text(event, "at")?.parse::<Timestamp>().ok()
        };
        let moved = lines.iter().filter(|line| text(line, "message") == Some("a sale moved"));
        for line in moved.filter(|line| text(line, "sale_id") == Some(id)) {
            let done = text(line, "timestamp").and_then(|at| at.parse::<Timestamp>().ok());
            let decided = text(line, "status").and_then(moment);
            let Some((done, decided)) = done.zip(decided) else { continue };
            let age = done.duration_since(decided).as_secs_f64() * 1_000.0;
            figures.add("AWS/Lambda", "IteratorAge", "RelayEvents", done, age.max(0.0));
        }
    }
    Ok(())
}

fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}
