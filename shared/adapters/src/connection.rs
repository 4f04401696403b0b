//! The one way out of a process: connections to one endpoint, HTTP/1.1, over TLS by ring. Each carries one request at a
//! time, and is kept for the next.

use http::response::Parts;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

pub(crate) type Request = http::Request<Full<Bytes>>;

/// What an endpoint is granted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long a connection may take.
    pub(crate) connect: Duration,
    /// How long a connection is kept unused: less than until the other side closes it.
    pub(crate) idle: Duration,
    /// The longest answer, in bytes.
    pub(crate) answer: usize,
}

/// Why there is no answer. The request may have been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionFault {
    /// No connection in time.
    TimedOut,
    /// No connection, or it broke.
    NotReached,
}

/// What a connection needs of what carries it.
trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    is_secure: bool,
    host: String,
    port: u16,
    /// The `Host` header: without a port where that goes without saying.
    authority: String,
}

impl Endpoint {
    /// Over TLS, at the usual port.
    pub(crate) fn secure(host: String) -> Self {
        Self { is_secure: true, authority: host.clone(), host, port: 443 }
    }

    /// From a URL; the path in it is the other half.
    pub(crate) fn parse(url: &str) -> Option<(Self, String)> {
        let url: http::Uri = url.parse().ok()?;
        let is_secure = match url.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = url.authority().filter(|_| url.query().is_none())?;
        let port = authority.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let endpoint = Self { is_secure, host: authority.host().to_owned(), port, authority: authority.as_str().to_owned() };
        Some((endpoint, url.path().trim_end_matches('/').to_owned()))
    }
}

/// The connections to an endpoint that wait for their next request.
pub(crate) struct Connections {
    endpoint: Endpoint,
    tls: Arc<ClientConfig>,
    limits: Limits,
    /// Since when, and which.
    idle: Mutex<Vec<(Instant, SendRequest<Full<Bytes>>)>>,
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Connections {
    pub(crate) fn new(endpoint: Endpoint, tls: Arc<ClientConfig>, limits: Limits) -> Self {
        Self { endpoint, tls, limits, idle: Mutex::default() }
    }

    /// The `Host` header's value.
    pub(crate) fn authority(&self) -> &str {
        &self.endpoint.authority
    }

    /// Sends a request once, and reads the answer to its end. A connection whose answer isn't read to its end is dropped.
    pub(crate) async fn send(&self, request: Request) -> Result<(Parts, Bytes), ConnectionFault> {
        let mut connection = match self.kept().await {
            Some(connection) => connection,
            None => self.open().await?,
        };
        let Ok(answer) = connection.send_request(request).await else {
            // The others are as old or older.
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            return Err(ConnectionFault::NotReached);
        };
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, self.limits.answer).collect().await.map_err(|_| ConnectionFault::NotReached)?.to_bytes();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), connection));
        Ok((head, body))
    }

    /// One that is still open. A function that was frozen finds some closed, or doesn't know yet that they are.
    async fn kept(&self) -> Option<SendRequest<Full<Bytes>>> {
        loop {
            let (since, mut connection) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < self.limits.idle && connection.ready().await.is_ok() {
                return Some(connection);
            }
        }
    }

    async fn open(&self) -> Result<SendRequest<Full<Bytes>>, ConnectionFault> {
        let carrier = tokio::time::timeout(self.limits.connect, self.carrier()).await.map_err(|_| ConnectionFault::TimedOut)?;
        let carrier = TokioIo::new(carrier.map_err(|_| ConnectionFault::NotReached)?);
        let (sender, connection) = http1::handshake(carrier).await.map_err(|_| ConnectionFault::NotReached)?;
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

/// TLS that trusts these roots.
pub(crate) fn tls(roots: RootCertStore) -> Result<Arc<ClientConfig>, rustls::Error> {
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let tls = tls.with_safe_default_protocol_versions()?;
    Ok(Arc::new(tls.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::extract::ConnectInfo;
    use axum::routing::get;
    use std::net::SocketAddr;

    /// The ports of our side of two requests' connections.
    async fn ports(idle: Duration) -> [Bytes; 2] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (endpoint, path) = Endpoint::parse(&format!("http://{}/a/", listener.local_addr().unwrap())).unwrap();
        assert_eq!(path, "/a");
        let port = async |ConnectInfo(from): ConnectInfo<SocketAddr>| from.port().to_string();
        let routes = Router::new().route("/", get(port)).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let limits = Limits { connect: Duration::from_secs(1), idle, answer: 16 };
        let connections = Connections::new(endpoint, tls(RootCertStore::empty()).unwrap(), limits);
        let send = async || connections.send(Request::default()).await.unwrap().1;
        [send().await, send().await]
    }

    #[tokio::test]
    async fn a_connection_is_kept_for_as_long_as_it_may() {
        let [first, second] = ports(Duration::from_mins(1)).await;
        assert_eq!(first, second);
        let [first, second] = ports(Duration::ZERO).await;
        assert_ne!(first, second);
    }
}
