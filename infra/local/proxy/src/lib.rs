//! Stands between the functions and what they call - the local cloud, the gateway, the partners - in one process with
//! whoever watches. It notes who called what, and on request a call meets a fault.

mod call;
mod fault;

pub use call::{Call, Target};
pub use fault::{Fault, Rule};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Request, Response, header};
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

/// A client of what runs on this machine: no proxy of the environment's, no connection kept that the other side may close.
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
    client: Client,
    calls: Mutex<Vec<Call>>,
    rules: Mutex<Vec<Rule>>,
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
    /// Listens on a free port of this machine, and hands calls on to `upstream` (`http://host:port`).
    pub async fn start(target: Target, upstream: String) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let client = client().map_err(io::Error::other)?;
        let (calls, rules) = (Mutex::default(), Mutex::default());
        let shared = Arc::new(Shared { target, upstream, client, calls, rules });
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
        let rules = std::mem::take(&mut *self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner));
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

async fn answer(request: Request<Incoming>, shared: Arc<Shared>) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let call = Call::of(shared.target, &head);
    let fault = {
        let mut rules = shared.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter_mut().find_map(|rule| rule.meets(&call))
    };
    shared.calls.lock().unwrap_or_else(PoisonError::into_inner).push(Call { fault, ..call });
    match fault {
        Some(Fault::Drop) => return Err(Dropped),
        Some(Fault::Fail(status)) => return Ok(failure(status)),
        Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
        Some(Fault::Duplicate) => drop(forward(&shared, &head, body.clone()).await),
        Some(Fault::LoseAnswer) | None => {}
    }
    let answer = forward(&shared, &head, body).await;
    if fault == Some(Fault::LoseAnswer) { Err(Dropped) } else { answer }
}

fn failure(status: http::StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"{}")));
    *response.status_mut() = status;
    response
}

async fn forward(shared: &Shared, head: &http::request::Parts, body: Bytes) -> Result<Response<Full<Bytes>>, Dropped> {
    let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let call = shared.client.request(head.method.clone(), format!("{}{path}", shared.upstream));
    let answer = call.headers(end_to_end(&head.headers)).body(body).send().await.map_err(|_| Dropped)?;
    let (status, headers) = (answer.status(), end_to_end(answer.headers()));
    let mut response = Response::new(Full::new(answer.bytes().await.map_err(|_| Dropped)?));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Without what belongs to one connection (RFC 9110, 7.6.1). The Host stays: AWS signatures cover it.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    const HOP: [HeaderName; 4] = [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::TE];
    headers.iter().filter(|(name, _)| !HOP.contains(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests;
