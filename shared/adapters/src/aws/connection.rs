//! Connections to one endpoint: each carries one request at a time, and is kept for the next.

use super::CallFault;
use super::fault::Refusal;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(1);
/// More than any answer needs, in bytes: a query's page has 1 MB at most.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

pub(super) type Request = http::Request<Full<Bytes>>;

/// What a connection needs of what carries it.
trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    is_secure: bool,
    host: String,
    port: u16,
    /// The `Host` header: without a port where that goes without saying.
    authority: String,
}

impl Endpoint {
    /// Over TLS, at the usual port.
    pub(super) fn secure(host: String) -> Self {
        Self { is_secure: true, authority: host.clone(), host, port: 443 }
    }

    /// From a URL without a path.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let url: http::Uri = url.parse().ok()?;
        let is_secure = match url.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = url.authority().filter(|_| url.path() == "/" && url.query().is_none())?;
        let port = authority.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        Some(Self { is_secure, host: authority.host().to_owned(), port, authority: authority.as_str().to_owned() })
    }
}

/// The connections to an endpoint that wait for their next request.
pub(super) struct Connections {
    endpoint: Endpoint,
    tls: Arc<ClientConfig>,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Connections {
    pub(super) fn new(endpoint: Endpoint, tls: Arc<ClientConfig>) -> Self {
        Self { endpoint, tls, idle: Mutex::default() }
    }

    /// The `Host` header's value.
    pub(super) fn authority(&self) -> &str {
        &self.endpoint.authority
    }

    /// Sends a request, and reads the answer to its end. A connection whose answer isn't read to its end is dropped.
    pub(super) async fn send(&self, request: Request) -> Result<Bytes, CallFault> {
        let mut connection = match self.kept().await {
            Some(connection) => connection,
            None => self.open().await?,
        };
        let Ok(answer) = connection.send_request(request).await else {
            // The others are as old or older.
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            return Err(CallFault::NotReached);
        };
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|_| CallFault::NotReached)?.to_bytes();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        if head.status.is_success() { Ok(body) } else { Err(CallFault::Refused(Refusal::new(&head, body))) }
    }

    /// One that is still open. A function that was frozen finds some closed.
    async fn kept(&self) -> Option<SendRequest<Full<Bytes>>> {
        loop {
            let mut connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if connection.ready().await.is_ok() {
                return Some(connection);
            }
        }
    }

    async fn open(&self) -> Result<SendRequest<Full<Bytes>>, CallFault> {
        let carrier = tokio::time::timeout(CONNECT, self.carrier()).await.map_err(|_| CallFault::TimedOut)?;
        let carrier = TokioIo::new(carrier.map_err(|_| CallFault::NotReached)?);
        let (sender, connection) = http1::handshake(carrier).await.map_err(|_| CallFault::NotReached)?;
        // Ends when either side closes; whoever sends sees why.
        drop(tokio::spawn(connection));
        Ok(sender)
    }

    async fn carrier(&self) -> std::io::Result<Box<dyn Carrier>> {
        let Endpoint { is_secure, host, port, .. } = &self.endpoint;
        let stream = TcpStream::connect((host.as_str(), *port)).await?;
        stream.set_nodelay(true)?;
        if !is_secure {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(host.clone()).map_err(std::io::Error::other)?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await?;
        Ok(Box::new(stream))
    }
}
