//! Odd events at a released bootstrap, where a panic is the process's end: a client, or whoever
//! finds the address, chooses host, path, query, headers and body. Each event is answered, and the
//! process lives.

use super::measure::Program;
use anyhow::{Context, Result, bail, ensure};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use fastrand::Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tools::process::Process;

/// How many events are odd in several places at random.
const RANDOM: usize = 5_000;

/// How long all of them may take.
const PATIENCE: Duration = Duration::from_mins(4);

/// What a URL, a header or a program between has been seen to stumble over.
const ODD: [&str; 29] = [
    "a=\"b\"",
    "a=<b>",
    "%",
    "%zz",
    "a b",
    "\0",
    "é",
    "a=😀",
    "#x",
    "a=^|`{}",
    "\"",
    "\\",
    "a=1&a=1&&&=",
    "\r\n",
    "<script>",
    " ",
    "[::1",
    "a:b:c",
    "a/b@c",
    "::",
    "http://x",
    "..",
    "\t",
    "host:99999999",
    "0x7f.1",
    "-",
    "%00",
    "?",
    "@",
];

/// What became of the events.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    events: usize,
    /// Answers, by HTTP status.
    answered: BTreeMap<u64, u32>,
    /// Events that Lambda itself would not send: the runtime reports them, and goes on.
    reported: u32,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { events, answered, reported } = self;
        write!(f, "{events} odd events: {reported} of no known shape reported")?;
        answered.iter().try_for_each(|(status, count)| write!(f, ", {count} answered {status}"))
    }
}

/// Hands the odd events to the program, one after the other.
pub(super) async fn hand_over(program: &Program) -> Result<Outcome> {
    let events = events(RANDOM);
    let count = events.len();
    let lambda = Arc::new(Lambda { events, progress: Mutex::default(), over: Notify::new() });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?.to_string();
    let serving = tokio::spawn(axum::serve(listener, routes(Arc::clone(&lambda))).into_future());
    let folder = tools::root::local().join("bench-run");
    std::fs::create_dir_all(&folder)?;
    let mut process =
        Process::start("odd-events", &mut program.command(&address, false)?, &folder)?;
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            tokio::select! {
                () = lambda.over.notified() => return Ok(()),
                () = tokio::time::sleep(Duration::from_millis(100)) => process.check()?,
            }
        }
    });
    let waited: Result<Result<()>, _> = waited.await;
    let last = lambda.last();
    waited
        .context("not all of them were answered in time")?
        .with_context(|| format!("it ended after {last}"))?;
    process.check()?;
    serving.abort();
    let mut outcome = std::mem::take(&mut lambda.progress().outcome);
    outcome.events = count;
    let answered: u32 = outcome.answered.values().sum();
    let all = usize::try_from(answered.saturating_add(outcome.reported))?;
    ensure!(all == count, "{all} of {count} events were answered");
    let failed = outcome.answered.range(500..).next();
    if let Some((status, count)) = failed {
        bail!("{count} events were answered {status}");
    }
    Ok(outcome)
}

/// Lambda's Runtime API, and a table in which there is nothing.
struct Lambda {
    events: Vec<Value>,
    progress: Mutex<Progress>,
    over: Notify,
}

#[derive(Default)]
struct Progress {
    next: usize,
    outcome: Outcome,
}

impl Lambda {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The event that was handed out last.
    fn last(&self) -> String {
        let at = self.progress().next.checked_sub(1);
        let event = at.and_then(|at| self.events.get(at)).map(Value::to_string);
        event.unwrap_or_default().chars().take(400).collect()
    }
}

fn routes(lambda: Arc<Lambda>) -> Router {
    let invocation = "/2018-06-01/runtime/invocation";
    Router::new()
        .route(&format!("{invocation}/next"), get(next))
        .route(&format!("{invocation}/{{id}}/{{end}}"), post(ended))
        .fallback(async || Json(json!({ "Items": [], "Count": 0 })))
        .with_state(lambda)
}

async fn next(State(lambda): State<Arc<Lambda>>) -> impl IntoResponse {
    let at = {
        let mut progress = lambda.progress();
        progress.next = progress.next.saturating_add(1);
        progress.next.saturating_sub(1)
    };
    let Some(event) = lambda.events.get(at) else {
        lambda.over.notify_one();
        // As Lambda does it: the process is frozen here.
        return std::future::pending().await;
    };
    let headers = [
        ("lambda-runtime-aws-request-id", format!("r-{at}")),
        ("lambda-runtime-deadline-ms", "4093664000000".to_owned()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:000000000000:function:odd".to_owned(),
        ),
    ];
    let named = headers.into_iter().filter_map(|(name, value)| {
        Some((axum::http::HeaderName::from_static(name), value.parse().ok()?))
    });
    (named.collect::<HeaderMap>(), Json(event.clone()))
}

