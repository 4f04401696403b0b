//! What stands around a measured process: Lambda's Runtime API, the AWS services and the gateway,
//! all at one address, with recorded answers.

use super::operation::{Operation, charged, read_halves, recorded, write_units};
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How long an answer takes, so that calls that are made together are seen together.
const ANSWERS_AFTER: Duration = Duration::from_millis(2);

const NEXT: &str = "/2018-06-01/runtime/invocation/next";

/// A running stub; dropped, it stops.
#[derive(Debug)]
pub(super) struct Stub {
    address: SocketAddr,
    idle: watch::Receiver<bool>,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    operation: Operation,
    event: String,
    item: Value,
    events: u32,
    progress: Mutex<Progress>,
    idle: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Progress {
    handed_out: u32,
    answered: u32,
    /// Since the event that was handed out last.
    calls: Calls,
    /// Calls that are not answered yet.
    under_way: u32,
    faults: Vec<String>,
}

/// What an event made its function call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calls {
    /// AWS services.
    pub(super) aws: u32,
    /// Partners.
    pub(super) partners: u32,
    /// How often the function waited: calls that are under way together count once.
    pub(super) round_trips: u32,
    /// What DynamoDB charges for the reads, in halves of a unit.
    pub(super) read_halves: u32,
    /// What DynamoDB charges for the writes.
    pub(super) write_units: u32,
}

impl Stub {
    /// Listens on a free port of this machine; hands the operation's event out `events` times.
    pub(super) async fn start(
        operation: Operation,
        events: u32,
        tls: Option<TlsAcceptor>,
    ) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (event, item) = (operation.event()?.to_string(), operation.item()?);
        let (told, idle) = watch::channel(false);
        let shared = Arc::new(Shared {
            operation,
            event,
            item,
            events,
            progress: Mutex::default(),
            idle: told,
        });
        let listening = tokio::spawn(listen(listener, tls, Arc::clone(&shared)));
        Ok(Self { address, idle, shared, listening })
    }

    /// Where it is: `host:port`.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits until the process asks for an event and there is none left.
    pub(super) async fn idle(&mut self) -> Result<()> {
        self.idle.wait_for(|idle| *idle).await.map(drop).context("the stub stopped")
    }

    /// What the last event made the process call.
    pub(super) fn calls(&self) -> Calls {
        self.shared.progress.lock().unwrap_or_else(PoisonError::into_inner).calls
    }

    /// Fails unless every event was answered as it should be.
    pub(super) fn check(&self) -> Result<()> {
        let progress = self.shared.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fault) = progress.faults.first() {
            bail!("{:?}: {fault}", self.shared.operation);
        }
        if progress.answered != self.shared.events {
            bail!(
                "{:?}: {} of {} events were answered",
                self.shared.operation,
                progress.answered,
                self.shared.events
            );
        }
        Ok(())
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            // No answer waits for another packet's acknowledgement.
            let _ = stream.set_nodelay(true);
            match tls {
                Some(tls) if is_handshake(&stream).await => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, shared).await;
                    }
                }
                _ => serve(stream, shared).await,
            }
        });
    }
}

/// A TLS handshake's record begins with 22 (RFC 8446, 5.1); the Runtime API is plain HTTP at the
/// same address.
async fn is_handshake(stream: &TcpStream) -> bool {
    let mut first = [0];
    matches!(stream.peek(&mut first).await, Ok(1)) && first == [22]
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, shared: Arc<Shared>) {
    let service = service_fn(|request| answer(request, Arc::clone(&shared)));
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let target = head
        .headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    let answer = match head.uri.path() {
        NEXT => return Ok(next(&shared).await),
        path if path.ends_with("/response") => {
            take_answer(&shared, &body);
            return Ok(reply(StatusCode::ACCEPTED, "application/json", "{}".to_owned()));
        }
        "/v1/payment_intents" => {
            on_its_way(&shared).await;
            count(&shared, |calls| calls.partners = calls.partners.saturating_add(1));
            Some(charged())
        }
        path => {
            on_its_way(&shared).await;
            count(&shared, |calls| {
                calls.aws = calls.aws.saturating_add(1);
                calls.read_halves =
                    calls.read_halves.saturating_add(read_halves(target, &body, &shared.item));
                calls.write_units =
                    calls.write_units.saturating_add(write_units(target, &body, &shared.item));
            });
            let answer = recorded(target, &shared.item);
            if answer.is_none() {
                fault(
                    &shared,
                    format!(
                        "nothing is recorded for {target} {path}: {}",
                        String::from_utf8_lossy(&body)
                    ),
                );
            }
            answer
        }
    };
    let status = if answer.is_some() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(reply(status, "application/x-amz-json-1.0", answer.unwrap_or_default().to_string()))
}

/// The event, or, when none is left, no answer any more.
async fn next(shared: &Shared) -> Response<Full<Bytes>> {
    let more = {
        let mut progress = shared.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let more = progress.handed_out < shared.events;
        if more {
            progress.calls = Calls::default();
        }
        progress.handed_out = progress.handed_out.saturating_add(u32::from(more));
        more
    };
    if !more {
        shared.idle.send_replace(true);
        std::future::pending::<()>().await;
    }
    let mut response = reply(StatusCode::OK, "application/json", shared.event.clone());
    for (name, value) in [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "4093664000000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:000000000000:function:bench",
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-67a0b1c2-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=0",
        ),
    ] {
        response.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    response
}

fn take_answer(shared: &Shared, body: &[u8]) {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    if !shared.operation.is_done(&answer) {
        fault(shared, format!("the answer was {}", String::from_utf8_lossy(body)));
    }
    let mut progress = shared.progress.lock().unwrap_or_else(PoisonError::into_inner);
    progress.answered = progress.answered.saturating_add(1);
}

async fn on_its_way(shared: &Shared) {
    let progress = || shared.progress.lock().unwrap_or_else(PoisonError::into_inner);
    {
        let mut progress = progress();
        progress.calls.round_trips =
            progress.calls.round_trips.saturating_add(u32::from(progress.under_way == 0));
        progress.under_way = progress.under_way.saturating_add(1);
    }
    tokio::time::sleep(ANSWERS_AFTER).await;
    let mut progress = progress();
    progress.under_way = progress.under_way.saturating_sub(1);
}

fn count(shared: &Shared, note: impl FnOnce(&mut Calls)) {
    note(&mut shared.progress.lock().unwrap_or_else(PoisonError::into_inner).calls);
}

fn fault(shared: &Shared, fault: String) {
    shared.progress.lock().unwrap_or_else(PoisonError::into_inner).faults.push(fault);
}

fn reply(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    response
}
