//! Who called what.

use crate::fault::Fault;
use http::HeaderMap;
use http::request::Parts;
use serde::Serialize;
use serde_json::Value;

/// What stands behind a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// AWS.
    Cloud,
    /// The payment gateway.
    Gateway,
    /// Factory and registries.
    Partners,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Whom.
    pub target: Target,
    /// The function that called, by its User-Agent (`app/<function>`); `-` for somebody else.
    pub function: String,
    /// What: `DynamoDB.UpdateItem`, `SQS.SendMessage/RefundQueue`, `SES.SendEmail`, or `POST
    /// /factory/orders`.
    pub operation: String,
    /// What a transaction of DynamoDB's is made of: `Put`, `Update`, `Delete`, `ConditionCheck`.
    #[serde(skip)]
    pub parts: Vec<String>,
    /// The items that a call of DynamoDB's writes, by their keys; a transaction's in the order of
    /// its parts.
    #[serde(skip)]
    pub writes: Vec<String>,
    /// What it is about, as far as [`Marks`] know.
    #[serde(skip)]
    pub about: Option<String>,
    /// Whether the function's AWS client tries it again by itself.
    #[serde(skip)]
    pub again: bool,
    /// What it met.
    #[serde(skip)]
    pub fault: Option<Fault>,
}

impl Call {
    pub(crate) fn of(target: Target, head: &Parts, body: &[u8], about: Option<String>) -> Self {
        let operation = match target {
            Target::Cloud => aws_operation(head, &String::from_utf8_lossy(body)),
            Target::Gateway | Target::Partners => {
                format!("{} {}", head.method, without_ids(head.uri.path()))
            }
        };
        let again = text(&head.headers, "amz-sdk-request")
            .is_some_and(|attempt| !attempt.starts_with("attempt=1"));
        let (parts, writes) = writes(&operation, body);
        let function = function(&head.headers).unwrap_or("-").to_owned();
        Self { target, function, operation, parts, writes, about, again, fault: None }
    }
}

/// What a call of DynamoDB's writes: the kinds of a transaction's parts, and each item's key.
fn writes(operation: &str, body: &[u8]) -> (Vec<String>, Vec<String>) {
    let single =
        ["DynamoDB.PutItem", "DynamoDB.UpdateItem", "DynamoDB.DeleteItem"].contains(&operation);
    if !single && operation != "DynamoDB.TransactWriteItems" {
        return Default::default();
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let key = |write: &Value| {
        let item = write.get("Item").or_else(|| write.get("Key"))?;
        let part = |name: &str| item.get(name)?.get("S")?.as_str();
        Some(format!("{} {}", part("PK")?, part("SK")?))
    };
    if single {
        return (Vec::new(), key(&body).into_iter().collect());
    }
    let items = body.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
    let parts = items.filter_map(Value::as_object).flatten();
    parts.filter_map(|(kind, write)| Some((kind.clone(), key(write)?))).unzip()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn function(headers: &HeaderMap) -> Option<&str> {
    let agents = [text(headers, "x-amz-user-agent"), text(headers, "user-agent")];
    agents
        .into_iter()
        .flatten()
        .flat_map(str::split_whitespace)
        .find_map(|word| word.strip_prefix("app/"))
}

fn aws_operation(head: &Parts, body: &str) -> String {
    let target = text(&head.headers, "x-amz-target").and_then(|target| target.split_once('.'));
    match target {
        Some((service, operation)) => {
            let service = service.split('_').next().unwrap_or(service);
            let service = match service {
                "AmazonSQS" => "SQS",
                "AWSStepFunctions" => "StepFunctions",
                "AWSEvents" => "EventBridge",
                "secretsmanager" => "SecretsManager",
                other => other,
            };
            let queue = queue(body).map(|queue| format!("/{queue}")).unwrap_or_default();
            format!("{service}.{operation}{queue}")
        }
        None if head.uri.path() == "/v2/email/outbound-emails" => "SES.SendEmail".to_owned(),
        // A form names its operation first; of the services that take forms, only SNS is called.
        None if body.starts_with("Action=") => {
            format!("SNS.{}", body.split(['=', '&']).nth(1).unwrap_or_default())
        }
        None => format!("{} {}", head.method, head.uri.path()),
    }
}

/// The queue's name in the template: what the stack's name comes before, and random letters after.
fn queue(body: &str) -> Option<&str> {
    let url = body.split_once(r#""QueueUrl":""#)?.1.split('"').next()?;
    url.rsplit('-').nth(1)
}

/// A path's segments that hold a digit are somebody's id, unless they name a version.
fn without_ids(path: &str) -> String {
    let segment = |segment: &str| {
        let id = segment.len() > 2 && segment.bytes().any(|byte| byte.is_ascii_digit());
        if id { "{id}".to_owned() } else { segment.to_owned() }
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}
