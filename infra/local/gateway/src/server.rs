//! Listens, checks keys, and hands each call on.

use crate::api::{self, Answer, Asked};
use crate::books::{Setting, random};
use crate::refusal::Refusal;
use crate::world::World;
use crate::{control, delivery, pages};
use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How often it looks for what is due.
const TICK: Duration = Duration::from_millis(20);
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const ORIGINAL: HeaderName = HeaderName::from_static("original-request");
const VERSION: HeaderName = HeaderName::from_static("stripe-version");

/// How the gateway is set up.
#[derive(Debug, Clone, clap::Parser)]
#[command(about = "Stands in for Stripe in the local run")]
pub struct Settings {
    /// Where to listen on 127.0.0.1; 0 takes a free port.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// The secret key that callers need.
    #[arg(long, env = "GATEWAY_KEY", hide_env_values = true, default_value = "sk_test_local")]
    pub key: String,
    /// The file that the books are kept in; without it they end with the process.
    #[arg(long)]
    pub books: Option<PathBuf>,
    /// After how many seconds a debit settles, and a pending refund; 0: only on command.
    #[arg(long, default_value_t = 1.0)]
    pub debit_seconds: f64,
    /// The version of Stripe's API that calls without `Stripe-Version` are for.
    #[arg(long, default_value = "2026-08-26.dahlia")]
    pub api_version: String,
}

/// The running server; dropped, it stops.
#[derive(Debug)]
pub struct Gateway {
    url: String,
    _tasks: JoinSet<()>,
}

impl Gateway {
    /// Listens. Fails when the port is taken, or the books can't be read.
    pub async fn start(settings: Settings) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", settings.port))
            .await
            .context("the port can't be listened on")?;
        let url = format!("http://{}", listener.local_addr()?);
        let delay = Duration::try_from_secs_f64(settings.debit_seconds)
            .context("--debit-seconds is no time")?;
        let delay = i64::try_from(delay.as_millis()).context("--debit-seconds is too long")?;
        let setting = Setting {
            base_url: url.clone(),
            debit_millis: (delay > 0).then_some(delay),
            api_version: settings.api_version,
        };
        let world = Arc::new(World::open(setting, settings.key, settings.books)?);
        let mut tasks = JoinSet::new();
        tasks.spawn(delivery::deliver(Arc::clone(&world), delivery::client()?));
        tasks.spawn(tick(Arc::clone(&world)));
        let routes = routes(world);
        tasks.spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, _tasks: tasks })
    }

    /// Its base URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }
}

async fn tick(world: Arc<World>) {
    loop {
        tokio::time::sleep(TICK).await;
        world.tick();
    }
}

fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/v1/{*path}", any(call))
        .route("/js.stripe.com/v3/", get(|| async { "" }))
        .merge(control::routes())
        .merge(pages::routes())
        .with_state(world)
}

async fn call(
    State(world): State<Arc<World>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let request_id = format!("req_{}", random(14));
    let ask = || {
        let body = String::from_utf8_lossy(&body);
        let parameters = if method == Method::POST { &body } else { uri.query().unwrap_or("") };
        let asked = Asked {
            method: method.as_str(),
            path: uri.path(),
            parameters,
            idempotency_key: text(HeaderName::from_static("idempotency-key")),
            version: text(VERSION),
            request_id: &request_id,
        };
        if method == Method::GET {
            world.read(|books| api::answer(books, &asked))
        } else {
            world.change(|books| api::answer(books, &asked))
        }
    };
    let answer = authorized(&world.key, text(header::AUTHORIZATION))
        .map_or_else(|refusal| api::refused(&refusal), |()| ask());
    let mut response = respond(&answer, &request_id);
    if let Some(version) = headers.get(VERSION) {
        response.headers_mut().insert(VERSION, version.clone());
    }
    response
}

fn respond(answer: &Answer, request_id: &str) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, answer.body.clone()).into_response();
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, "application/json");
    put(REQUEST_ID, request_id);
    if let Some(original) = &answer.original {
        put(REPLAYED, "true");
        put(ORIGINAL, original);
    }
    response
}

/// Whether the call has our key, as Bearer or as Basic's user.
fn authorized(key: &str, header: Option<&str>) -> Result<(), Refusal> {
    let sent = header.and_then(|header| {
        if let Some(sent) = header.strip_prefix("Bearer ") {
            return Some(sent.to_owned());
        }
        let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
        let user = String::from_utf8(decoded).ok()?;
        user.split(':').next().map(str::to_owned)
    });
    match sent.as_deref() {
        None | Some("") => Err(Refusal::unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization \
             header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )),
        Some(sent) if sent == key => Ok(()),
        Some(_) => Err(Refusal::unauthorized("Invalid API Key provided.")),
    }
}

#[cfg(test)]
mod tests {
    use super::authorized;

    #[test]
    fn the_key_is_taken_as_bearer_and_as_basic() {
        assert!(authorized("sk", Some("Bearer sk")).is_ok());
        assert!(authorized("sk", Some("Basic c2s6")).is_ok());
        for wrong in [None, Some("Bearer"), Some("Bearer other"), Some("Basic !"), Some("sk")] {
            assert_eq!(authorized("sk", wrong).map_err(|refusal| refusal.status()), Err(401));
        }
    }
}
