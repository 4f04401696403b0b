//! The one way to AWS: a call is one JSON document, or one form, over HTTP/1.1, signed, with deadlines and bounded retries. Credentials
//! are what Lambda puts into the environment, roots are the few that AWS signs with.
//!
//! The official client costs a function more start-up, size and instructions a call than all of ours together, since it
//! can do what no function here needs: other protocols, credential providers, endpoint rules, streams.

mod fault;
mod signature;

pub(crate) use fault::CallFault;

use crate::connection::{self, Connections, Endpoint, Limits, Request};
use crate::random;
use crate::secrets::Clock;
use fault::Refusal;
use http::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::body::Bytes;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde::Serialize;
use signature::{Credentials, Signer};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Amazon Trust Services' roots, public since 2015 (<https://www.amazontrust.com/repository/>). Every AWS endpoint's
/// chain ends in one of them.
const ROOTS: [&str; 5] = [
    include_str!("roots/amazon-root-ca-1.pem"),
    include_str!("roots/amazon-root-ca-2.pem"),
    include_str!("roots/amazon-root-ca-3.pem"),
    include_str!("roots/amazon-root-ca-4.pem"),
    include_str!("roots/starfield-services-root-g2.pem"),
];

/// A query's page has 1 MB at most.
const LIMITS: Limits = Limits { connect: Duration::from_secs(1), idle: Duration::from_mins(5), answer: 4 * 1024 * 1024 };
/// How long one try may take.
const ATTEMPT: Duration = Duration::from_secs(3);
/// How long a call may take with all its tries: below the shortest function timeout.
const OPERATION: Duration = Duration::from_secs(8);
/// Tries a call.
const ATTEMPTS: u32 = 3;
/// The longest pause before the second try; it doubles with each.
const PAUSE: Duration = Duration::from_millis(100);

/// What Lambda's environment says, read by the wiring.
#[derive(Clone)]
pub struct AwsSettings {
    /// The function's name, which is in every call's User-Agent as `app/<function>`.
    pub function: String,
    /// `AWS_REGION`, one whose endpoints are below amazonaws.com.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<String>,
    /// `AWS_ENDPOINT_URL`, for anything but AWS itself.
    pub endpoint_url: Option<String>,
    /// What `AWS_CA_BUNDLE` names, in PEM: the roots instead of AWS's own, behind a proxy that opens TLS.
    pub ca_bundle: Option<String>,
    /// Tells the time, which each signature contains.
    pub clock: Clock,
}

impl fmt::Debug for AwsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsSettings")
            .field("function", &self.function)
            .field("region", &self.region)
            .field("endpoint_url", &self.endpoint_url)
            .finish_non_exhaustive()
    }
}

/// Why there are no clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AwsFault {
    /// The function's name can't stand in a User-Agent.
    #[error("the function's name must be made of letters, digits and hyphens")]
    FunctionName,
    /// The endpoint is no address.
    #[error("the endpoint must be http://host:port or https://host:port")]
    Endpoint,
    /// The roots can't be used.
    #[error("the TLS settings can't be used")]
    Tls,
}

/// What every client of a process shares. Make one a process.
#[derive(Debug, Clone)]
pub struct Aws(Arc<Shared>);

struct Shared {
    user_agent: HeaderValue,
    region: String,
    credentials: Credentials,
    endpoint: Option<Endpoint>,
    tls: Arc<ClientConfig>,
    clock: Clock,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("region", &self.region).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Aws {
    /// Joins the settings. Opens no connection.
    pub fn new(settings: AwsSettings) -> Result<Self, AwsFault> {
        let AwsSettings { function, region, access_key_id, secret_access_key, session_token, endpoint_url, ca_bundle, clock } =
            settings;
        if function.is_empty() || !function.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(AwsFault::FunctionName);
        }
        let user_agent = HeaderValue::try_from(format!("app/{function}")).map_err(|_| AwsFault::FunctionName)?;
        let endpoint = endpoint_url.map(|url| endpoint(&url).ok_or(AwsFault::Endpoint)).transpose()?;
        let credentials = Credentials { access_key_id, secret_access_key, session_token };
        let tls = tls(ca_bundle.as_deref())?;
        Ok(Self(Arc::new(Shared { user_agent, region, credentials, endpoint, tls, clock })))
    }

    /// A client of this service. Opens no connection.
    pub(crate) fn client(&self, service: &'static Service) -> Client {
        let shared = Arc::clone(&self.0);
        let region = &shared.region;
        let endpoint = shared.endpoint.clone();
        let endpoint = endpoint.unwrap_or_else(|| Endpoint::secure(format!("{}.{region}.amazonaws.com", service.host)));
        let signer = Signer::new(region.clone(), service.signed_as);
        let connections = Connections::new(endpoint, Arc::clone(&shared.tls), LIMITS);
        Client(Arc::new(Inner { shared, service, signer, connections }))
    }
}

/// A host and no path: that is the operation's.
fn endpoint(url: &str) -> Option<Endpoint> {
    Endpoint::parse(url).filter(|(_, path)| path.is_empty()).map(|(endpoint, _)| endpoint)
}

fn tls(ca_bundle: Option<&str>) -> Result<Arc<ClientConfig>, AwsFault> {
    let mut roots = RootCertStore::empty();
    for pem in ca_bundle.as_ref().map_or(ROOTS.as_slice(), std::slice::from_ref) {
        for root in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            root.ok().and_then(|root| roots.add(root).ok()).ok_or(AwsFault::Tls)?;
        }
    }
    connection::tls(roots).map_err(|_| AwsFault::Tls)
}

