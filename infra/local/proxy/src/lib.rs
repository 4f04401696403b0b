//! Stands between the functions and what they call - the local cloud, the gateway, the partners -
//! in one process with whoever watches. It notes who called what, and on request a call meets a
//! fault.

mod call;
mod fault;
mod marks;
mod rule;

pub use call::{Call, Target};
pub use fault::Fault;
pub use marks::Marks;
pub use rule::{Rule, Tries};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reqwest::Client;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A client of what runs on this machine: no proxy of the environment's, no connection kept that
/// the other side may close.
pub fn client() -> reqwest::Result<Client> {
    // A second installation finds the first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().pool_max_idle_per_host(0).build()
}

/// A running proxy; dropped, it stops.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    target: Target,
    upstream: String,
    marks: Marks,
    client: Client,
    calls: Mutex<Vec<Call>>,
    rules: Mutex<Vec<Rule>>,
}

/// An answer, to be given again.
#[derive(Debug, Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl From<Answer> for Response<Full<Bytes>> {
    fn from(Answer { status, headers, body }: Answer) -> Self {
        let mut response = Self::new(Full::new(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

/// The call is not answered.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the call is dropped")
    }
}

impl std::error::Error for Dropped {}

impl Proxy {
    /// Listens on a free port of this machine, and hands calls on to `upstream`
    /// (`http://host:port`).
    pub async fn start(target: Target, upstream: String, marks: Marks) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let client = client().map_err(io::Error::other)?;
        let (calls, rules) = (Mutex::default(), Mutex::default());
        let shared = Arc::new(Shared { target, upstream, marks, client, calls, rules });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, listening })
    }

    /// Its base URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every call so far, in the order in which they came.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on, calls that the rule speaks of meet its fault.
    pub fn inject(&self, rule: Rule) {
        self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    /// No more faults. Answers the rules that met no call.
    pub fn calm(&self) -> Vec<Rule> {
        let rules =
            std::mem::take(&mut *self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner));
        rules.into_iter().filter(|rule| !rule.has_struck()).collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(serve(stream, Arc::clone(&shared)));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| answer(request, Arc::clone(&shared)));
    // Ends with the connection; a dropped call ends it, too.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    // A connection that breaks is passed on as one.
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let about = shared.marks.about(&text_of(&head, &body));
    let call = Call::of(shared.target, &head, &body, about.clone());
    let fault = {
        let mut rules = shared.rules.lock().unwrap_or_else(PoisonError::into_inner);
        // Every rule counts the call, whichever strikes.
        rules.iter_mut().filter_map(|rule| rule.meets(&call)).last()
    };
    shared.calls.lock().unwrap_or_else(PoisonError::into_inner).push(Call { fault, ..call });
    match fault {
        Some(Fault::Drop) => return Err(Dropped),
        Some(Fault::Fail) => {
            return Ok(refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"));
        }
        Some(Fault::Throttle) => {
            return Ok(refusal(StatusCode::TOO_MANY_REQUESTS, "ThrottlingException"));
        }
        Some(Fault::Answer(status, kind, body)) => return Ok(impostor(status, kind, body)),
        Some(Fault::Duplicate) => drop(forward(&shared, &head, body.clone()).await),
        Some(Fault::LoseAnswer | Fault::Delay(_)) | None => {}
    }
    // A task of its own: it goes on when its caller has gone.
    let forwarded = tokio::spawn(async move {
        if let Some(Fault::Delay(time)) = fault {
            tokio::time::sleep(time).await;
        }
        let answer = forward(&shared, &head, body).await?;
        if let Some(about) = about {
            shared.marks.learn(&String::from_utf8_lossy(&answer.body), &about);
        }
        Ok(answer)
    });
    // A connection that breaks is passed on as one.
    let answer: Result<Answer, Dropped> = forwarded.await.map_err(|_| Dropped)?;
    if fault == Some(Fault::LoseAnswer) { Err(Dropped) } else { answer.map(Response::from) }
}

/// Where a call can say whom it is about.
fn text_of(head: &Parts, body: &Bytes) -> String {
    let key =
        head.headers.get(IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    format!("{} {key} {}", head.uri, String::from_utf8_lossy(body))
}

/// An answer as AWS's JSON services give it; partners are understood by the status.
fn refusal(status: StatusCode, name: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(format!("{{\"__type\":\"{name}\"}}").into()));
    *response.status_mut() = status;
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(name));
    response
}

fn impostor(status: u16, kind: &'static str, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Nobody follows it.
    response.headers_mut().insert(
        header::LOCATION,
        HeaderValue::from_static("http://169.254.169.254/latest/meta-data/"),
    );
    response
}

const IDEMPOTENCY_KEY: &str = "idempotency-key";

async fn forward(shared: &Shared, head: &Parts, body: Bytes) -> Result<Answer, Dropped> {
    let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let call = shared.client.request(head.method.clone(), format!("{}{path}", shared.upstream));
    let answer =
        // A connection that breaks is passed on as one.
        call.headers(end_to_end(&head.headers)).body(body).send().await.map_err(|_| Dropped)?;
    let (status, headers) = (answer.status(), end_to_end(answer.headers()));
    // A connection that breaks is passed on as one.
    Ok(Answer { status, headers, body: answer.bytes().await.map_err(|_| Dropped)? })
}

/// Without what belongs to one connection (RFC 9110, 7.6.1). The Host stays: AWS signatures cover
/// it.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    const HOP: [HeaderName; 4] =
        [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::TE];
    headers
        .iter()
        .filter(|(name, _)| !HOP.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests;