async fn ended(
    State(lambda): State<Arc<Lambda>>,
    Path((_, end)): Path<(String, String)>,
    body: axum::body::Bytes,
) -> StatusCode {
    let outcome = &mut lambda.progress().outcome;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match body.get("statusCode").and_then(Value::as_u64).filter(|_| end == "response") {
        Some(status) => {
            let count = outcome.answered.entry(status).or_default();
            *count = count.saturating_add(1);
        }
        None => outcome.reported = outcome.reported.saturating_add(1),
    }
    StatusCode::ACCEPTED
}

/// A good payment of the señal, for a sale that is not there.
fn good() -> Value {
    let sale = "01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e";
    let (route, path) =
        ("POST /sales/{sale_id}/signal-payment", format!("/sales/{sale}/signal-payment"));
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "host": "api.example.com", "content-type": "application/json", "idempotency-key": "k-1",
        },
        "requestContext": {
            "accountId": "0", "apiId": "a", "domainName": "api.example.com", "domainPrefix": "api",
            "http": {
                "method": "POST", "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "curl",
            },
            "requestId": "r", "routeKey": route, "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_u64,
            "authorizer": { "jwt": {
                "claims": {
                    "sub": "e-17", "roles": "[sales]", "dealership_id": "MAD-01", "country": "ES",
                },
                "scopes": null,
            } },
        },
        "pathParameters": { "sale_id": sale },
        "body": "{\"method\":\"checkout\"}",
        "isBase64Encoded": false,
    })
}

/// Each odd text in each of three places, then events that are odd in several.
fn events(random: usize) -> Vec<Value> {
    let mut events = Vec::new();
    let long = "x".repeat(70_000);
    for text in ODD.into_iter().chain([long.as_str()]) {
        for place in ["/rawQueryString", "/headers/host", "/requestContext/domainName"] {
            events.push(with(good(), place, json!(text)));
        }
    }
    // The same ones each time.
    let mut rng = Rng::with_seed(7);
    events.extend((0..random).map(|_| {
        let times = rng.usize(1..4);
        (0..times).fold(good(), |event, _| change(event, &mut rng))
    }));
    events
}

fn change(event: Value, rng: &mut Rng) -> Value {
    let text = json!(text(rng));
    let odd = [json!(null), json!(1), json!([]), json!({}), json!("x")];
    let places = [
        "/rawQueryString",
        "/headers/host",
        "/rawPath",
        "/requestContext/http/method",
        "/requestContext/domainName",
        "/requestContext/stage",
        "/headers/x-forwarded-proto",
        "/headers/x-forwarded-port",
        "/headers/idempotency-key",
        "/headers/content-type",
        "/body",
        "/pathParameters/sale_id",
        "/requestContext/http/sourceIp",
        "/requestContext/requestId",
    ];
    let shapes = [
        "/headers",
        "/requestContext",
        "/rawPath",
        "/version",
        "/pathParameters",
        "/cookies",
        "/isBase64Encoded",
        "/requestContext/authorizer",
        "/queryStringParameters",
        "/body",
    ];
    match rng.u8(0..16) {
        0 => with(event, "/cookies", json!([text, text])),
        1 => with(event, "/isBase64Encoded", json!(true)),
        2 => with(event, "/queryStringParameters", json!({ "a": text })),
        3 => {
            let mut event = event;
            if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
                let name = text.as_str().unwrap_or_default().chars().take(60).collect();
                headers.insert(name, text);
            }
            event
        }
        4 => {
            let value = rng.choice(odd).unwrap_or_default();
            with(event, rng.choice(shapes).unwrap_or_default(), value)
        }
        _ => with(event, rng.choice(places).unwrap_or_default(), text),
    }
}

fn text(rng: &mut Rng) -> String {
    if rng.u8(0..10) < 7 {
        return rng.choice(ODD).unwrap_or_default().to_owned();
    }
    let length = rng.usize(0..30);
    let character = |rng: &mut Rng| match rng.u8(0..3) {
        0 => rng.char('\0'..' '),
        1 => rng.char(' '..'\u{7f}'),
        _ => rng.char('\u{80}'..'\u{2000}'),
    };
    (0..length).map(|_| character(rng)).collect()
}

/// The event with this value there; as it is where there is no such place any more.
fn with(mut event: Value, place: &str, value: Value) -> Value {
    let parent = place
        .rsplit_once('/')
        .and_then(|(parent, name)| Some((event.pointer_mut(parent)?.as_object_mut()?, name)));
    if let Some((parent, name)) = parent {
        parent.insert(name.to_owned(), value);
    }
    event
}
