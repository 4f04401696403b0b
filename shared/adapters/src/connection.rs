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
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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
    /// Its name leads to private addresses, where no partner is.
    NotPublic,
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
    /// Whether private addresses are refused, once its name is resolved.
    only_public: bool,
}

impl Endpoint {
    /// Over TLS, at the usual port.
    pub(crate) fn secure(host: String) -> Self {
        Self { is_secure: true, authority: host.clone(), host, port: 443, only_public: false }
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
        let (host, authority) = (authority.host().to_owned(), authority.as_str().to_owned());
        let endpoint = Self { is_secure, host, port, authority, only_public: false };
        Some((endpoint, url.path().trim_end_matches('/').to_owned()))
    }

    /// As others on the internet are reached: over TLS, at public addresses.
    pub(crate) fn public(self) -> Option<Self> {
        self.is_secure.then_some(Self { only_public: true, ..self })
    }
}

/// Whether an address belongs to the public internet (IANA's special-purpose address registries): not to the machine, the
/// network around it, or its metadata service.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let reserved = a == 0 || a >= 240 || (a, b, c) == (192, 0, 0) || (a == 198 && (18..20).contains(&b));
            let near = v4.is_private() || v4.is_loopback() || v4.is_link_local();
            !(near || shared || reserved || v4.is_multicast() || v4.is_documentation())
        }
        IpAddr::V6(v6) => match v6.segments() {
            // NAT64: an IPv4 address in an IPv6 network.
            [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
                let [.., a, b, c, d] = v6.octets();
                is_public(Ipv4Addr::new(a, b, c, d).into())
            }
            [0x2001, 0..0x200 | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..0x1000, ..] => false,
            [first, ..] => first & 0xe000 == 0x2000,
        },
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
        let carrier = TokioIo::new(carrier?);
        let (sender, connection) = http1::handshake(carrier).await.map_err(|_| ConnectionFault::NotReached)?;
        // Ends when either side closes; whoever sends sees why.
        drop(tokio::spawn(connection));
        Ok(sender)
    }

    async fn carrier(&self) -> Result<Box<dyn Carrier>, ConnectionFault> {
        let Endpoint { is_secure, host, port, only_public, .. } = &self.endpoint;
        let not_reached = |_| ConnectionFault::NotReached;
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), *port)).await.map_err(not_reached)?.collect();
        // What is checked is what is connected to: the name isn't resolved again.
        if *only_public && !found.iter().all(|address| is_public(address.ip())) {
            return Err(ConnectionFault::NotPublic);
        }
        let stream = TcpStream::connect(found.as_slice()).await.map_err(not_reached)?;
        stream.set_nodelay(true).map_err(not_reached)?;
        if !is_secure {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(host.clone()).map_err(|_| ConnectionFault::NotReached)?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await.map_err(not_reached)?;
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

    #[test]
    fn what_is_near_the_machine_is_not_public() {
        let public = ["1.1.1.1", "52.95.110.1", "192.0.1.1", "2a05:d018::1", "2600::1", "::ffff:1.1.1.1", "64:ff9b::101:101"];
        let near = [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2001:db8::1",
            "2001::1",
            "2002:a00:1::",
            "3fff::1",
        ];
        for (addresses, expected) in [(&public[..], true), (&near[..], false)] {
            for address in addresses {
                assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
            }
        }
    }

    #[tokio::test]
    async fn nobody_public_is_looked_for_at_a_private_address() {
        let (plain, _) = Endpoint::parse("http://partner.example/").unwrap();
        assert_eq!(plain.public(), None);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let endpoint = Endpoint::parse(&url).unwrap().0.public().unwrap();
        let limits = Limits { connect: Duration::from_secs(1), idle: Duration::ZERO, answer: 16 };
        let connections = Connections::new(endpoint, tls(RootCertStore::empty()).unwrap(), limits);
        assert_eq!(connections.send(Request::default()).await.unwrap_err(), ConnectionFault::NotPublic);
    }

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
