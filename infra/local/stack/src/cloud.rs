//! The local cloud's own API, as far as the commands need it.

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The region of the local run.
pub const REGION: &str = "eu-west-1";

/// A client with the local cloud's root key, whose signature nobody checks.
#[derive(Debug, Clone)]
pub struct Cloud {
    client: Client,
    url: String,
}

impl Cloud {
    /// The cloud at this base URL.
    pub fn new(url: String) -> Result<Self> {
        Ok(Self { client: proxy::client()?, url })
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn send(
        &self,
        service: &str,
        method: Method,
        path: &str,
        target: Option<&str>,
        body: String,
        kind: &str,
    ) -> Result<String> {
        let key = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let request =
            self.client.request(method, format!("{}{path}", self.url)).header("authorization", key);
        let request = target
            .into_iter()
            .fold(request, |request, target| request.header("x-amz-target", target));
        let answer = request.header("content-type", kind).body(body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            bail!("{service} {} answered {status}: {text}", target.unwrap_or(path));
        }
        Ok(text)
    }

    /// An operation of a JSON service, such as `DynamoDB_20120810.DescribeTable` of `dynamodb`.
    pub async fn json(&self, service: &str, target: &str, body: Value) -> Result<Value> {
        let kind = "application/x-amz-json-1.0";
        let text =
            self.send(service, Method::POST, "/", Some(target), body.to_string(), kind).await?;
        if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&text)?) }
    }

    /// A GET of a REST service.
    pub async fn get(&self, service: &str, path: &str) -> Result<Value> {
        let text =
            self.send(service, Method::GET, path, None, String::new(), "application/json").await?;
        serde_json::from_str(&text).with_context(|| format!("{service} {path} answered no JSON"))
    }

    /// A POST of JSON to a REST service.
    pub async fn post(&self, service: &str, path: &str, body: Value) -> Result<Value> {
        let text = self
            .send(service, Method::POST, path, None, body.to_string(), "application/json")
            .await?;
        serde_json::from_str(&text).with_context(|| format!("{service} {path} answered no JSON"))
    }

    /// A PUT of JSON to a REST service.
    pub async fn put(&self, service: &str, path: &str, body: Value) -> Result<Value> {
        let text = self
            .send(service, Method::PUT, path, None, body.to_string(), "application/json")
            .await?;
        serde_json::from_str(&text).with_context(|| format!("{service} {path} answered no JSON"))
    }

    /// An operation of a service that answers in XML.
    pub async fn query(&self, service: &str, form: &str) -> Result<String> {
        self.send(
            service,
            Method::POST,
            "/",
            None,
            form.to_owned(),
            "application/x-www-form-urlencoded",
        )
        .await
    }

    /// A stack's outputs, by name.
    pub async fn outputs(&self, stack: &str) -> Result<std::collections::BTreeMap<String, String>> {
        let form = format!("Action=DescribeStacks&Version=2010-05-15&StackName={stack}");
        let xml = self.query("cloudformation", &form).await?;
        let document = roxmltree::Document::parse(&xml)?;
        let outputs =
            document.descendants().filter(|node| node.has_tag_name_ignoring_namespace("OutputKey"));
        Ok(outputs
            .filter_map(|key| {
                let value = key
                    .parent()?
                    .children()
                    .find(|node| node.has_tag_name_ignoring_namespace("OutputValue"))?;
                Some((key.text()?.to_owned(), value.text().unwrap_or_default().to_owned()))
            })
            .collect())
    }

    /// How an execution went: its status, and the names of the states that it entered, in order.
    pub async fn execution(
        &self,
        state_machine: &str,
        name: &str,
    ) -> Result<(String, Vec<String>)> {
        let arn = format!("{}:{name}", state_machine.replace(":stateMachine:", ":execution:"));
        let described = self
            .json("states", "AWSStepFunctions.DescribeExecution", json!({ "executionArn": arn }))
            .await?;
        let body =
            json!({ "executionArn": arn, "maxResults": 1000, "includeExecutionData": false });
        let history = self.json("states", "AWSStepFunctions.GetExecutionHistory", body).await?;
        let events = history.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
        let entered = events.iter().filter_map(|event| {
            event.pointer("/stateEnteredEventDetails/name")?.as_str().map(str::to_owned)
        });
        Ok((
            described.get("status").and_then(Value::as_str).unwrap_or_default().to_owned(),
            entered.collect(),
        ))
    }

    /// Every line of every log group, by the group's name.
    pub async fn logged(&self) -> Result<BTreeMap<String, Vec<String>>> {
        let groups = self.json("logs", "Logs_20140328.DescribeLogGroups", json!({})).await?;
        let groups = groups.get("logGroups").and_then(Value::as_array).into_iter().flatten();
        let mut logged: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for group in groups.filter_map(|group| group.get("logGroupName")?.as_str()) {
            let lines = logged.entry(group.to_owned()).or_default();
            let mut next = None;
            loop {
                let ask = json!({ "logGroupName": group, "nextToken": next });
                let page = self.json("logs", "Logs_20140328.FilterLogEvents", ask).await?;
                let events = page.get("events").and_then(Value::as_array).into_iter().flatten();
                lines.extend(
                    events.filter_map(|event| Some(event.get("message")?.as_str()?.to_owned())),
                );
                let token = page.get("nextToken").filter(|token| !token.is_null()).cloned();
                if token.is_none() || token == next {
                    break;
                }
                next = token;
            }
        }
        Ok(logged)
    }

    /// What was sent to this phone (`+34…`) or device (its ARN), oldest first.
    pub async fn messages(&self, to: &str) -> Result<Vec<String>> {
        let answer = self.get("sns", "/_ministack/sns/sms-messages").await?;
        let kept = answer.get("sms_messages").and_then(|all| all.get(to)).and_then(Value::as_array);
        Ok(kept
            .into_iter()
            .flatten()
            .filter_map(|message| Some(message.get("Message")?.as_str()?.to_owned()))
            .collect())
    }

    /// Where every mail that was sent can be read.
    pub(crate) fn mails_url(&self) -> String {
        format!("{}{MAILS}", self.url())
    }

    /// Every mail that was sent, oldest first.
    pub async fn mails(&self) -> Result<Vec<SentMail>> {
        let answer = self.get("ses", MAILS).await?;
        // A list an account.
        let accounts =
            answer.get("messages").and_then(Value::as_object).context("the inbox can't be read")?;
        Ok(accounts.values().filter_map(Value::as_array).flatten().map(SentMail::of).collect())
    }
}

/// The local cloud's inbox.
const MAILS: &str = "/_ministack/ses/messages";

/// A mail as the local cloud's inbox has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SentMail {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    #[serde(skip)]
    pub text: String,
    /// Its HTML.
    #[serde(skip)]
    pub html: String,
}

impl SentMail {
    fn of(mail: &Value) -> Self {
        let text = |pointers: [&str; 3]| {
            let found = pointers.into_iter().find_map(|pointer| mail.pointer(pointer)?.as_str());
            found.unwrap_or_default().to_owned()
        };
        Self {
            to: text(["/To/0", "/Destination/ToAddresses/0", "/to/0"]),
            subject: text(["/Subject", "/subject", "/Content/Simple/Subject/Data"]),
            text: text(["/BodyText", "/body_text", "/Content/Simple/Body/Text/Data"]),
            html: text(["/BodyHtml", "/body_html", "/Content/Simple/Body/Html/Data"]),
        }
    }
}

trait IgnoringNamespace {
    fn has_tag_name_ignoring_namespace(&self, name: &str) -> bool;
}

impl IgnoringNamespace for roxmltree::Node<'_, '_> {
    fn has_tag_name_ignoring_namespace(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}