/// How a service is spoken to.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its host's first label.
    pub(crate) host: &'static str,
    /// Its name in the signature's scope.
    pub(crate) signed_as: &'static str,
    /// How a call names its operation.
    pub(crate) protocol: Protocol,
}

/// How a call names its operation. All are POST.
#[derive(Debug)]
pub(crate) enum Protocol {
    /// AWS JSON: `X-Amz-Target: <prefix>.<operation>`.
    Json {
        /// The target's prefix.
        target: &'static str,
        /// `application/x-amz-json-1.0` or `-1.1`.
        content_type: &'static str,
    },
    /// REST with a single operation, which is its path.
    Rest {
        /// The path.
        path: &'static str,
    },
    /// AWS query: a form with the operation, whose parameters are texts; the answer is XML.
    Query {
        /// The API's version.
        version: &'static str,
    },
}

/// The text of an answer's first element of this name.
pub(crate) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(text, _)| text)
}

/// A service's client: its connections and its signing key. Clones share both.
#[derive(Debug, Clone)]
pub(crate) struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    service: &'static Service,
    signer: Signer,
    connections: Connections,
}

impl Client {
    /// Calls; the answer is what the protocol has. Tries again what failed for the moment only, and may so have done twice what it was asked
    /// for once: a caller that minds has a condition, or a token, in the call.
    pub(crate) async fn call(&self, operation: &'static str, parameters: &impl Serialize) -> Result<Bytes, CallFault> {
        let body = self.body(operation, parameters).map_err(|_| CallFault::NotSent)?;
        let tries = self.tries(operation, Bytes::from(body));
        tokio::time::timeout(OPERATION, tries).await.unwrap_or(Err(CallFault::TimedOut))
    }

    fn body(&self, operation: &'static str, parameters: &impl Serialize) -> serde_json::Result<Vec<u8>> {
        let Protocol::Query { version } = self.0.service.protocol else { return serde_json::to_vec(parameters) };
        let parameters = serde_json::to_value(parameters)?;
        let texts = parameters.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_str()?)));
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", operation).append_pair("Version", version).extend_pairs(texts);
        Ok(form.finish().into_bytes())
    }

    async fn tries(&self, operation: &'static str, body: Bytes) -> Result<Bytes, CallFault> {
        let mut turn = 1;
        loop {
            let request = self.request(operation, turn, body.clone())?;
            let outcome = tokio::time::timeout(ATTEMPT, self.attempt(request)).await;
            match outcome.unwrap_or(Err(CallFault::TimedOut)) {
                Err(fault) if turn < ATTEMPTS && fault.is_momentary() => pause(turn).await,
                outcome => return outcome,
            }
            turn = turn.saturating_add(1);
        }
    }

    async fn attempt(&self, request: Request) -> Result<Bytes, CallFault> {
        let (head, body) = self.0.connections.send(request).await?;
        if head.status.is_success() { Ok(body) } else { Err(CallFault::Refused(Refusal::new(&head, body))) }
    }

    /// A request, signed at this moment.
    fn request(&self, operation: &str, turn: u32, body: Bytes) -> Result<Request, CallFault> {
        let Inner { shared, service, signer, connections } = &*self.0;
        let now = (shared.clock)().strftime("%Y%m%dT%H%M%SZ").to_string();
        let (path, content_type, target) = match service.protocol {
            Protocol::Json { target, content_type } => ("/", content_type, Some(format!("{target}.{operation}"))),
            Protocol::Rest { path } => (path, "application/json", None),
            Protocol::Query { .. } => ("/", "application/x-www-form-urlencoded", None),
        };
        let signed = [
            (CONTENT_TYPE, Some(content_type)),
            (HOST, Some(connections.authority())),
            (HeaderName::from_static("x-amz-date"), Some(now.as_str())),
            (HeaderName::from_static("x-amz-security-token"), shared.credentials.session_token.as_deref()),
            (HeaderName::from_static("x-amz-target"), target.as_deref()),
        ];
        let signed = signed.map(|(name, value)| Some((name, value?)));
        let authorization = signer.authorization(&shared.credentials, &now, path, signed.iter().flatten(), &body);
        let mut request = Request::new(body.into());
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = http::Uri::from_static(path);
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, shared.user_agent.clone());
        // As the official clients number their tries.
        let attempt = format!("attempt={turn}; max={ATTEMPTS}");
        headers.insert("amz-sdk-request", HeaderValue::try_from(attempt).map_err(|_| CallFault::NotSent)?);
        headers.insert(http::header::AUTHORIZATION, HeaderValue::try_from(authorization).map_err(|_| CallFault::NotSent)?);
        for (name, value) in signed.into_iter().flatten() {
            headers.insert(name, HeaderValue::from_str(value).map_err(|_| CallFault::NotSent)?);
        }
        Ok(request)
    }
}

/// A pause by chance, so that those that failed together don't come back together.
async fn pause(turn: u32) {
    let mut chance = [0; 2];
    random::fill(&mut chance);
    let longest = PAUSE.saturating_mul(1 << turn.saturating_sub(1).min(8));
    let part = f64::from(u16::from_be_bytes(chance)) / f64::from(u16::MAX);
    tokio::time::sleep(longest.mul_f64(part)).await;
}

#[cfg(test)]
mod tests;
